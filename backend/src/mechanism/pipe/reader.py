"""The reader: takes bytes out, as they come; where one message ends and the next begins, a pipe does not keep."""

import fcntl
import os
import select

from playground import args, command, command_if_any, failed, received

params = args.params
ends = args.ends


def reader():
    for fd in args.others:
        os.close(fd)
    # A late one opens the FIFO when it is first told something; until then, who opens it to write sleeps in open().
    order = None
    if params.reader == "late" and args.path:
        order = command()
        if not order:
            return 0
    try:
        prepare()
    except OSError as error:
        failed("open", error)
        return 1
    if params.reader == "loop" and read_all():
        return 0
    # On demand, or after an error: one command after the other.
    while order := order or command():
        if obey(order):
            return 0
        order = None


def read_all():
    """Until end-of-file: read() returns nothing when the pipe is empty and nobody has its write end open any more."""
    readable = select.poll()
    readable.register(ends.read, select.POLLIN)
    while True:
        if params.nonblock:
            readable.poll()
        try:
            if not take(params.chunk):
                return True
        except BlockingIOError:
            pass  # The bytes that poll() saw are gone already.
        except OSError:
            return False
        # A command that has come meanwhile is carried out between two reads.
        order = command_if_any()
        if order and obey(order):
            return True


def prepare():
    """Keeps the read end only; a write end that is kept as well would hide from us that nobody writes any more."""
    forgets = params.forgotten == "reader-write"
    if not args.path:
        if not forgets:
            os.close(ends.write)
        return
    # Sleeps until somebody opens the FIFO for writing.
    ends.read = os.open(args.path, os.O_RDONLY)
    if params.nonblock:
        fcntl.fcntl(ends.read, fcntl.F_SETFL, os.O_RDONLY | os.O_NONBLOCK)
    if forgets:
        ends.write = os.open(args.path, os.O_WRONLY)
    if params.capacity:
        try:
            fcntl.fcntl(ends.read, fcntl.F_SETPIPE_SZ, params.capacity)
        except OSError as error:
            failed("fcntl", error)  # It keeps the size it had.


def obey(order):
    """Carries a command out; true at end-of-file."""
    try:
        match order.do:
            case "read":
                for _ in range(order.times):
                    if not take(order.len):
                        return True
            case "close":
                close(ends[order.end])
            case "exec":
                become(args.programs[order.program])
    except OSError:
        pass
    return False


def take(size):
    """One read(); nothing is end-of-file."""
    try:
        taken = os.read(ends.read, size)
    except OSError as error:
        failed("read", error)
        raise
    received(ends.read, taken)
    return taken


def become(words):
    """What a shell does with a program of a pipeline: the read end becomes standard input."""
    try:
        os.dup2(ends.read, 0)
        os.close(ends.read)
        os.execve(words[0], words, {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"})
    except OSError as error:
        failed("execve", error)


def close(fd):
    try:
        os.close(fd)
    except OSError as error:
        failed("close", error)
