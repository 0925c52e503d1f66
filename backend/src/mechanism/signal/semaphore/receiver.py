"""The receiver of a semaphore: waits. Who dies with one that it took, takes it along: nobody knows whose it was.

SemLock is what multiprocessing.Semaphore and its locks are made of: sem_open(), sem_wait() and sem_post().
"""

from _multiprocessing import SemLock

from playground import args, command, command_if_any, failed, received, said

params = args.params
SEMAPHORE = 1  # Kinds of SemLock: 0 is a recursive mutex, for multiprocessing.RLock.


def open_semaphore():
    # By its name: whoever knows it and may, can open it. It need not be a relative.
    return SemLock._rebuild(0, SEMAPHORE, SemLock.SEM_VALUE_MAX, args.name)


def receiver():
    semaphore = open_semaphore()
    while params.takes == "loop":
        take(semaphore)
        # A command that has come meanwhile is carried out between two of them.
        if order := command_if_any():
            obey(semaphore, order)
    while order := command():
        obey(semaphore, order)


def obey(semaphore, order):
    try:
        match order.do:
            case "take":
                for _ in range(order.times):
                    take(semaphore)
            case "post":
                semaphore.release()
                said("posted")
            case "value":
                said("value", value=semaphore._get_value())
    except OSError as error:
        failed(order.do, error)


def take(semaphore):
    """One sem_wait(): a load and a store, and a call only to sleep."""
    semaphore.acquire()
    received(-1, b"")
