"""The server: binds an address, and takes what anybody sends there. It answers those it has heard from."""

import os
import socket
import time

from link import Over, address, new_socket, pass_open, read_what_came, shown, take_message, wait
from playground import args, failed, open_gate, said, sending, sending_to, sent

params = args.params
#: Who has sent something, in the order of their first.
known = []
#: Descriptors that came along.
came = []


def server():
    try:
        bound = start()
    except OSError as error:
        failed("bind", error)
        return 1
    finally:
        # Clients are born now, and find it there, or nobody.
        open_gate()
    try:
        while True:
            woken = wait([bound] if bound.fileno() >= 0 else [])
            if isinstance(woken, list):
                receive(bound)
            else:
                obey(bound, woken)
    except Over:
        return 0


def start():
    """A socket with an address. Nobody connects: the kernel puts every datagram for it into one queue."""
    bound = new_socket()
    # The file of an earlier server is in the way.
    if params.reuse and args.kind == "unix-datagram" and os.path.exists(args.server):
        os.unlink(args.server)
    bound.bind(address(args.server))
    said("bound", fd=bound.fileno(), at=shown(args.server))
    return bound


def receive(bound, size=0):
    """One datagram; a sender that is new gets a number."""
    try:
        _, sender = take_message(bound, size or params.chunk, came)
    except OSError as error:
        failed("recvmsg", error)
        return False
    if sender and sender not in known:
        known.append(sender)
        said("known", number=len(known), **{"from": shown(sender)})
    return True


def obey(bound, order):
    match order.do:
        case "send":
            payload, number = order.payload, order.args.get("to", 0)
            to = known[number - 1] if 0 <= number - 1 < len(known) or (known and number == 0) else None
            for count, msg in enumerate(order.messages):
                if count and params.pace:
                    time.sleep(params.pace / 1_000_000)
                send(bound, msg, payload, to, order.args.get("with", "none"))
        case "receive":
            for _ in range(order.times):
                if not receive(bound, order.len):
                    break
        case "close":
            bound.close()
        case "use":
            read_what_came(came)


def send(bound, msg, payload, to, how):
    """A datagram to somebody it has heard from; to nobody, the kernel refuses it."""
    flags = socket.MSG_DONTWAIT if params.nonblock else 0
    if to:
        sending_to(msg, bound.fileno(), payload, shown(to))
    else:
        sending(msg, bound.fileno(), payload)
    count, why = 0, None
    try:
        if how != "none":
            count = pass_open(bound, payload, how, flags, to)
        else:
            count = bound.sendto(payload, flags, to) if to else bound.send(payload, flags)
    except OSError as error:
        why = error
    sent(msg, count, why)
