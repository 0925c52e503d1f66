"""A writer that stores: the bytes are in the file at once, and no call was made for them."""

import ctypes
import errno
import mmap
import time

from playground import args, command, failed, sending, sent, stored

params = args.params
MS_ASYNC = 1


def writer():
    with open(args.path, "r+b") as file:
        page = mmap.mmap(file.fileno(), 4096)
    while order := command():
        match order.do:
            case "truncate":
                cut(order.len)
            case "send":
                for number, msg in enumerate(order.messages):
                    if number and params.pace:
                        time.sleep(params.pace / 1_000_000)
                    send(page, order.args.at, msg, order.payload)


def send(page, at, msg, payload):
    """Stores, and reports it: there is no call that anybody could see. What finds no room in the page is left out."""
    sending(msg, -1, payload, key=at)
    n = min(len(payload), len(page) - at)
    page[at : at + n] = payload[:n]
    stored(at, payload[:n], msg=msg, name=args.name)
    # Other processes see the store already. This is about the disk.
    if params.msync == "sync":
        page.flush()
    elif params.msync == "async":
        # Python's flush() waits, always, before 3.13.
        address = ctypes.addressof(ctypes.c_char.from_buffer(page))
        ctypes.CDLL(None).msync(ctypes.c_void_p(address), len(page), MS_ASYNC)
    sent(msg, n, OSError(errno.ENOSPC, "") if n < len(payload) else None)


def cut(length):
    """The file ends there from now on; whoever touches a page behind its end gets SIGBUS."""
    try:
        with open(args.path, "r+b") as file:
            file.truncate(length)
    except OSError as error:
        failed("truncate", error)
