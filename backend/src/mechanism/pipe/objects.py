"""What an object becomes on its way: what a connection and a queue of Python's write, and how it is shown."""

import struct
from multiprocessing.reduction import ForkingPickler


def on_the_wire(thing):
    """The bytes that are written for it: the length, and the pickle."""
    pickled = bytes(ForkingPickler.dumps(thing))
    return struct.pack("!i", len(pickled)) + pickled


def text_or_bytes(payload):
    try:
        return payload.decode()
    except UnicodeDecodeError:
        return payload


def shown(thing):
    """As repr() has it, not too much of it."""
    text = repr(thing)
    return text if len(text) <= 80 else text[:80] + "…"
