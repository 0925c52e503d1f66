"""The receiver of an eventfd: takes all that was added, or one at a time, and sleeps while the counter is 0."""

import os
import select

from playground import args, command, command_if_any, failed, received_number

params = args.params
fd = args.event


def receiver():
    readable = select.poll()
    readable.register(fd, select.POLLIN)
    while params.takes == "loop":
        if params.nonblock:
            readable.poll()
        try:
            take()
        except BlockingIOError:
            pass  # Another receiver was faster.
        # A command that has come meanwhile is carried out between two reads.
        if order := command_if_any():
            obey(order)
    while order := command():
        obey(order)


def obey(order):
    try:
        if order.do == "take":
            for _ in range(order.times):
                take()
    except OSError:
        pass


def take():
    """One read(): all that was added since the last, or one with EFD_SEMAPHORE."""
    try:
        value = os.eventfd_read(fd)
    except OSError as error:
        failed("read", error)
        raise
    received_number(fd, value)
