"""One side of Pipe(): sends what it is told to. It could receive as well."""

import signal
import struct
import time
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler

from playground import args, command, failed, received, said, sending, sent

# Pipe() made them before the fork, so this process has both: its own connection, and a copy of the receiver's.
conn = Connection(args.own, readable=args.duplex)
other = Connection(args.other, writable=args.duplex)


def sender():
    # Every Python program ignores SIGPIPE: who sends to nobody gets BrokenPipeError.
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    # The tutorial's program leaves it open.
    if args.params.unused == "closed":
        other.close()
    while order := command():
        try:
            match order.do:
                case "send":
                    for number, msg in enumerate(order.messages):
                        if number and args.params.pace:
                            time.sleep(args.params.pace / 1_000_000)
                        send(msg, text_or_bytes(order.payload))
                case "recv":
                    for _ in range(order.times):
                        recv()
                case "hang-up":
                    hang_up(order.which)
        except EOFError:
            return 0
        except OSError:
            pass  # It has been reported.


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
