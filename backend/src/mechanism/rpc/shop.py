"""The functions of the server, and the number that outlives it."""

import mmap
import os
import select
import signal
import struct
import threading
import time

from playground import args, command_if_any, over, said, waits

#: Where commands come from.
COMMANDS = 127


def square(x):
    return x * x


def add(a, b):
    return a + b


def divide(a, b):
    return a / b


def reverse(x):
    return x[::-1]


def echo(x):
    return x


def slow(seconds):
    if not 0 <= seconds <= 60:
        raise ValueError("slow() takes 0 to 60 seconds")
    time.sleep(seconds)
    return seconds


def increment():
    """How often it was executed: a file that is mapped, so that it is still there when the server is not."""
    with _lock:
        (before,) = struct.unpack_from("=Q", _counter)
        struct.pack_into("=Q", _counter, 0, before + 1)
    return before + 1


FUNCTIONS = {function.__name__: function for function in (square, add, divide, reverse, echo, slow, increment)}

_lock = threading.Lock()
_counter = None
_executed = 0


def open_counter():
    global _counter
    fd = os.open(args.counter, os.O_RDWR | os.O_CREAT, 0o644)
    os.ftruncate(fd, 8)
    _counter = mmap.mmap(fd, 8)
    os.close(fd)


def execute(call, fd, function, known=False):
    """Calls the function, and says so. The server may have been told to die before or after."""
    global _executed
    said("called", call=call, fd=fd)
    die_if("before")
    about = {}
    try:
        result = function()
        about["value"] = short(repr(result))
        return result
    except Exception as error:
        about["fault"] = short(f"{type(error).__name__}: {error}")
        raise
    finally:
        if known or call.partition("(")[0] in FUNCTIONS:
            with _lock:
                _executed += 1
                times = _executed
            said("executed", call=call, fd=fd, times=times, **about)
        else:
            said("unknown", call=call, fd=fd)
        die_if("after")


def serve(server):
    """serve_forever(), but for the commands: asleep until somebody connects, or until nobody will call any more."""
    wanted = select.poll()
    wanted.register(server.fileno(), select.POLLIN)
    wanted.register(COMMANDS, select.POLLIN)
    while not over():
        waits()
        ready = [fd for fd, _ in wanted.poll()]
        if COMMANDS in ready:
            command_if_any()
        if server.fileno() in ready:
            server.handle_request()


def die_if(now):
    """As kill -9 would end it, in the middle of its first call."""
    if args.params.dies == now:
        os.kill(os.getpid(), signal.SIGKILL)


def written(function, values):
    """A call as one types it."""
    return short(f"{function}({', '.join(map(repr, values))})")


def short(text):
    """The first characters of a value or a call, as they are shown."""
    return text if len(text) <= 120 else text[:120] + "…"
