"""What Queue() in the parent was made of, put together again: a pipe, a lock for readers, one for writers, a counter of
free places. As in a process that was spawned."""

import os
from multiprocessing.connection import Connection
from multiprocessing.queues import Queue
from multiprocessing.synchronize import BoundedSemaphore, Lock

from playground import args


def semaphore(kind, name, bound=1):
    """One that the parent has made: opened by its name."""
    made = kind.__new__(kind)
    made.__setstate__((0, 1, bound, name))
    return made


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
