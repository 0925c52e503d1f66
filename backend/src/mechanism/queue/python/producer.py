"""A producer: puts objects into the queue. A thread of its own, the feeder, writes them into the pipe later."""

import signal
import time

from objects import on_the_wire, text_or_bytes
from parts import queue
from playground import args, command, said, sending, sent


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
