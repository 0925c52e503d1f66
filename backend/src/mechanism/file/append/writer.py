"""A writer that adds lines, and asks for the lock before."""

import fcntl
import os
import struct
import time

from playground import args, command, failed, said, sending, sent

params = args.params
# With O_APPEND the kernel puts each write() behind the last byte. Without, it goes to where this open file stands, which
# is at the start, whatever others have written meanwhile.
flags = os.O_RDWR | (os.O_APPEND if params.append else 0)
at = 0  # Where it stands without.


def writer():
    fd = os.open(args.path, flags)
    held = None  # A lock that it was told to take, and keeps over several messages.
    while order := command():
        match order.do:
            case "lock":
                exclusive = order.mode == "exclusive"
                held = (order["from"], order.len)
                # Without a choice, what is asked for is the simplest: flock().
                lock(fd, kind(), fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH, *held)
                said("locked", **{"from": order["from"], "len": order.len})
            case "unlock":
                if held:
                    lock(fd, kind(), fcntl.LOCK_UN, *held)
                    said("unlocked")
                held = None
            case "send":
                for number, msg in enumerate(order.messages):
                    if number and params.pace:
                        time.sleep(params.pace / 1_000_000)
                    send(fd, msg, order.payload, held)


def send(fd, msg, payload, held):
    """One line, written with one call. Who has the lock already need not ask for it."""
    global at
    if not held:
        lock(fd, params.lock, fcntl.LOCK_EX)
    line = payload + b"\n"
    # Where the end is when the write happens, the kernel alone knows.
    sending(msg, fd, line, key=None if params.append else at)
    try:
        n = os.write(fd, line)
        at += n
        if params.fsync:
            os.fsync(fd)
    except OSError as error:
        sent(msg, 0, error)
    else:
        sent(msg, n)
    if not held:
        lock(fd, params.lock, fcntl.LOCK_UN)


def kind():
    return "flock" if params.lock == "none" else params.lock


def lock(fd, with_, what, start=0, length=0):
    """Takes a lock or gives it back; sleeps while another has one that does not go with it."""
    try:
        match with_:
            case "flock":
                # The whole file, and the lock is the open file's: a child that inherits it has it too.
                fcntl.flock(fd, what)
            case "posix":
                # A range, and the lock is the process's: it is gone as soon as that closes any descriptor of the file.
                fcntl.lockf(fd, what, length, start)
            case "ofd":
                # A range, and the lock is the open file's. Python has no function for it: struct flock, by hand.
                types = {fcntl.LOCK_EX: fcntl.F_WRLCK, fcntl.LOCK_SH: fcntl.F_RDLCK, fcntl.LOCK_UN: fcntl.F_UNLCK}
                asked = struct.pack("hhqqi4x", types[what], os.SEEK_SET, start, length, 0)
                fcntl.fcntl(fd, F_OFD_SETLKW, asked)
    except OSError as error:
        failed("lock", error)


#: Not among the names of the module before Python 3.9, and on Linux 38 everywhere.
F_OFD_SETLKW = 38
