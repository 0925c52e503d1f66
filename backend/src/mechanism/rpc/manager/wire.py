"""Connections of multiprocessing that say what they send and receive, and a message on the wire opened up."""

import hmac  # multiprocessing imports it when it needs it
import struct
import threading
from multiprocessing import connection
from multiprocessing.reduction import ForkingPickler

from playground import args, received, said, sending, sent
from shop import short
from typed import own

hmac.new(b"", b"", "md5")

#: One message at a time: what is announced next is what is written next.
one = threading.Lock()

#: The id of the next message, where a learner has asked for it.
asked = []


class Connection(connection.Connection):
    """A connection that says what it sends and receives."""

    #: What came last.
    heard = b""
    _challenge = _digest = None

    def _send_bytes(self, buf):
        message = bytes(buf)
        if args.role == "client" and self._challenge and not self._digest:
            self._digest = message
        wire = framed(message)
        with one:
            msg = asked.pop() if asked else next(own)
            sending(msg, self.fileno(), wire)
            try:
                super()._send_bytes(buf)
            except OSError as error:
                sent(msg, 0, error)
                raise
            sent(msg, len(wire))
        if message == connection.FAILURE:
            said("turned-away", why="AuthenticationError: digest received was wrong", fd=self.fileno())

    def _recv_bytes(self, maxsize=None):
        try:
            came = super()._recv_bytes(maxsize)
        except EOFError:
            received(self.fileno(), b"")
            raise
        if came is None:
            return None
        message = came.getvalue()
        self.heard = framed(message)
        received(self.fileno(), self.heard)
        if message.startswith(connection.CHALLENGE) and not self._challenge:
            self._challenge = message[len(connection.CHALLENGE) :]
        elif message == connection.WELCOME and self._digest and args.role == "client":
            said("proved", challenge=self._challenge.hex(" "), digest=self._digest.hex(" "))
        return came


connection.Connection = Connection


def framed(message):
    return struct.pack("!i", len(message)) + message


def written(*message):
    """A message as it is sent."""
    return framed(bytes(ForkingPickler.dumps(message)))


def opened(wire, **fields):
    """The message opened: its length, how the pickle begins, and its fields."""
    pickled = wire[4:]
    head = f"{wire[:4].hex(' ')}  length: {len(pickled)} bytes follow"
    if pickled[:1] == b"\x80" and pickled[2:3] == b"\x95":
        frame = int.from_bytes(pickled[3:11], "little")
        head += f"\n{pickled[:2].hex(' ')}  pickle, protocol {pickled[1]}"
        head += f"\n{pickled[2:11].hex(' ')}  a frame of {frame} bytes"
    body = "\n".join(f"{name:<6} {short(repr(value))}" for name, value in fields.items())
    return {"head": head, "body": body, "bytes": len(wire)}


def call_of(name, method, values):
    """A call as one types it: `tasks.get('1')`."""
    return short(f"{name}.{method}({', '.join(map(repr, values))})")


def address():
    """Where the server listens."""
    return args.unix or (args.host, args.port)
