"""A writer that replaces: it fills a new file beside the old one, and then has the name swing over to it."""

import os
import time

from playground import args, command, sending, sent

params = args.params


def writer():
    held = None  # The new file, while it has not got the name yet.
    while order := command():
        match order.do:
            case "open":
                held = open(args.beside, "wb")
            case "close":
                if held:
                    give_name(held)
                held = None
            case "send":
                for number, msg in enumerate(order.messages):
                    if number and params.pace:
                        time.sleep(params.pace / 1_000_000)
                    if held:
                        write(held, msg, order.payload)
                        continue
                    file = open(args.beside, "wb")
                    if params.gap:
                        time.sleep(params.gap / 1_000_000)
                    write(file, msg, order.payload)
                    give_name(file)


def write(file, msg, payload):
    at = file.tell()
    sending(msg, file.fileno(), payload, key=at)
    try:
        file.write(payload)
        file.flush()
        # The name must not lead to bytes that a power failure could still take away.
        if params.fsync:
            os.fsync(file.fileno())
    except OSError as error:
        sent(msg, 0, error)
    else:
        sent(msg, len(payload))


def give_name(file):
    """Whoever opens the name from now on gets the new file, whole. Who has the old one open keeps it."""
    file.close()
    os.replace(args.beside, args.path)
