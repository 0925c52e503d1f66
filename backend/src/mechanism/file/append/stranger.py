"""A stranger: adds lines as the writers do, and knows nothing of a lock. Nothing stops it."""

import os
import time

from playground import args, command, sending, sent

params = args.params


def stranger():
    fd = os.open(args.path, os.O_RDWR | (os.O_APPEND if params.append else 0))
    at = 0
    while order := command():
        if order.do != "send":
            continue
        for number, msg in enumerate(order.messages):
            if number and params.pace:
                time.sleep(params.pace / 1_000_000)
            line = order.payload + b"\n"
            # Where the end is when the write happens, the kernel alone knows.
            sending(msg, fd, line, key=None if params.append else at)
            try:
                n = os.write(fd, line)
                at += n
                sent(msg, n)
            except OSError as error:
                sent(msg, 0, error)
