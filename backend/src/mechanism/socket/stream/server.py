"""The server: binds an address, listens, accepts who connects, and receives what they send. It can answer each of them."""

import os
import signal
import socket

from link import Connection, Over, address, new_socket, read_what_came, send_burst, shown, wait
from playground import args, failed, open_gate, said

params = args.params
connections = []


def server():
    # Every Python program ignores SIGPIPE: who sends to nobody gets BrokenPipeError.
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    try:
        listener = start()
    except OSError as error:
        failed("bind", error)
        return 1
    finally:
        # Clients are born now, and find it listening, or nobody.
        open_gate()
    try:
        while True:
            serve(listener)
    except Over:
        return 0


def start():
    """A socket with an address, at which the kernel takes connections for us from now on."""
    listener = new_socket()
    if params.reuse:
        # What an earlier server left must not be in the way: old connections at this address, or its file.
        if args.kind == "tcp":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        elif os.path.exists(args.server):
            os.unlink(args.server)
    listener.bind(address(args.server))
    listener.listen(params.backlog)
    said("listening", fd=listener.fileno(), at=shown(args.server), backlog=params.backlog)
    return listener


def serve(listener):
    """One command, or all that has come: a connection, bytes."""
    open_ones = [one for one in connections if not one.ended]
    listening = [listener] if listener.fileno() >= 0 else []
    woken = wait(listening + [one.socket for one in open_ones])
    if not isinstance(woken, list):
        obey(listener, woken)
        return
    for ready in woken:
        if ready is listener:
            accept(listener)
        else:
            next(one for one in open_ones if one.socket is ready).receive()


def accept(listener):
    """The connection that has waited longest gets a descriptor; the listening socket goes on listening."""
    try:
        accepted, peer = listener.accept()
    except OSError as error:
        failed("accept", error)
        return False
    connections.append(Connection(accepted))
    said("accepted", fd=accepted.fileno(), number=len(connections), **{"from": shown(peer)})
    if params.nodelay and args.kind == "tcp":
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return True


def connection(number):
    """The connection of that number; 0 is the newest. Where there is none, one that is closed."""
    if 0 < number <= len(connections):
        return connections[number - 1]
    if connections and number == 0:
        return connections[-1]
    nobody = socket.socket(socket.AF_UNIX)
    nobody.close()
    return Connection(nobody)


def obey(listener, order):
    match order.do:
        case "send":
            send_burst(connection(order.args.get("to", 0)), order)
        case "accept":
            for _ in range(order.times):
                if not accept(listener):
                    break
        case "receive":
            for _ in range(order.times):
                if not connection(order.of if "of" in order else 0).receive(order.len):
                    break
        case "shutdown":
            connection(order.of).shutdown(order.end)
        case "close":
            connection(order.of).close(order.get("how", "close"))
        case "stop-listening":
            listener.close()
        case "credentials":
            connection(order.of).credentials()
        case "use":
            read_what_came([fd for one in connections for fd in one.came])
