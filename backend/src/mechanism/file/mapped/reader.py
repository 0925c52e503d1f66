"""A reader that loads from the mapped page, or reads the file: the same bytes either way."""

import mmap
import os

from playground import args, command, loaded, received

params = args.params


def reader():
    with open(args.path, "r+b") as file:
        page = mmap.mmap(file.fileno(), 4096)
    while order := command():
        match order.do:
            case "load":
                # If the file has become shorter than its mapping, this ends in SIGBUS.
                taken = page[order.at : order.at + order.len]
                loaded(order.at, taken, name=args.name)
            case "read":
                look()


def look():
    with open(args.path, "rb", buffering=0) as file:
        at = 0
        while taken := os.read(file.fileno(), params.chunk):
            received(file.fileno(), taken, key=at)
            at += len(taken)
        received(file.fileno(), taken, key=at)
