"""What Python's own modules cost, beside our roles: one line of nanoseconds.

    floor.py round|flow VARIANT SIZE ROUNDS CPU_A CPU_B | free

A way has put() and take(), one direction; a call has ask() and answer(), there and back. What does not survive a fork is
made in begin().
"""

import json
import multiprocessing as mp
import os
import shutil
import socket
import sys
import tempfile
import time
from multiprocessing import shared_memory


class Pipe:
    """os.pipe(), read and write as they are."""

    def __init__(self, size):
        self.read, self.write, self.size = *os.pipe(), size

    def put(self, payload):
        while payload:
            payload = payload[os.write(self.write, payload):]

    def take(self):
        left = self.size
        while left:
            left -= len(os.read(self.read, left))


class Connection:
    """multiprocessing.Pipe(): an object a message."""

    def __init__(self, size):
        self.far, self.near = mp.Pipe()

    def put(self, payload):
        self.near.send(payload)

    def take(self):
        self.far.recv()


class Queue:
    """multiprocessing.Queue(): a feeder thread, a pipe, a lock."""

    def __init__(self, size):
        self.queue = mp.Queue(1000)

    def put(self, payload):
        self.queue.put(payload)

    def take(self):
        self.queue.get()


class Memory:
    """multiprocessing.shared_memory, with a semaphore each way to wake the other."""

    def __init__(self, size):
        self.memory = shared_memory.SharedMemory(create=True, size=size)
        self.memory.unlink()
        self.full, self.free, self.size = mp.Semaphore(0), mp.Semaphore(1), size

    def put(self, payload):
        self.free.acquire()
        self.memory.buf[:self.size] = payload
        self.full.release()

    def take(self):
        self.full.acquire()
        bytes(self.memory.buf[:self.size])
        self.free.release()


class Stream:
    """A stream socket of the class socket.socket."""

    def __init__(self, size, family=socket.AF_INET):
        listening = socket.create_server(("127.0.0.1", 0))
        self.near = socket.create_connection(listening.getsockname())
        self.far, _ = listening.accept()
        self.near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.size = size

    def put(self, payload):
        self.near.sendall(payload)

    def take(self):
        left = self.size
        while left:
            left -= len(self.far.recv(left))


class Zmq:
    """pyzmq, as it is installed for the tests: one direction, or question and answer."""

    def __init__(self, size, asks, answers, identity=False):
        self.asks, self.answers, self.identity = asks, answers, identity
        self.at = f"ipc://{tempfile.mkdtemp()}/zmq"

    def begin(self, first):
        import zmq  # pylint: disable=import-outside-toplevel

        kind = getattr(zmq, self.asks if first else self.answers)
        self.context = zmq.Context()
        self.socket = self.context.socket(kind)
        self.socket.setsockopt(zmq.LINGER, 1000)
        # A publisher and who answers are bound; who subscribes and asks connects.
        bound = first if self.asks == "XPUB" else not first
        if self.asks == "XPUB":
            self.socket.setsockopt(zmq.SNDHWM if first else zmq.RCVHWM, 0)
            if not first:
                self.socket.setsockopt(zmq.SUBSCRIBE, b"")
        (self.socket.bind if bound else self.socket.connect)(self.at)
        if first and self.asks == "XPUB":
            self.socket.recv()  # The subscription: a subscriber that is not known yet gets nothing.

    def put(self, payload):
        self.socket.send(payload)

    def take(self):
        self.socket.recv()

    def ask(self, payload):
        self.socket.send(payload)
        self.socket.recv()

    def answer(self, _payload):
        if self.identity:
            self.socket.send_multipart(self.socket.recv_multipart())
        else:
            self.socket.send(self.socket.recv())

    def end(self):
        self.socket.close()
        self.context.term()  # What is still on the shelf would end with the process.
        shutil.rmtree(os.path.dirname(self.at.removeprefix("ipc://")), ignore_errors=True)


class Xml:
    """xmlrpc.client and xmlrpc.server as they are: a text that comes back, by a connection of its own each time."""

    def __init__(self, size, handler=None):
        from xmlrpc import client, server  # pylint: disable=import-outside-toplevel

        handler = handler or server.SimpleXMLRPCRequestHandler
        self.server = server.SimpleXMLRPCServer(("127.0.0.1", 0), handler, logRequests=False)
        self.server.register_function(lambda text: text, "echo")
        port = self.server.server_address[1]
        self.client = client.ServerProxy(f"http://127.0.0.1:{port}")

    def ask(self, payload):
        self.client.echo(payload.decode())

    def answer(self, _payload):
        self.server.handle_request()


class XmlKept(Xml):
    """The same with what one has to know: HTTP/1.1 keeps the connection, and no answer waits for an acknowledgement."""

    def __init__(self, size):
        from xmlrpc import server  # pylint: disable=import-outside-toplevel

        class Handler(server.SimpleXMLRPCRequestHandler):
            """Keeps its connection, as the client does."""

            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

        super().__init__(size, Handler)

    def serve(self):
        self.server.handle_request()  # One connection, and all its calls.

    def hang_up(self):
        self.client("close")()


class Json:
    """JSON-RPC as one writes it with json and a socket: an object a line."""

    def __init__(self, size):
        stream = Stream(size)
        self.near, self.far = stream.near.makefile("rwb"), stream.far.makefile("rwb")
        self.number = 0

    def ask(self, payload):
        self.number += 1
        request = {"jsonrpc": "2.0", "method": "echo", "params": [payload.decode()], "id": self.number}
        self.near.write(json.dumps(request).encode() + b"\n")
        self.near.flush()
        json.loads(self.near.readline())["result"]  # pylint: disable=expression-not-assigned

    def answer(self, _payload):
        request = json.loads(self.far.readline())
        reply = {"jsonrpc": "2.0", "result": request["params"][0], "id": request["id"]}
        self.far.write(json.dumps(reply).encode() + b"\n")
        self.far.flush()


class Manager:
    """multiprocessing.Manager(): an item of a dictionary that lives in another process is set."""

    def __init__(self, size):
        self.proxy = None

    def alone(self, settle):
        settle(1)
        self.manager = mp.Manager()
        self.proxy = self.manager.dict()
        settle(0)

    def ask(self, payload):
        self.proxy["k"] = payload


WAYS = {
    "pipe/anonymous": Pipe,
    "pipe/python": Connection,
    "queue/python": Queue,
    "queue/shared": Queue,
    "shared-memory/shm": Memory,
    "socket/tcp": Stream,
    "rpc/xml": Xml,
    "rpc/xml+kept": XmlKept,
    "rpc/json": Json,
    "rpc/manager": Manager,
}
for _name, _asks, _answers, _identity in [
    ("pub-sub", "XPUB", "SUB", False),
    ("req-rep", "REQ", "REP", False),
    ("push-pull", "PUSH", "PULL", False),
    ("dealer-router", "DEALER", "ROUTER", True),
]:
    WAYS[f"zeromq/{_name}"] = lambda size, a=_asks, b=_answers, i=_identity: Zmq(size, a, b, i)


class Both:
    """Two ways are a call."""

    def __init__(self, make):
        self.there, self.back = make(), make()

    def ask(self, payload):
        self.there.put(payload)
        self.back.take()

    def answer(self, payload):
        self.there.take()
        self.back.put(payload)


def main(ask, variant, size, rounds, *places):
    size, rounds = int(size), int(rounds)
    warm, payload = rounds // 10 + 10, b"x" * size
    way = WAYS[variant](size)
    # One direction has two of them for a round trip; push and pull, of which one direction is all there is, as well.
    one_way = not hasattr(way, "ask") or variant in ("zeromq/push-pull", "zeromq/pub-sub")
    there = back = None
    if one_way and ask == "round":
        call = Both(lambda made=[way]: made.pop() if made else WAYS[variant](size))
        there, back = call.there, call.back
    else:
        call = way
    told, tell = os.pipe()

    def settle(side):
        if len(places) == 2:
            os.sched_setaffinity(0, {int(places[side])})

    def each(what, *args):
        for one in {id(one): one for one in (there, back, call)}.values():
            if hasattr(one, what):
                if what == "begin" and one is back:
                    one.begin(not args[0])
                else:
                    getattr(one, what)(*args)

    def other():
        settle(1)
        each("begin", False)
        if hasattr(call, "serve"):
            return call.serve()
        step = (lambda: call.answer(payload)) if ask == "round" else call.take
        for _ in range(warm):
            step()
        began = time.monotonic_ns()
        for _ in range(rounds):
            step()
        os.write(tell, (time.monotonic_ns() - began).to_bytes(8, "little"))
        each("end")

    process = None
    if hasattr(call, "alone"):
        call.alone(settle)
    else:
        process = mp.get_context("fork").Process(target=other)
        process.start()
        settle(0)
        each("begin", True)
    step = call.ask if ask == "round" else call.put
    ns = []
    for number in range(warm + rounds):
        began = time.monotonic_ns()
        step(payload)
        if ask == "round" and number >= warm:
            ns.append(time.monotonic_ns() - began)
    if ask == "flow":
        ns = [int.from_bytes(os.read(told, 8), "little") // rounds]
    if hasattr(call, "hang_up"):
        call.hang_up()
    if process:
        process.join()
    each("end")
    ns.sort()
    at = lambda percent: ns[(len(ns) - 1) * percent // 100]
    print(f"p50={at(50)} p90={at(90)} p99={at(99)} max={at(100)} n={len(ns)}")


main(*sys.argv[1:])
