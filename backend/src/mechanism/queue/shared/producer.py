"""A producer: puts messages into the queue. A thread of its own, the feeder, stores them later, if there is one."""

import collections
import errno
import os
import threading
import time

from bounded import Bounded
from playground import args, command, said, sending, sent, stored


def producer():
    queue, feeder = Bounded(), None
    while order := command():
        match order.do:
            case "send":
                for number, msg in enumerate(order.messages):
                    if number and args.params.pace:
                        time.sleep(args.params.pace / 1_000_000)
                    if args.params.feeder:
                        feeder = feeder or Feeder(queue)
                    # A bytearray, as a list, can be changed: who has it has the thing itself.
                    thing = bytearray(order.payload)
                    put(queue, feeder, msg, thing)
                    if order.args.mutate:
                        thing += b" changed"
            case "empty":
                said("empty", empty=queue.empty(), qsize=queue.qsize())
            case "hold" | "release" if args.params.feeder:
                feeder = feeder or Feeder(queue)
                feeder.hold(order.do == "hold")
                said("held" if order.do == "hold" else "released")
            case "hold" | "release":
                said("no_feeder")
            case "join":
                break
    if feeder:
        feeder.join()
    return 0


def put(queue, feeder, msg, thing):
    sending(msg, -1, thing)
    if len(thing) > queue.longest:
        said("refused", what="put", why=f"{len(thing)} bytes do not fit into a slot of {queue.longest}")
        return sent(msg, 0, OSError(errno.EMSGSIZE, os.strerror(errno.EMSGSIZE)))
    length = len(thing)
    queue.wait_for_place()
    if feeder:
        # In the row is this very thing, not a copy. It is stored when its turn comes.
        feeder.put(msg, thing)
    else:
        store(queue, msg, thing)
    sent(msg, length)


def store(queue, msg, thing):
    # What has grown since it was put is stored as far as there is room.
    message = bytes(thing[: queue.longest])
    if queue.store(message, lambda address, message: stored(0, message, msg, address=address)):
        said("owner_died", errno="EOWNERDEAD")


class Feeder:
    """The row of a producer, and the thread that stores what is in it, as in multiprocessing.Queue."""

    def __init__(self, queue):
        self.queue, self.row = queue, collections.deque()
        self.changed = threading.Condition()
        self.held = self.over = False
        self.thread = threading.Thread(target=self.feed, daemon=True)
        self.thread.start()

    def put(self, msg, thing):
        with self.changed:
            self.row.append((msg, thing))
            self.changed.notify()

    def hold(self, held):
        with self.changed:
            self.held = held
            self.changed.notify()

    def join(self):
        with self.changed:
            self.over, self.held = True, False
            self.changed.notify()
        self.thread.join()

    def feed(self):
        while True:
            with self.changed:
                self.changed.wait_for(lambda: not self.held and (self.row or self.over))
                if not self.row:
                    return
                msg, thing = self.row.popleft()
            store(self.queue, msg, thing)
