"""A sender of signals: needs nothing of the receiver but its pid, and no descriptor at all."""

import ctypes
import os
import signal
import time

from playground import args, command, said, sending, sent

params = args.params
# The standard library has no sigqueue(); the C library has.
libc = ctypes.CDLL(None, use_errno=True)


def sender():
    for fd in args.pipe:
        if fd >= 0:
            os.close(fd)  # The receiver's, and its parent's.
    while order := command():
        if order.do == "send":
            obey(order, order.get("args", {}))


def obey(order, more):
    number = signal_number(more.get("signal", "SIGUSR1"))
    # kill() has no place for a message. sigqueue() has one for a single int.
    value = None
    if more.get("via") == "sigqueue":
        text = order.payload.decode(errors="replace")
        try:
            value = int(text)
        except ValueError:
            return said("no_number", text=text, call="sigqueue")
    for n, msg in enumerate(order.messages):
        if n and params.pace:
            time.sleep(params.pace / 1_000_000)
        send(msg, number, value)


def send(msg, number, value):
    payload = b"" if value is None else str(value).encode()
    sending(msg, -1, payload, key=number)
    try:
        if value is None:
            os.kill(args.receiver, number)
        else:
            sigqueue(args.receiver, number, value)
    except OSError as error:
        sent(msg, 0, error)
    else:
        sent(msg, len(payload))


def sigqueue(pid, number, value):
    # A union of an int and a pointer: the int is the low half.
    if libc.sigqueue(pid, number, ctypes.c_void_p(value & 0xFFFFFFFF)):
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def signal_number(name):
    """SIGUSR1 is 10, SIGRTMIN+1 is 35."""
    name, _, more = name.partition("+")
    return getattr(signal, name) + int(more or 0)
