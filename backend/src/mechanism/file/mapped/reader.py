"""A reader that loads from the mapped page, or reads the file: the same bytes either way."""

import mmap
import os
import time

from playground import args, command, command_if_any, loaded, over, received

params = args.params


def reader():
    with open(args.path, "r+b") as file:
        page = mmap.mmap(file.fileno(), 4096)
    if params.reader == "loop":
        # Memory wakes nobody either.
        while not over():
            load(page, 0, 64)
            time.sleep(params.poll / 1000)
            while order := command_if_any():
                obey(page, order)
    while order := command():
        obey(page, order)


def obey(page, order):
    match order.do:
        case "load":
            load(page, order.at, order.len)
        case "read":
            for number in range(order.times):
                if number and params.pace:
                    time.sleep(params.pace / 1_000_000)
                look()


def load(page, at, length):
    """Loads, and reports it. If the file has become shorter than its mapping, this ends in SIGBUS."""
    loaded(at, page[at : at + length], name=args.name)


def look():
    with open(args.path, "rb", buffering=0) as file:
        at = 0
        while taken := os.read(file.fileno(), params.chunk):
            received(file.fileno(), taken, key=at)
            at += len(taken)
        received(file.fileno(), taken, key=at)
