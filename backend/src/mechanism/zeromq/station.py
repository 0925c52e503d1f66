"""What every process of ZeroMQ has: a context with its threads, a socket, a monitor, and one sleep for all of them."""

import os
import time

import zmq

from playground import args, command_if_any, over, received, refused, said, sending, sent, waits

params = args.params

#: What is told of connections: zmq_socket_monitor(3).
EVENTS = {
    0x0001: "connected",
    0x0004: "connect_retried",
    0x0008: "listening",
    0x0010: "bind_failed",
    0x0020: "accepted",
    0x0200: "disconnected",
    0x0800: "handshake_failed",
    0x1000: "handshake_succeeded",
    0x2000: "handshake_failed",
    0x4000: "handshake_failed",
}

_COMMANDS = 127
_context = zmq.Context()
_monitor = None


def open_socket(kind):
    """A socket, with the shelf and the patience that the run asks for."""
    global _monitor
    socket = _context.socket(kind)
    socket.set_hwm(params.hwm)
    socket.linger = params.linger
    socket.reconnect_ivl_max = 1_000
    if params.buffer:
        socket.sndbuf = socket.rcvbuf = params.buffer
    socket.monitor("inproc://monitor", sum(EVENTS))
    _monitor = _context.socket(zmq.PAIR)
    _monitor.connect("inproc://monitor")
    return socket


def bind(socket):
    try:
        socket.bind(args.endpoint)
    except zmq.ZMQError as error:
        said("failed", call="zmq_bind", errno=name_of(error), why=str(error))


def wait(socket, messages):
    """Sleeps until there is a command, or a message where these are wanted: what it was, or None at the end."""
    while True:
        if order := command_if_any():
            return order
        if over():
            return None
        waits()
        if _poll(socket if messages else None, True):
            return "message"


def wait_for_message(socket):
    """Sleeps until there is a message, and lets commands wait."""
    while not _poll(socket, False):
        pass


def _poll(socket, commands):
    wanted = [(_monitor, zmq.POLLIN)]
    wanted += [(socket, zmq.POLLIN)] if socket else []
    wanted += [(_COMMANDS, zmq.POLLIN)] if commands else []
    ready = dict(zmq.zmq_poll(wanted, -1))
    if _monitor in ready:
        _tell()
    return socket in ready


def _tell():
    while _monitor.poll(0):
        event, address = _monitor.recv_multipart()
        name = EVENTS.get(int.from_bytes(event[:2], "little"))
        if name:
            said(name, address=address.decode(), value=int.from_bytes(event[2:6], "little"))


def receive(socket):
    """One message with all its frames; the last one is what somebody had to say."""
    frames = socket.recv_multipart()
    received(-1, frames[-1], key=topic_number(frames[0]) if len(frames) > 1 else None)
    if params.rest:
        time.sleep(params.rest / 1_000_000)
    return frames


def put(socket, msg, text, topic=None):
    """A message onto the shelf, or not: whether it went."""
    frames = [topic.encode(), text] if topic else [text]
    sending(msg, -1, text, key=topic_number(frames[0]) if topic else None)
    try:
        socket.send_multipart(frames)
    except zmq.ZMQError as error:
        refused(msg, name_of(error))
        return False
    sent(msg, len(text))
    return True


def burst(order):
    """The messages that a `send` asks for, with their numbers and texts."""
    for number, msg in enumerate(order.messages):
        if number and params.pace:
            time.sleep(params.pace / 1_000_000)
        digits, text = b"#%d" % number if order.args.get("numbered") else b"", order.payload
        # Where the end of it would not be shown, the number stands in front.
        yield msg, digits + text if len(text) > 200 else text + digits


def close(socket):
    """What is on the shelf is sent for as long as ZMQ_LINGER says. Then the process ends."""
    said("closing")
    socket.close()
    _monitor.close()
    _context.term()
    said("closed")
    return 0


def own_message(answered):
    """The number of a message that nobody in the lab has numbered."""
    return os.getpid() * 10_000_000 + answered


def topic_number(topic):
    """A topic as a number, from 1."""
    return b"ABCD".index(topic) + 1 if len(topic) == 1 and topic in b"ABCD" else None


def name_of(error):
    return {zmq.EFSM: "EFSM", zmq.ETERM: "ETERM"}.get(error.errno) or f"E{error.errno}"
