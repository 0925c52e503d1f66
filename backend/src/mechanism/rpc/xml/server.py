"""The server: accepts a connection, reads a call, executes it, answers. With one thread, who comes meanwhile waits in the
accept queue; or each connection has a thread."""

import functools
import io
import socketserver
import threading
from xmlrpc.server import SimpleXMLRPCRequestHandler, SimpleXMLRPCServer

from playground import args, open_gate, received, sending, sent
from shop import FUNCTIONS, execute, open_counter, serve, written
from typed import own

#: One answer at a time: what is announced next is what is written next.
one = threading.Lock()
#: The connection that a thread serves.
mine = threading.local()


class Heard(io.RawIOBase):
    """What a socket receives, said as it comes."""

    def __init__(self, raw):
        self.raw = raw

    def readable(self):
        return True

    def readinto(self, buffer):
        n = self.raw.readinto(buffer)
        received(self.raw.fileno(), buffer[:n])
        return n

    def close(self):
        self.raw.close()
        super().close()


class Answer(io.BytesIO):
    """An answer, sent when it is whole."""

    def __init__(self, connection):
        super().__init__()
        self.connection = connection

    def flush(self):
        wire = self.getvalue()
        self.seek(0)
        self.truncate()
        if not wire:
            return
        with one:
            msg = next(own)
            sending(msg, self.connection.fileno(), wire)
            try:
                self.connection.sendall(wire)
                sent(msg, len(wire))
            except OSError as error:
                sent(msg, 0, error)


class Handler(SimpleXMLRPCRequestHandler):
    protocol_version = "HTTP/" + args.params.http

    def setup(self):
        super().setup()
        self.rfile = io.BufferedReader(Heard(self.rfile.detach()))
        self.wfile = Answer(self.connection)
        mine.fd = self.connection.fileno()


class Server(SimpleXMLRPCServer):
    def _dispatch(self, method, values):
        function = functools.partial(super()._dispatch, method, values)
        return execute(written(method, values), mine.fd, function)

    def handle_error(self, request, client_address):
        """A client that gave up: its next read or write has said so."""


class Threads(socketserver.ThreadingMixIn, Server):
    """A thread for each connection."""

    daemon_threads = True


def server():
    open_counter()
    kind = Threads if args.params.threads == "many" else Server
    with kind((args.host, args.port), Handler, logRequests=False) as server:
        for function in FUNCTIONS.values():
            server.register_function(function)
        open_gate()
        serve(server)
