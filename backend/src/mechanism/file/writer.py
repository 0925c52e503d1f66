"""A writer: opens the file, which empties it, writes, closes. Between the first two the file has nothing in it."""

import os
import time

from playground import args, command, failed, sending, sent

params = args.params


def writer():
    held = None  # What it has opened and not closed yet.
    while order := command():
        match order.do:
            case "open":
                if held:
                    held.close()
                held = open(args.path, "wb")
            case "close":
                if held:
                    held.close()
                held = None
            case "send":
                for number, msg in enumerate(order.messages):
                    if number and params.pace:
                        time.sleep(params.pace / 1_000_000)
                    send(msg, order.payload, held)


def send(msg, payload, held):
    """One message: with a file of its own, or into the one that is open."""
    if held:
        write(held, msg, payload)
        return
    # "w" empties the file that is there, before a byte is written.
    with open(args.path, "wb") as file:
        if params.gap:
            time.sleep(params.gap / 1_000_000)
        write(file, msg, payload)


def write(file, msg, payload):
    at = file.tell()
    sending(msg, file.fileno(), payload, key=at)
    try:
        file.write(payload)
        # Until here the bytes may be in this process only: Python collects them.
        file.flush()
        if params.fsync:
            os.fsync(file.fileno())
    except OSError as error:
        failed("write", error)
        sent(msg, 0, error)
    else:
        sent(msg, len(payload))
