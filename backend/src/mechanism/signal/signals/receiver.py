"""The receiver of signals: goes about its business, and is interrupted.

Python's own handler, in C, only notes that a signal came. The function here runs later, between two steps of the
interpreter: it is told the number and nothing else, and once for all that came meanwhile, also of real-time signals.
"""

import os
import signal
from collections import Counter

from playground import args, command, command_if_any, failed, said

params = args.params
OURS = [signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM, *range(signal.SIGRTMIN, signal.SIGRTMIN + 3)]
times = Counter()
wakeup = None


def receiver():
    global wakeup
    os.close(args.pipe[1])
    if params.wakeup:
        # The C handler writes the number of each signal as one byte.
        wakeup, written = os.pipe2(os.O_NONBLOCK)
        signal.set_wakeup_fd(written)
    for number in OURS:
        dispose(number, params.handler)
    # It was born with them blocked: one that came before this would have ended it.
    if params.waits == "free":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, OURS)
    else:
        # They stay blocked: any other would be delivered at once, by its handler or its default.
        while True:
            wait()
            # A command that has come meanwhile is carried out between two of them.
            if order := command_if_any():
                obey(order)
    while order := command():
        obey(order)


def handler(number, frame):
    times[number] += 1
    said("handled", number=number, times=times[number], **delivered())


def delivered():
    """How often the C handler ran since we last asked, if it was told to write that down."""
    if not params.wakeup:
        return {}
    try:
        return {"delivered": len(os.read(wakeup, 4096))}
    except BlockingIOError:
        return {"delivered": 0}


def dispose(number, how):
    """What a signal does from now on."""
    try:
        match how:
            case "ignore":
                signal.signal(number, signal.SIG_IGN)
            case "default":
                signal.signal(number, signal.SIG_DFL)
            case _:
                signal.signal(number, handler)
                # SA_RESTART, or not. Without it Python itself makes the call again, after the handler ran.
                signal.siginterrupt(number, how != "restart")
    except OSError as error:
        failed("sigaction", error)


def obey(order):
    try:
        match order.do:
            case "block":
                signal.pthread_sigmask(signal.SIG_BLOCK, chosen(order.signal))
            case "unblock":
                signal.pthread_sigmask(signal.SIG_UNBLOCK, chosen(order.signal))
            case "handle":
                dispose(*chosen(order.signal), order.how)
            case "pending":
                said("pending", signals=" ".join(name(number) for number in sorted(signal.sigpending())))
            case "read":
                # Nobody writes into this pipe unless told to.
                os.read(args.pipe[0], 64)
            case "take":
                for _ in range(order.times):
                    wait()
    except OSError as error:
        failed(order.do, error)


def wait():
    """One sigwaitinfo(): the lowest pending one, with what came with it. No handler runs."""
    info = signal.sigwaitinfo(OURS)
    about = {"number": info.si_signo, "from": info.si_pid, "code": code(info.si_code)}
    if info.si_code == -1:
        # Python has no name for si_int; it lies where si_status does.
        about["value"] = info.si_status
    said("waited", **about)


def code(number):
    return {0: "SI_USER", -1: "SI_QUEUE", -6: "SI_TKILL"}.get(number, "other")


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
