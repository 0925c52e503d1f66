"""What every role with a socket needs beside the calls of its lesson: sleeping for what comes first, and telling about it."""

import errno
import os
import select
import socket
import struct
import time

from playground import args, command, command_if_any, failed, over, received, said, sending, sent, waits

params = args.params
#: The descriptor on which commands come: a role that takes what comes by itself waits for these as well.
COMMANDS = 127


class Over(Exception):
    """There will be no more commands."""


def new_socket():
    """A socket of the kind that the run is about, with the buffers that were asked for."""
    domain = socket.AF_INET if args.kind in ("tcp", "udp") else socket.AF_UNIX
    kind = {
        "udp": socket.SOCK_DGRAM,
        "unix-datagram": socket.SOCK_DGRAM,
        "unix-seqpacket": socket.SOCK_SEQPACKET,
    }.get(args.kind, socket.SOCK_STREAM)
    made = socket.socket(domain, kind)
    if params.sndbuf:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, params.sndbuf)
    if params.rcvbuf and domain == socket.AF_INET:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, params.rcvbuf)
    return made


def address(given):
    """As bind() and connect() take it: a host and a port, or a path."""
    return tuple(given) if isinstance(given, list) else given


def shown(given):
    return f"{given[0]}:{given[1]}" if isinstance(given, (list, tuple)) else given or "(no address)"


def wait(sockets, milliseconds=None):
    """A command, or a list of those sockets from which something can be taken; empty when the time is over."""
    if params.takes == "demand" and milliseconds is None:
        return command() or _over()
    asked = select.poll()
    for one in sockets:
        asked.register(one, select.POLLIN)
    asked.register(COMMANDS, select.POLLIN)
    while True:
        if order := command_if_any():
            return order
        if over():
            _over()
        waits()
        ready = [fd for fd, _ in asked.poll(milliseconds)]
        if COMMANDS not in ready:
            return [one for one in sockets if one.fileno() in ready]


def _over():
    raise Over


def wire(payload):
    """A message as it travels: in a stream, behind its length if that is agreed."""
    return struct.pack("!I", len(payload)) + payload if lengths() else payload


def lengths():
    return params.framing == "length" and args.kind in ("tcp", "unix-stream", "socketpair")


class Messages:
    """Puts together what a stream has cut, where each message comes behind its length."""

    def __init__(self):
        self.partial = b""

    def add(self, taken):
        self.partial += taken
        while len(self.partial) >= 4:
            (length,) = struct.unpack("!I", self.partial[:4])
            if length > 16 * 1024 * 1024:
                self.partial = b""  # Not a length: both sides do not agree on where a message begins.
            if len(self.partial) < 4 + length or not self.partial:
                return
            message, self.partial = self.partial[4 : 4 + length], self.partial[4 + length :]
            said("message", len=length, text=message.decode(errors="replace")[:80])


def send_all(connection, msg, payload, how=""):
    """send() until all of it is in; if it must not wait, one try. Along with it, an open file or pipe. Why not all of it went, if so."""
    data = wire(payload)
    flags = socket.MSG_DONTWAIT if params.nonblock else 0
    sending(msg, connection.fileno(), data)
    count, why = 0, None
    try:
        if how not in ("", "none"):
            count = pass_open(connection, data, how, flags)
        while count < len(data) or not data:
            count += connection.send(data[count:], flags)
            if params.nonblock or not data:
                break
    except OSError as error:
        why = error
    sent(msg, count, why)
    return why


def send_burst(connection, order):
    """All messages that a command asks for, through a connection."""
    payload = order.payload
    for number, msg in enumerate(order.messages):
        if number and params.pace:
            time.sleep(params.pace / 1_000_000)
        error = send_all(connection.socket, msg, payload, order.args.get("with", ""))
        # Nothing that comes after would get through either.
        if error and error.errno != errno.EAGAIN:
            return


def pass_open(connection, data, what, flags=0, to=None):
    """sendmsg() with a descriptor: SCM_RIGHTS. This process closes its own; by then the other has one."""
    fd = a_pipe() if what == "pipe" else a_file()
    try:
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", fd))]
        count = connection.sendmsg([data], rights, flags, *([to] if to else []))
        said("passed", fd=fd, what=what)
    finally:
        os.close(fd)
    return count


def a_pipe():
    """The read end of a pipe with something in it. Nobody has the write end any more."""
    read_end, write_end = os.pipe()
    os.write(write_end, b"from a pipe\n")
    os.close(write_end)
    return read_end


def a_file():
    """A file with something in it, open for reading, under a name of which the other side knows nothing."""
    fd = os.open(args.file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.write(fd, b"from a file\n")
    os.close(fd)
    return os.open(args.file, os.O_RDONLY)


def take_message(connection, size, came):
    """recvmsg(): bytes, who sent them, and what came along, which is added to `came`."""
    data, about, flags, sender = connection.recvmsg(size, socket.CMSG_SPACE(16))
    received(connection.fileno(), data)
    if flags & socket.MSG_TRUNC:
        said("truncated", len=len(data))
    for level, kind, rights in about:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            for (fd,) in struct.iter_unpack("i", rights[: len(rights) // 4 * 4]):
                said("came", fd=fd)
                came.append(fd)
    return data, sender


def read_what_came(came):
    """read() from the descriptor that came last. This process never opened what is behind it."""
    fd = came[-1] if came else -1
    try:
        said("used", fd=fd, text=os.read(fd, 256).decode(errors="replace"))
    except OSError as error:
        failed("read", error)


class Connection:
    """A connected socket, and what is known of it."""

    def __init__(self, connected):
        self.socket = connected
        #: Nothing more will come.
        self.ended = connected.fileno() < 0
        self.messages = Messages()
        self.came = []

    def receive(self, size=0):
        """One receive; false at the end of what will come, or after an error."""
        number = self.socket.fileno()
        try:
            if args.kind == "tcp":
                data = self.socket.recv(size or params.chunk)
                received(number, data)
            else:
                data, _ = take_message(self.socket, size or params.chunk, self.came)
        except OSError as error:
            failed("recv", error)
            self.ended = True
            return False
        if not data:
            self.ended = True
            said("end", fd=number)
        elif lengths():
            self.messages.add(data)
        return bool(data)

    def shutdown(self, end):
        """Ends one direction, or both. The descriptor stays."""
        how = {"read": socket.SHUT_RD, "write": socket.SHUT_WR, "both": socket.SHUT_RDWR}[end]
        try:
            self.socket.shutdown(how)
        except OSError as error:
            failed("shutdown", error)

    def close(self, how="close"):
        """In order; or at once, which throws away what was not sent yet."""
        try:
            if how == "reset":
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            # Python's close() of a socket that is closed does nothing at all.
            self.socket.close()
        except OSError as error:
            failed("close", error)
        self.ended = True

    def credentials(self):
        """Who is at the other end, by the kernel's word."""
        try:
            who = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        except OSError as error:
            failed("getsockopt", error)
            return
        pid, uid, gid = struct.unpack("3i", who)
        said("peer", pid=pid, uid=uid, gid=gid)


def obey(connection, order):
    """Carries out what a role with one connection is told to do with it."""
    match order.do:
        case "send":
            send_burst(connection, order)
        case "receive":
            for _ in range(order.times):
                if not connection.receive(order.len):
                    break
        case "shutdown":
            connection.shutdown(order.end)
        case "close":
            connection.close(order.get("how", "close"))
        case "credentials":
            connection.credentials()
        case "use":
            read_what_came(connection.came)
