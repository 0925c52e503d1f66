"""What both sides of Pipe() have: their connections, and what they say of a send() and a recv()."""

import contextlib
from multiprocessing.connection import Connection

from objects import on_the_wire, shown
from playground import args, failed, received, said, sending, sent

# Pipe() made them before the fork, so every process has both: its own connection, and a copy of the other side's.
sends = args.role == "sender"
conn = Connection(args.own, readable=args.duplex or not sends, writable=args.duplex or sends)
other = Connection(args.other, readable=args.duplex or sends, writable=args.duplex or not sends)


@contextlib.contextmanager
def reported_send(msg, thing):
    """Says which bytes the send() within will write, and how far it came."""
    wire = on_the_wire(thing)
    sending(msg, number_of(conn), wire)
    try:
        yield
    except OSError as error:
        sent(msg, 0, error)
        if not error.errno:
            said("refused", what="send", why=str(error))
        raise
    sent(msg, len(wire))


@contextlib.contextmanager
def reported_recv():
    """Says what the recv() within has brought: what is put into the list."""
    things = []
    try:
        yield things
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
    for thing in things:
        received(number_of(conn), on_the_wire(thing))
        said("object", repr=shown(thing))


def hang_up(which):
    if which != "other":
        conn.close()
    if which != "own":
        other.close()


def number_of(connection):
    return -1 if connection.closed else connection.fileno()
