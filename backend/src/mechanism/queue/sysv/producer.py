"""A producer: finds the queue by its key, and puts each message in, whole, with a type.

Python's standard library knows no System V queues: this calls the C library, as any program does.
"""

import ctypes
import errno
import os
import time

from playground import args, command, failed, sending, sent

params = args.params
libc = ctypes.CDLL(None, use_errno=True)
libc.msgsnd.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int)

IPC_NOWAIT = 0o4000
NO_DESCRIPTOR = -1  # A System V queue has none: its id is a number that every process may use.


def producer():
    queue = libc.msgget(args.key, 0)
    if queue < 0:
        failed("msgget", why())
        return 1

    while order := command():
        if order.do != "send":
            continue
        payload, kind = order.payload, order.args.type
        for number, msg in enumerate(order.messages):
            if number and params.pace:
                time.sleep(params.pace / 1_000_000)
            error = send(queue, msg, payload, kind)
            # EINVAL: the queue is gone, or the message is longer than any may be. EIDRM: it was removed meanwhile.
            if error and error.errno in (errno.EINVAL, errno.EIDRM):
                break


def send(queue, msg, payload, kind):
    """All of it goes in, or nothing; when there is no room, this sleeps."""
    sending(msg, NO_DESCRIPTOR, payload, key=kind)
    # The type is a long in front of the bytes, and no part of the length.
    message = bytes(ctypes.c_long(kind)) + payload
    error = None
    if libc.msgsnd(queue, message, len(payload), IPC_NOWAIT if params.nonblock else 0) < 0:
        error = why()
    sent(msg, 0 if error else len(payload), error)
    return error


def why():
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))
