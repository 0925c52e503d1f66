"""Between two pipes: takes bytes from one and puts them into the next, in one of three ways."""

import os

from playground import args, command, command_if_any, failed, received, said

params = args.params
ends = args.ends

if params.via == "tee":
    # The one call here that Python's library lacks.
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)


def relay():
    for fd in args.others:
        os.close(fd)
    try:
        if params.reader == "loop":
            pass_all()
        while order := command():
            obey(order)
    except EOFError:
        return 0


def pass_all():
    try:
        while True:
            pass_on(params.chunk)
            if order := command_if_any():
                obey(order)
    except OSError:
        pass  # It has been reported.


def obey(order):
    try:
        match order.do:
            case "pass":
                for _ in range(order.times):
                    pass_on(order.len)
            case "close":
                os.close(ends[order.end])
            case "exec":
                become(args.programs[order.program])
    except OSError as error:
        failed(order.do, error)


def pass_on(most):
    match params.via:
        case "copy":
            copy(most)
        case "splice":
            # The kernel hands pages from pipe to pipe. This process never sees a byte.
            moved("splice", os.splice(ends.read, ends.write, most))
        case "tee":
            # Both pipes have the bytes now; then they leave the first one for a third.
            doubled = moved("tee", tee(ends.read, ends.write, most))
            moved("splice", os.splice(ends.read, args.second, doubled))


def copy(most):
    """Into this process's memory, and out of it again: two copies, and what goes on is a message of its own."""
    got = os.read(ends.read, most)
    received(ends.read, got)
    if not got:
        raise EOFError
    while got:
        got = got[os.write(ends.write, got) :]


def tee(source, target, most):
    doubled = libc.tee(source, target, most, 0)
    if doubled < 0:
        raise OSError(ctypes.get_errno(), "tee")
    return doubled


def moved(call, count):
    """No report of bytes: who moves them this way has not seen them."""
    said("moved", call=call, bytes=count)
    if not count:
        raise EOFError
    return count


def become(words):
    """What a shell does with a program of a pipeline: its ends become standard input and output."""
    os.dup2(ends.read, 0)
    os.dup2(ends.write, 1)
    os.close(ends.read)
    os.close(ends.write)
    os.execve(words[0], words, {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"})
