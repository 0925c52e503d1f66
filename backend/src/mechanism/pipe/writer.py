"""A writer: puts each message into the pipe, whole if the pipe lets it."""

import errno
import fcntl
import os
import signal
import time

from playground import args, command, failed, sending, sent

params = args.params
ends = args.ends


def writer():
    for fd in args.others:
        os.close(fd)
    # When nobody can read any more, write() raises SIGPIPE, which kills. Who ignores it gets BrokenPipeError instead.
    if params.sigpipe == "ignore":
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    try:
        prepare()
    except OSError as error:
        failed("open", error)
        return 1

    while order := command():
        match order.do:
            case "send":
                payload = order.payload
                for number, msg in enumerate(order.messages):
                    if number and params.pace:
                        time.sleep(params.pace / 1_000_000)
                    error = send(msg, ends.write, payload)
                    # Nothing that comes after would get in either.
                    if error and error.errno in (errno.EPIPE, errno.EBADF):
                        break
            case "close":
                close(ends[order.end])
            case "exec":
                become(args.programs[order.program])


def prepare():
    """Keeps the write end only; a read end that is kept as well would hide from us that nobody reads any more."""
    forgets = params.forgotten == "writer-read"
    if not args.path:
        if not forgets:
            os.close(ends.read)
        return
    # Sleeps until somebody opens the FIFO for reading.
    ends.write = os.open(args.path, os.O_WRONLY)
    flags = os.O_WRONLY
    flags |= os.O_NONBLOCK if params.nonblock else 0
    flags |= os.O_DIRECT if params.packets else 0
    if flags != os.O_WRONLY:
        fcntl.fcntl(ends.write, fcntl.F_SETFL, flags)
    if forgets:
        ends.read = os.open(args.path, os.O_RDONLY | os.O_NONBLOCK)


def send(msg, fd, payload):
    """write() until all of it is in; if it must not wait, one try."""
    sending(msg, fd, payload)
    written, why = 0, None
    try:
        while True:
            written += os.write(fd, payload[written:])
            if written == len(payload) or params.nonblock:
                break
    except OSError as error:
        why = error
    sent(msg, written, why)
    return why


def become(words):
    """What a shell does with a program of a pipeline: the write end becomes standard output."""
    try:
        os.dup2(ends.write, 1)
        os.close(ends.write)
        os.execve(words[0], words, {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"})
    except OSError as error:
        failed("execve", error)


def close(fd):
    try:
        os.close(fd)
    except OSError as error:
        failed("close", error)
