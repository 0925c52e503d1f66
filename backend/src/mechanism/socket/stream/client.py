"""A client: connects to the address of the server, sends, and receives what the server answers."""

import signal
import socket

from link import Connection, Over, address, new_socket, obey, shown, wait
from playground import args, failed, said

params = args.params


def client():
    # Every Python program ignores SIGPIPE: who sends to nobody gets BrokenPipeError.
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    # None yet: a socket that is closed.
    connection = Connection(new_socket())
    connection.close()
    if params.connect == "start":
        connection = reach()
    try:
        while True:
            woken = wait([] if connection.ended else [connection.socket])
            if isinstance(woken, list):
                connection.receive()
            elif woken.do == "connect":
                connection.close()
                connection = reach()
            else:
                obey(connection, woken)
    except Over:
        return 0


def reach():
    """A new socket, connected to the server. Refused, it stays a socket that is connected to nobody."""
    connection = Connection(new_socket())
    if params.nodelay and args.kind == "tcp":
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        # The kernel of the other side answers, not its program: this is done before anybody accepts.
        connection.socket.connect(address(args.target))
        said("connected", fd=connection.socket.fileno(), to=shown(args.target))
    except OSError as error:
        failed("connect", error)
        connection.ended = True
    return connection
