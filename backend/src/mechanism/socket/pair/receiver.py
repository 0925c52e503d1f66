"""The other side of the pair: receives what comes. It could send as well, for a pair has no direction."""

import errno
import os
import signal
import socket
import time

from link import Connection, Over, read_what_came, send_all, wait
from playground import args

params = args.params


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


def obey(connection, order):
    match order.do:
        case "send":
            payload = order.payload
            for number, msg in enumerate(order.messages):
                if number and params.pace:
                    time.sleep(params.pace / 1_000_000)
                error = send_all(connection.socket, msg, payload, order.args.get("with", ""))
                # Nothing that comes after would get through either.
                if error and error.errno != errno.EAGAIN:
                    break
        case "receive":
            for _ in range(order.times):
                if not connection.receive(order.len):
                    break
        case "shutdown":
            connection.shutdown(order.end)
        case "close":
            connection.close()
        case "credentials":
            connection.credentials()
        case "use":
            read_what_came(connection.came)
