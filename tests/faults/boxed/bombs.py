"""Takes all there is of something, and prints how much that was and which errno ended it: one JSON object.

Arguments: what to take; and "keep", to hold on to it until killed.
"""

import ctypes
import errno
import fcntl
import json
import mmap
import os
import signal
import sys
import time

LIBC = ctypes.CDLL(None, use_errno=True)
# More than any box has of anything.
MOST = 100_000
held = []


def called(result):
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def processes():
    child = os.fork()
    if child == 0:
        signal.pause()
    held.append(child)
    return 1


def descriptors():
    held.append(os.dup(0))
    return 1


def memory():
    piece = mmap.mmap(-1, 16 << 20)
    held.append(piece)
    return len(piece)


def disk(folder):
    def fill():
        path = f"{folder}/file-{len(held)}"
        held.append(path)
        with open(path, "wb", buffering=0) as file:
            # Below what one file may have.
            return sum(file.write(bytes(1 << 20)) for _ in range(8))

    return fill


def names(folder):
    def make():
        path = f"{folder}/name-{len(held)}"
        os.close(os.open(path, os.O_CREAT))
        held.append(path)
        return 1

    return make


def queues():
    name = f"/bomb-{len(held)}".encode()
    held.append(called(LIBC.mq_open(name, os.O_CREAT | os.O_RDWR, 0o600, None)))
    return 1


def segments():
    size = 1 << 20
    number = called(LIBC.shmget(0, size, 0o600))
    LIBC.shmat.restype = ctypes.c_void_p
    place = LIBC.shmat(number, None, 0)
    ctypes.memset(place, 1, size)
    LIBC.shmdt(ctypes.c_void_p(place))
    held.append(number)
    return size


def watchers():
    held.append(called(LIBC.inotify_init1(0)))
    return 1


def pipes():
    """Pages of pipes, as many as one may have: each of the largest size that is allowed, and full."""
    ends = os.pipe()
    held.extend(ends)
    size = 0
    for wish in (1 << 20, 256 << 10):
        try:
            size = size or fcntl.fcntl(ends[1], 1031, wish)
        except PermissionError:
            pass
    os.set_blocking(ends[1], False)
    return os.write(ends[1], bytes(size))


TAKES = {
    "processes": processes,
    "descriptors": descriptors,
    "memory": memory,
    "tmp": disk("/tmp"),
    "shm": disk("/dev/shm"),
    "names in tmp": names("/tmp"),
    "names in shm": names("/dev/shm"),
    "queues": queues,
    "segments": segments,
    "watchers": watchers,
    "pipes": pipes,
}


def main():
    what = sys.argv[1]
    taken, ended = 0, None
    # Messages of the interpreter's own take memory, which there may be none of.
    try:
        for _ in range(MOST):
            taken += TAKES[what]()
    except MemoryError:
        ended = "ENOMEM"
    except OSError as refused:
        ended = errno.errorcode.get(refused.errno)
    if what == "memory":
        held.clear()
    if what == "descriptors":
        os.close(held.pop())
    # Inotify of somebody else's, and a pipe of usual size: what is left for others.
    print(json.dumps({"taken": taken, "errno": ended}), flush=True)
    if sys.argv[2:] == ["keep"]:
        time.sleep(600)
    if what == "processes":
        for child in held:
            os.kill(child, signal.SIGKILL)


main()
