"""A consumer: takes one message after the other out of the ring. The lock of the readers is its own while it does."""

import time

from bounded import Bounded
from playground import args, command, command_if_any, loaded, said


def consumer():
    queue = Bounded()
    while args.params.loops:
        if take(queue):
            return 0
        # A command that has come meanwhile is carried out between two messages.
        order = command_if_any()
        if order and obey(queue, order):
            return 0
    while order := command():
        if obey(queue, order):
            return 0


def obey(queue, order):
    """Carries a command out; true when it received the sentinel."""
    match order.do:
        case "receive":
            for _ in range(order.times):
                if take(queue):
                    return True
        case "empty":
            said("empty", empty=queue.empty(), qsize=queue.qsize())
    return False


def take(queue):
    """One get(). True if it is the sentinel, and the run heeds it."""
    # Asleep below, for an item, it has the lock: all other consumers sleep here.
    if queue.lock_readers():
        said("owner_died", errno="EOWNERDEAD")
        queue.mend()
        said("consistent")
    queue.wait_for_item()
    message = queue.take(lambda address, message: loaded(0, message, address=address))
    queue.let_go()
    if args.params.rest:
        time.sleep(args.params.rest / 1_000_000)
    return args.params.sentinel and message == b"STOP"
