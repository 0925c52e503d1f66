"""The receiver with a signalfd: signals become bytes that are read, and no handler ever runs.

Python's standard library has no signalfd(); the C library has. Programs in Python mostly use signal.set_wakeup_fd().
"""

import ctypes
import os
import signal
import struct

from playground import args, command, command_if_any, failed, said

params = args.params
OURS = [signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM, *range(signal.SIGRTMIN, signal.SIGRTMIN + 3)]
#: struct signalfd_siginfo: number, errno, code, pid, uid … and at 44 the int that came along.
SIZE, HEAD, VALUE = 128, struct.Struct("=IiiII"), struct.Struct("=i")
libc = ctypes.CDLL(None, use_errno=True)


def receiver():
    # Blocked they are from birth: one that is not takes its usual way, and is never seen at the descriptor.
    fd = signalfd(OURS)
    if params.takes == "loop":
        while True:
            take(fd)
            # A command that has come meanwhile is carried out between two reads.
            if order := command_if_any():
                obey(order, fd)
    while order := command():
        obey(order, fd)


def signalfd(numbers):
    mask = (ctypes.c_ulong * 16)()  # sigset_t
    for number in numbers:
        libc.sigaddset(mask, int(number))
    fd = libc.signalfd(-1, mask, 0)
    if fd < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return fd


def obey(order, fd):
    try:
        match order.do:
            case "block":
                signal.pthread_sigmask(signal.SIG_BLOCK, chosen(order.signal))
            case "unblock":
                signal.pthread_sigmask(signal.SIG_UNBLOCK, chosen(order.signal))
            case "pending":
                said("pending", signals=" ".join(name(number) for number in sorted(signal.sigpending())))
            case "take":
                for _ in range(order.times):
                    take(fd)
    except OSError as error:
        failed(order.do, error)


def take(fd):
    """One read(): one structure of 128 bytes, with the number, the sender's pid and the value."""
    taken = os.read(fd, SIZE)
    number, _, code, pid, _ = HEAD.unpack_from(taken)
    about = {"number": number, "from": pid, "code": {0: "SI_USER", -1: "SI_QUEUE"}.get(code, "other")}
    if code == -1:
        (about["value"],) = VALUE.unpack_from(taken, 44)
    said("read", **about)


def chosen(which):
    """SIGUSR1 is [10], SIGRTMIN+1 is [35]."""
    if which == "all":
        return signal.valid_signals()
    which, _, more = which.partition("+")
    return [getattr(signal, which) + int(more or 0)]


def name(number):
    if signal.SIGRTMIN < number <= signal.SIGRTMAX:
        return f"SIGRTMIN+{number - signal.SIGRTMIN}"
    return signal.Signals(number).name
