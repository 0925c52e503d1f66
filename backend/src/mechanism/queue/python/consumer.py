"""A consumer: takes one object after the other out of the queue. The lock of the readers is its own while it does."""

import time

from objects import on_the_wire, shown
from parts import queue
from playground import args, command, command_if_any, received, said


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
    said("object", repr=shown(thing))
    if args.params.rest:
        time.sleep(args.params.rest / 1_000_000)
    return args.params.sentinel and thing == "STOP"
