"""A consumer: takes one whole message after the other, the highest priority first.

Python's standard library knows no POSIX message queues: this calls the C library, as any program does.
"""

import ctypes
import errno
import os
import select
import signal
import time

from playground import args, command, command_if_any, failed, received, said

params = args.params
libc = ctypes.CDLL(None, use_errno=True)
libc.mq_receive.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.POINTER(ctypes.c_uint))
libc.mq_receive.restype = ctypes.c_ssize_t


class Attributes(ctypes.Structure):
    """struct mq_attr."""

    _fields_ = [("flags", ctypes.c_long), ("maxmsg", ctypes.c_long), ("msgsize", ctypes.c_long),
                ("curmsgs", ctypes.c_long), ("reserved", ctypes.c_long * 4)]


class Event(ctypes.Structure):
    """struct sigevent, as far as a signal needs it."""

    _fields_ = [("value", ctypes.c_void_p), ("signo", ctypes.c_int), ("notify", ctypes.c_int),
                ("rest", ctypes.c_int * 12)]


def consumer():
    told = params.loops and params.notify != "off"
    wait = os.O_NONBLOCK if params.nonblock or told else 0
    queue = libc.mq_open(args.name.encode(), os.O_RDONLY | wait)
    if queue < 0:
        failed("mq_open", why())
        return 1
    # The buffer must have room for the longest message there could be, whatever is in the queue.
    about = Attributes()
    libc.mq_getattr(queue, ctypes.byref(about))
    room = params.buffer or about.msgsize

    if params.loops and (receive_when_told if told else receive_all)(queue, room):
        return 0
    # On demand, or after an error: one command after the other.
    while order := command():
        if obey(queue, room, order):
            return 0


def receive_all(queue, room):
    """One message after the other, until the one that means "no more": True. There is no end-of-file."""
    readable = select.poll()
    readable.register(queue, select.POLLIN)
    while True:
        if params.nonblock:
            readable.poll()
        try:
            if take(queue, room):
                return True
        except BlockingIOError:
            pass  # Another consumer has taken what poll() saw.
        except OSError:
            return False
        # A command that has come meanwhile is carried out between two receives.
        order = command_if_any()
        if order and obey(queue, room, order):
            return True


def receive_when_told(queue, room):
    """Asks for a signal, sleeps until it comes, takes all there is. One signal for each time that was asked."""
    # Blocked, the signal stays pending until sigwait() takes it; otherwise it would end this process.
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    if not ask(queue):
        return False
    while True:
        said("notified", signal=signal.Signals(signal.sigwait([signal.SIGUSR1])).name)
        # Asked again before the queue is emptied: a message that comes in between would otherwise go unnoticed.
        if params.notify == "again" and not ask(queue):
            return False
        try:
            while not take(queue, room):
                pass
            return True
        except BlockingIOError:
            pass
        except OSError:
            return False
        order = command_if_any()
        if order and obey(queue, room, order):
            return True


def ask(queue):
    """mq_notify(); EBUSY if somebody else is told already, for only one can be."""
    event = Event(signo=signal.SIGUSR1, notify=0)
    if libc.mq_notify(queue, ctypes.byref(event)) < 0:
        failed("mq_notify", why())
        return False
    return True


def obey(queue, room, order):
    """Carries a command out; true when it received the sentinel."""
    match order.do:
        case "receive":
            try:
                for _ in range(order.times):
                    if take(queue, order.len or room):
                        return True
            except OSError:
                pass
        case "close":
            if libc.mq_close(queue) < 0:
                failed("mq_close", why())
    return False


def take(queue, room):
    """One mq_receive(): a whole message. True if it is the sentinel, and the run heeds it."""
    buffer = ctypes.create_string_buffer(room)
    priority = ctypes.c_uint()
    length = libc.mq_receive(queue, buffer, room, ctypes.byref(priority))
    if length < 0:
        error = why()
        failed("mq_receive", error)
        raise error
    message = buffer.raw[:length]
    received(queue, message, key=priority.value)
    if params.rest:
        time.sleep(params.rest / 1_000_000)
    return params.sentinel and message == b"STOP"


def why():
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))
