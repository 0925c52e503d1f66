"""A client: connects to the address of the server, sends, and receives what the server answers."""

import errno
import signal
import socket
import time

from link import Connection, Over, address, new_socket, read_what_came, send_all, shown, wait
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
            connection.close(order.get("how", "close"))
        case "credentials":
            connection.credentials()
        case "use":
            read_what_came(connection.came)
