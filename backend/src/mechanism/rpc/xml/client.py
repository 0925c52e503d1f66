"""A client: one call after the other, as the learner types them. Each line of its program waits until there is a result."""

import http.client
import io
import itertools
import time
import xmlrpc.client

from playground import args, command, failed, received, said, sending, sent
from shop import short, written
from typed import opened, own, parse

AGAIN = args.params.retry == "again"
TRIES = 3 if AGAIN else 1
#: How often a client that tries again knocks where nobody listens, twice a second.
KNOCKS = 40 if AGAIN else 1


class Heard(io.RawIOBase):
    """What a socket receives, said as it comes."""

    def __init__(self, raw):
        self.raw = raw

    def readable(self):
        return True

    def readinto(self, buffer):
        n = self.raw.readinto(buffer)
        if n is not None:
            received(self.raw.fileno(), buffer[:n])
            connection.heard += buffer[:n]
        return n

    def close(self):
        self.raw.close()
        super().close()


class Answer(http.client.HTTPResponse):
    def __init__(self, *about, **how):
        super().__init__(*about, **how)
        self.fp = io.BufferedReader(Heard(self.fp.detach()))


class Connection(http.client.HTTPConnection):
    """A connection of http.client that says what it sends and receives."""

    response_class = Answer
    heard = b""
    call = ids = None
    number = 0

    def connect(self):
        for knock in range(KNOCKS):
            try:
                if knock:
                    time.sleep(0.5)
                return super().connect()
            except ConnectionRefusedError as error:
                failed("connect", error)
                refused = error
        raise refused

    def endheaders(self, body=None, **how):
        wire = b"\r\n".join([*self._buffer, b"", body])
        if self.sock is None:
            try:
                self.connect()
            except OSError:
                # What was to be sent is not kept for the next time.
                self._buffer.clear()
                raise
        self.msg = next(self.ids)
        self.number += 1
        self.heard = b""
        said("calling", msg=self.msg, call=self.call, **{"try": self.number}, **opened(wire))
        sending(self.msg, self.sock.fileno(), wire)
        try:
            super().endheaders(body, **how)
        except OSError as error:
            sent(self.msg, 0, error)
            raise
        sent(self.msg, len(wire))


class Transport(xmlrpc.client.Transport):
    def make_connection(self, host):
        self._connection = host, connection
        return connection


connection = Connection(args.host, args.port, timeout=args.params.timeout / 1000 or None)
server = xmlrpc.client.ServerProxy(f"http://{args.host}:{args.port}", transport=Transport())


def client():
    while order := command():
        if order.do == "send":
            for msg in order.messages:
                call(msg, order.payload)


def call(msg, typed):
    """One call, from the text to the result."""
    try:
        function, values = parse(typed)
    except SyntaxError as error:
        return said("refused", msg=msg, call=short(typed.decode(errors="replace")), why=f"SyntaxError: {error.msg}")
    text = written(function, values)
    connection.call, connection.ids, connection.number = text, itertools.chain([msg], own), 0
    for number in range(1, TRIES + 1):
        try:
            value = getattr(server, function)(*values)
        except xmlrpc.client.Fault as fault:
            about = opened(connection.heard)
            return said("fault", msg=connection.msg, call=text, code=fault.faultCode, text=short(fault.faultString), **about)
        except (TypeError, OverflowError) as error:
            # It never left this process.
            return said("refused", msg=msg, call=text, why=f"{type(error).__name__}: {error}")
        except (OSError, http.client.HTTPException, xmlrpc.client.ProtocolError) as error:
            connection.close()
            said("unanswered", msg=msg, call=text, why=reason(error), again=number < TRIES)
        else:
            about = opened(connection.heard)
            return said("returned", msg=connection.msg, call=text, value=short(repr(value)), **about)


def reason(error):
    if isinstance(error, TimeoutError):
        return "timed out"
    if isinstance(error, http.client.RemoteDisconnected):
        return "the server has closed the connection"
    return str(error)
