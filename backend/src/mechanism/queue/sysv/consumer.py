"""A consumer: takes one whole message after the other, of the type it asks for.

Python's standard library knows no System V queues: this calls the C library, as any program does.
"""

import ctypes
import errno
import os
import time

from playground import args, command, command_if_any, failed, received

params = args.params
libc = ctypes.CDLL(None, use_errno=True)
libc.msgrcv.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_long, ctypes.c_int)
libc.msgrcv.restype = ctypes.c_ssize_t

IPC_NOWAIT = 0o4000
MSG_NOERROR = 0o10000
MSGMAX = 8192
NO_DESCRIPTOR = -1  # A System V queue has none: its id is a number that every process may use.
ASK_AGAIN = 0.5  # Seconds to leave an empty queue alone where no call may wait: there is no poll() for it.


def consumer():
    queue = libc.msgget(args.key, 0)
    if queue < 0:
        failed("msgget", why())
        return 1
    room = params.buffer or MSGMAX

    if params.loops and receive_all(queue, room):
        return 0
    # On demand, or after an error: one command after the other.
    while order := command():
        if obey(queue, room, order):
            return 0


def receive_all(queue, room):
    """One message after the other, until the one that means "no more": True. There is no end-of-file."""
    while True:
        try:
            if take(queue, room, args.msgtyp):
                return True
        except OSError as error:
            if error.errno != errno.ENOMSG:
                return False
            time.sleep(ASK_AGAIN)
        # A command that has come meanwhile is carried out between two receives.
        order = command_if_any()
        if order and obey(queue, room, order):
            return True


def obey(queue, room, order):
    """Carries a command out; true when it received the sentinel."""
    if order.do == "receive":
        try:
            for _ in range(order.times):
                if take(queue, order.len or room, -order.type if order.lowest else order.type):
                    return True
        except OSError:
            pass
    return False


def take(queue, room, msgtyp):
    """One msgrcv(): a whole message, unless MSG_NOERROR cuts it. True if it is the sentinel, and the run heeds it."""
    flags = (IPC_NOWAIT if params.nonblock else 0) | (MSG_NOERROR if params.noerror else 0)
    buffer = ctypes.create_string_buffer(ctypes.sizeof(ctypes.c_long) + room)
    length = libc.msgrcv(queue, buffer, room, msgtyp, flags)
    if length < 0:
        error = why()
        failed("msgrcv", error)
        raise error
    # The type is a long in front of the bytes, and no part of the length.
    kind = ctypes.c_long.from_buffer(buffer).value
    message = buffer.raw[ctypes.sizeof(ctypes.c_long):][:length]
    received(NO_DESCRIPTOR, message, key=kind)
    if params.rest:
        time.sleep(params.rest / 1_000_000)
    return params.sentinel and message == b"STOP"


def why():
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))
