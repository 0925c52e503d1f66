"""The sender of a semaphore: posts. Nobody owns a semaphore, so it may post what it never took.

SemLock is what multiprocessing.Semaphore and its locks are made of: sem_open(), sem_wait() and sem_post().
"""

import time
from _multiprocessing import SemLock

from playground import args, command, said, sending, sent

params = args.params
SEMAPHORE = 1  # Kinds of SemLock: 0 is a recursive mutex, for multiprocessing.RLock.


def open_semaphore():
    # By its name: whoever knows it and may, can open it. It need not be a relative.
    return SemLock._rebuild(0, SEMAPHORE, SemLock.SEM_VALUE_MAX, args.name)


def sender():
    semaphore = open_semaphore()
    while order := command():
        if order.do == "value":
            said("value", value=semaphore._get_value())
        elif order.do == "send":
            for n, msg in enumerate(order.messages):
                if n and params.pace:
                    time.sleep(params.pace / 1_000_000)
                send(semaphore, msg)


def send(semaphore, msg):
    """One sem_post(): a store to memory, and a call only if somebody sleeps."""
    sending(msg, -1, b"")
    try:
        semaphore.release()
    except OSError as error:
        sent(msg, 0, error)
    else:
        sent(msg, 0)
