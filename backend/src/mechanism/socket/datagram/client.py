"""A client: sends datagrams to the address of the server, whether or not anybody is there."""

import errno
import os
import socket
import time

from link import Over, address, new_socket, pass_open, read_what_came, shown, take_message, wait
from playground import args, failed, said, sending, sending_to, sent

params = args.params
#: Descriptors that came along.
came = []


def client():
    try:
        own = start()
    except OSError as error:
        failed("bind", error)
        return 1
    try:
        while True:
            woken = wait([own] if own.fileno() >= 0 else [])
            if isinstance(woken, list):
                # Where it is connected, an error may have come back: the next datagram may get through.
                receive(own)
            else:
                obey(own, woken)
    except Over:
        return 0


def start():
    """A socket that the server can answer: the kernel gives it a port with the first datagram; a Unix socket needs a file."""
    own = new_socket()
    if args.own:
        # It may be back after an end of which nobody has cleaned up.
        if os.path.exists(args.own):
            os.unlink(args.own)
        own.bind(args.own)
    if params.connected:
        try:
            own.connect(address(args.target))
            said("connected", fd=own.fileno(), to=shown(args.target))
        except OSError as error:
            failed("connect", error)
    return own


def receive(own, size=0):
    try:
        take_message(own, size or params.chunk, came)
    except OSError as error:
        failed("recvmsg", error)
        return False
    return True


def obey(own, order):
    match order.do:
        case "send":
            payload = order.payload
            for number, msg in enumerate(order.messages):
                if number and params.pace:
                    time.sleep(params.pace / 1_000_000)
                error = send(own, msg, payload, order.args.get("with", "none"))
                # What is too long once, is too long always.
                if error and error.errno in (errno.EMSGSIZE, errno.EBADF):
                    break
        case "receive":
            for _ in range(order.times):
                if not receive(own, order.len):
                    break
        case "close":
            own.close()
        case "use":
            read_what_came(came)


def send(own, msg, payload, how):
    """To be sent is all that is known of it then: no answer comes back, not even of its loss."""
    flags = socket.MSG_DONTWAIT if params.nonblock else 0
    to = None if params.connected else address(args.target)
    if to:
        sending_to(msg, own.fileno(), payload, shown(to))
    else:
        sending(msg, own.fileno(), payload)
    count, why = 0, None
    try:
        if how != "none":
            count = pass_open(own, payload, how, flags, to)
        elif to:
            count = own.sendto(payload, flags, to)
        else:
            count = own.send(payload, flags)
    except OSError as error:
        why = error
    sent(msg, count, why)
    return why
