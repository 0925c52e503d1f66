"""A consumer: takes one object after the other out of the queue. The lock of the readers is its own while it does."""

import os
import struct
import time
from multiprocessing.connection import Connection
from multiprocessing.queues import Queue
from multiprocessing.reduction import ForkingPickler
from multiprocessing.synchronize import BoundedSemaphore, Lock

from playground import args, command, command_if_any, received, said


def semaphore(kind, name, bound=1):
    """One that the parent has made: opened by its name, as in a process that was spawned."""
    made = kind.__new__(kind)
    made.__setstate__((0, 1, bound, name))
    return made


# What Queue() in the parent was made of: a pipe, a lock for readers, one for writers, a counter of free places.
queue = Queue.__new__(Queue)
queue.__setstate__((
    False,
    args.maxsize,
    Connection(args.reader, writable=False),
    Connection(args.writer, readable=False),
    semaphore(Lock, args.readers),
    semaphore(Lock, args.writers),
    semaphore(BoundedSemaphore, args.places, args.maxsize),
    os.getpid(),
))


def consumer():
    while args.params.loops:
        if take():
            return 0
        # A command that has come meanwhile is carried out between two objects.
        order = command_if_any()
        if order and obey(order):
            return 0
    while order := command():
        if obey(order):
            return 0


def obey(order):
    """Carries a command out; true when it received the sentinel."""
    match order.do:
        case "receive":
            for _ in range(order.times):
                if take():
                    return True
        case "empty":
            said("empty", empty=queue.empty(), qsize=queue.qsize())
    return False


def take():
    """One get(). True if it is the sentinel, and the run heeds it."""
    # Asleep in there on an empty pipe, it has the lock: all other consumers sleep in front of it.
    thing = queue.get()
    received(args.reader, on_the_wire(thing))
    said("object", repr=shown(repr(thing)))
    if args.params.rest:
        time.sleep(args.params.rest / 1_000_000)
    return args.params.sentinel and thing == "STOP"


def on_the_wire(thing):
    """The bytes that were read: the length, and the pickle."""
    pickled = bytes(ForkingPickler.dumps(thing))
    return struct.pack("!i", len(pickled)) + pickled


def shown(text):
    return text if len(text) <= 80 else text[:80] + "…"
