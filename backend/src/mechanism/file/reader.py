"""The reader: opens the file by its name, reads to its end, closes. What the name leads to may be another file next time."""

import os
import time

from playground import args, command, command_if_any, failed, over, received

params = args.params
held = None  # What it has opened and not closed yet.


def reader():
    if params.reader == "loop":
        # Nobody tells it that the file has changed, so it looks again and again.
        while not over():
            look()
            time.sleep(params.poll / 1000)
            while order := command_if_any():
                obey(order)
    while order := command():
        obey(order)


def obey(order):
    global held
    match order.do:
        case "read":
            for number in range(order.times):
                if number and params.pace:
                    time.sleep(params.pace / 1_000_000)
                look()
        case "open":
            close()
            try:
                held = open(args.path, "rb", buffering=0)
            except OSError as error:
                failed("open", error)
        case "close":
            close()


def look():
    """Reads to the end: what the name leads to now, or the file that is open, from where it stands."""
    if held:
        read_all(held)
        return
    try:
        with open(args.path, "rb", buffering=0) as file:
            read_all(file)
    except FileNotFoundError as error:
        failed("open", error)  # Nobody has written yet.


def read_all(file):
    at = file.tell()
    while True:
        taken = os.read(file.fileno(), params.chunk)
        received(file.fileno(), taken, key=at)
        at += len(taken)
        if not taken:
            return


def close():
    global held
    if held:
        held.close()
    held = None
