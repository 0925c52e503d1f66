"""The server: accepts a connection, reads a call, executes it, answers. With one thread, who comes meanwhile waits in the
accept queue; or each connection has a thread."""

import json
import os
import socketserver
import threading

from playground import args, open_gate, received, said, sending, sent
from shop import FUNCTIONS, execute, open_counter, serve, written
from typed import frame, own, take

#: One answer at a time: what is announced next is what is written next.
one = threading.Lock()


class Handler(socketserver.BaseRequestHandler):
    """One connection, call after call, until one side closes it."""

    def handle(self):
        self.fd = self.request.fileno()
        came = bytearray()
        while True:
            while not (asked := take(came)):
                more = self.request.recv(8192)
                received(self.fd, more)
                if not more:
                    return
                came.extend(more)
            answer = self.answer(asked[1])
            if answer is not None:
                self.send(frame(json.dumps(answer, separators=(",", ":")).encode()))

    def answer(self, text):
        """Executes a call. None for a notification, which wants no answer."""
        try:
            asked = json.loads(text)
            identity = asked.get("id")
            method, values = asked["method"], asked.get("params", [])
        except (ValueError, KeyError, AttributeError):
            said("refused", why="what came is no call")
            return wrong(-32600 if text[:1] in b"{[" else -32700, "Invalid Request", None)
        if not isinstance(values, list):
            return wrong(-32602, "Invalid params: a list, please", identity)
        try:
            result = execute(written(method, values), self.fd, lambda: function(method)(*values))
            answer = {"jsonrpc": "2.0", "result": result, "id": identity}
        except NotImplementedError as error:
            answer = wrong(-32601, f"Method not found: {error}", identity)
        except Exception as error:
            answer = wrong(-32000, f"{type(error).__name__}: {error}", identity)
        return answer if "id" in asked else None

    def send(self, wire):
        with one:
            msg = next(own)
            sending(msg, self.fd, wire)
            try:
                self.request.sendall(wire)
                sent(msg, len(wire))
            except OSError as error:
                sent(msg, 0, error)
                raise


def function(method):
    if method not in FUNCTIONS:
        raise NotImplementedError(method)
    return FUNCTIONS[method]


def wrong(code, message, identity):
    return {"jsonrpc": "2.0", "error": {"code": code, "message": message}, "id": identity}


class Tcp(socketserver.TCPServer):
    # A server that is started again must not wait until the connections of the old one are forgotten.
    allow_reuse_address = True

    def handle_error(self, request, client_address):
        """A client that gave up: its next read or write has said so."""


class Unix(Tcp):
    address_family = socketserver.socket.AF_UNIX


class Threads(socketserver.ThreadingMixIn):
    """A thread for each connection."""

    daemon_threads = True


def server():
    open_counter()
    kinds = (Threads,) if args.params.threads == "many" else ()
    if args.unix and os.path.exists(args.unix):
        # The name of a server that has died is still there.
        os.unlink(args.unix)
    kind = type("Server", (*kinds, Unix if args.unix else Tcp), {})
    with kind(args.unix or (args.host, args.port), Handler) as server:
        open_gate()
        serve(server)
