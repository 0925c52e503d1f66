"""The other side of the pair: receives what comes. It could send as well, for a pair has no direction."""

import os
import signal
import socket

from link import Connection, Over, obey, wait
from playground import args


def receiver():
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
