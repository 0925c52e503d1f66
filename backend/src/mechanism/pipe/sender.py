"""One side of Pipe(): sends what it is told to. It could receive as well."""

import signal
import time

from objects import text_or_bytes
from playground import args, command
from sides import conn, hang_up, other, reported_recv, reported_send


def sender():
    # Every Python program ignores SIGPIPE: who sends to nobody gets BrokenPipeError.
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    # The tutorial's program leaves it open.
    if args.params.unused == "closed":
        other.close()
    while order := command():
        try:
            match order.do:
                case "send":
                    for number, msg in enumerate(order.messages):
                        if number and args.params.pace:
                            time.sleep(args.params.pace / 1_000_000)
                        send(msg, text_or_bytes(order.payload))
                case "recv":
                    for _ in range(order.times):
                        recv()
                case "hang-up":
                    hang_up(order.which)
        except EOFError:
            return 0
        except OSError:
            pass  # It has been reported.


def send(msg, thing):
    with reported_send(msg, thing):
        conn.send(thing)


def recv():
    with reported_recv() as came:
        came.append(conn.recv())
