"""The other side of Pipe(): receives whole objects. It could send as well."""

import signal

from objects import text_or_bytes
from playground import args, command, command_if_any
from sides import conn, hang_up, other, reported_recv, reported_send


def receiver():
    # Every Python program ignores SIGPIPE: who sends to nobody gets BrokenPipeError.
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    # As long as anybody has the sender's connection open, recv() waits: and that is we ourselves, if we do not close it.
    if args.params.unused == "closed":
        other.close()
    try:
        if args.params.reader == "loop":
            recv_all()
        while order := command():
            obey(order)
    except EOFError:
        return 0


def recv_all():
    """Until end-of-file, or until something goes wrong."""
    try:
        while True:
            recv()
            # A command that has come meanwhile is carried out between two objects.
            if order := command_if_any():
                obey(order)
    except OSError:
        pass  # It has been reported.


def obey(order):
    try:
        match order.do:
            case "recv":
                for _ in range(order.times):
                    recv()
            case "send":
                for msg in order.messages:
                    send(msg, text_or_bytes(order.payload))
            case "hang-up":
                hang_up(order.which)
    except OSError:
        pass  # It has been reported.


def recv():
    with reported_recv() as came:
        came.append(conn.recv())


def send(msg, thing):
    with reported_send(msg, thing):
        conn.send(thing)
