"""A producer: puts objects into the queue. A thread of its own, the feeder, writes them into the pipe later."""

import os
import signal
import struct
import time
from multiprocessing.connection import Connection
from multiprocessing.queues import Queue
from multiprocessing.reduction import ForkingPickler
from multiprocessing.synchronize import BoundedSemaphore, Lock

from playground import args, command, said, sending, sent


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


def producer():
    # Every Python program ignores SIGPIPE: who sends to nobody gets BrokenPipeError.
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    while order := command():
        match order.do:
            case "send":
                for number, msg in enumerate(order.messages):
                    if number and args.params.pace:
                        time.sleep(args.params.pace / 1_000_000)
                    if order.args.mutate:
                        put_and_change(msg, [text_or_bytes(order.payload)])
                    else:
                        put(msg, text_or_bytes(order.payload))
            case "empty":
                said("empty", empty=queue.empty(), qsize=queue.qsize())
            case "join":
                # Every Python program that has put something does this at its end, if it was told to or not.
                queue.close()
                queue.join_thread()
                return 0


def put(msg, thing):
    wire = on_the_wire(thing)
    sending(msg, args.writer, wire)
    # Back as soon as there is a place: the object is in a row of our own, and nothing has been written.
    queue.put(thing)
    sent(msg, len(wire))


def put_and_change(msg, things):
    wire = on_the_wire(things)
    sending(msg, args.writer, wire)
    queue.put(things)
    # What is in the row is this very list. It is pickled when its turn comes.
    things.append("changed")
    sent(msg, len(wire))


def on_the_wire(thing):
    """The bytes that the feeder will write: the length, and the pickle."""
    pickled = bytes(ForkingPickler.dumps(thing))
    return struct.pack("!i", len(pickled)) + pickled


def text_or_bytes(payload):
    try:
        return payload.decode()
    except UnicodeDecodeError:
        return payload
