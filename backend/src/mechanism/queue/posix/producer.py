"""A producer: opens the queue by its name, and puts each message in, whole, with a priority.

Python's standard library knows no POSIX message queues: this calls the C library, as any program does.
"""

import ctypes
import errno
import os
import time

from playground import args, command, failed, sending, sent

params = args.params
libc = ctypes.CDLL(None, use_errno=True)
# What Python is not told, it takes for an int: a length is wider than that.
libc.mq_send.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint)


def producer():
    wait = os.O_NONBLOCK if params.nonblock else 0
    queue = libc.mq_open(args.name.encode(), os.O_WRONLY | wait)
    if queue < 0:
        failed("mq_open", why())
        return 1

    while order := command():
        match order.do:
            case "send":
                payload = order.payload
                for number, msg in enumerate(order.messages):
                    if number and params.pace:
                        time.sleep(params.pace / 1_000_000)
                    error = send(queue, msg, payload, order.args.priority)
                    # What is too long once, is too long always.
                    if error and error.errno in (errno.EBADF, errno.EMSGSIZE):
                        break
            case "close":
                if libc.mq_close(queue) < 0:
                    failed("mq_close", why())


def send(queue, msg, payload, priority):
    """All of it goes in, or nothing; when there is no room, this sleeps."""
    sending(msg, queue, payload, key=priority)
    error = None
    if libc.mq_send(queue, payload, len(payload), priority) < 0:
        error = why()
    sent(msg, 0 if error else len(payload), error)
    return error


def why():
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))
