"""The sender of an eventfd: adds to the counter. Who added what, and how often, the kernel does not keep."""

import os
import time

from playground import args, command, said, sending_number, sent

params = args.params
fd = args.event


def sender():
    while order := command():
        if order.do != "send":
            continue
        text = order.payload.decode(errors="replace")
        if not text.strip().isdecimal() or int(text) >= 2**64:
            said("no_number", text=text, call="write")
            continue
        for n, msg in enumerate(order.messages):
            if n and params.pace:
                time.sleep(params.pace / 1_000_000)
            send(msg, int(text))


def send(msg, value):
    sending_number(msg, fd, value)
    try:
        os.eventfd_write(fd, value)
    except OSError as error:
        sent(msg, 0, error)
    else:
        sent(msg, 8)
