"""The reader of a file that grows, as `tail -f`: keeps it open and reads on from where it stands."""

import os
import time

from playground import args, command, command_if_any, over, received

params = args.params
at = 0


def reader():
    fd = os.open(args.path, os.O_RDONLY)
    if params.reader == "loop":
        while not over():
            read_on(fd)
            time.sleep(params.poll / 1000)
            while order := command_if_any():
                obey(order, fd)
    while order := command():
        obey(order, fd)


def obey(order, fd):
    if order.do == "read":
        for number in range(order.times):
            if number and params.pace:
                time.sleep(params.pace / 1_000_000)
            read_on(fd)


def read_on(fd):
    """Until there is no more: read() returns nothing at the end of a file, and more once somebody has written."""
    global at
    while True:
        taken = os.read(fd, params.chunk)
        received(fd, taken, key=at)
        at += len(taken)
        if not taken:
            return
