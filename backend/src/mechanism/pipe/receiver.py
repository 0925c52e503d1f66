"""The other side of Pipe(): receives whole objects. It could send as well."""

import signal
import struct
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler

from playground import args, command, command_if_any, failed, received, said, sending, sent

# Pipe() made them before the fork, so this process has both: its own connection, and a copy of the sender's.
conn = Connection(args.own, writable=args.duplex)
other = Connection(args.other, readable=args.duplex)


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
    try:
        thing = conn.recv()
    except EOFError:
        received(number_of(conn), b"")
        said("refused", what="recv", why="EOFError")
        raise
    except OSError as error:
        if error.errno:
            failed("read", error)
        else:
            said("refused", what="recv", why=str(error))
        raise
    received(number_of(conn), on_the_wire(thing))
    said("object", repr=shown(repr(thing)))


def send(msg, thing):
    wire = on_the_wire(thing)
    sending(msg, number_of(conn), wire)
    try:
        conn.send(thing)
    except OSError as error:
        sent(msg, 0, error)
        if not error.errno:
            said("refused", what="send", why=str(error))
        raise
    sent(msg, len(wire))


def hang_up(which):
    if which != "other":
        conn.close()
    if which != "own":
        other.close()


def on_the_wire(thing):
    """The bytes that send() writes: the length, and the pickle."""
    pickled = bytes(ForkingPickler.dumps(thing))
    return struct.pack("!i", len(pickled)) + pickled


def text_or_bytes(payload):
    try:
        return payload.decode()
    except UnicodeDecodeError:
        return payload


def shown(text):
    return text if len(text) <= 80 else text[:80] + "…"


def number_of(connection):
    return -1 if connection.closed else connection.fileno()
