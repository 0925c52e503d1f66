"""A reader that sleeps until the kernel says that the file was written; or one that cannot, and looks again and again.

Python's standard library has no inotify. It is three calls, so this asks the C library for them.
"""

import ctypes
import os
import struct
import time

from playground import args, command_if_any, failed, over, received, said

params = args.params
IN_CLOSE_WRITE, IN_MOVED_TO = 0x8, 0x80


def reader():
    notify = watch() if params.wake == "inotify" else None
    if notify is not None:
        look()  # What was written before the watch was there, it tells nothing of.
    while not over():
        if notify is None:
            time.sleep(params.poll / 1000)
        else:
            wait_for_change(notify)
        look()
        while order := command_if_any():
            if order.do == "read":
                for number in range(order.times):
                    if number and params.pace:
                        time.sleep(params.pace / 1_000_000)
                    look()


def watch():
    """The folder is watched, not the file: it need not be there yet, and a rename puts another in its place."""
    libc = ctypes.CDLL(None, use_errno=True)
    fd = libc.inotify_init1(0)
    if fd < 0 or libc.inotify_add_watch(fd, args.folder.encode(), IN_CLOSE_WRITE | IN_MOVED_TO) < 0:
        raise OSError(ctypes.get_errno(), "inotify")
    return fd


def wait_for_change(fd):
    """Sleeps until a writer has closed the file, or has given its name to another."""
    while True:
        events = os.read(fd, 4096)
        while events:
            _, mask, _, length = struct.unpack_from("iIII", events)
            name = events[16 : 16 + length].rstrip(b"\0").decode()
            events = events[16 + length :]
            if name == args.name:
                said("woken", event="IN_MOVED_TO" if mask & IN_MOVED_TO else "IN_CLOSE_WRITE", name=name)
                return


def look():
    try:
        with open(args.path, "rb", buffering=0) as file:
            at = 0
            while taken := os.read(file.fileno(), params.chunk):
                received(file.fileno(), taken, key=at)
                at += len(taken)
            received(file.fileno(), taken, key=at)
    except FileNotFoundError as error:
        failed("open", error)  # Nobody has written yet.
