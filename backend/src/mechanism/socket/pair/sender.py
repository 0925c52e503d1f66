"""One side of the pair: sends what it is told to. It could receive as well."""

import os
import signal
import socket

from link import Connection, Over, obey, wait
from playground import args


def sender():
    # Every Python program ignores SIGPIPE: who sends to nobody gets BrokenPipeError.
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    # Both came with the fork. While this process has the other's end open, it will never see that one's end.
    os.close(args.other)
    connection = Connection(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, fileno=args.own))
    try:
        while True:
            woken = wait([] if connection.ended else [connection.socket])
            if isinstance(woken, list):
                connection.receive()
            else:
                obey(connection, woken)
    except Over:
        return 0
