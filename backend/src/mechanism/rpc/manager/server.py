"""The server: the process in which the shared things live, as multiprocessing.managers has it. A connection is for one
request to the server itself, or, once it is accepted for that, for all calls of a client's proxies. Each has a thread."""

import functools
import os
import select
import signal
import threading
from multiprocessing import managers

from playground import args, command_if_any, open_gate, over, said, waits
from shop import COMMANDS, execute
from wire import address, call_of

#: The connection that a thread serves.
mine = threading.local()


class Shared:
    """A thing that says when a method of it is called. It never leaves this process."""

    def __init__(self, name, thing):
        self.name, self.thing = name, thing

    def __getattr__(self, method):
        function = getattr(self.thing, method)
        return functools.partial(self.told, method, function)

    def told(self, method, function, *values):
        call = call_of(self.name, method, values)
        return execute(call, mine.fd, functools.partial(function, *values), known=True)

    def __repr__(self):
        return repr(self.thing)


class Server(managers.Server):
    """What managers start in a process of its own, told."""

    def serve_client(self, conn):
        mine.fd = conn.fileno()
        super().serve_client(conn)

    def create(self, c, typeid, /, *values, **names):
        mine.call = "create"
        return super().create(c, typeid, *values, **names)

    def incref(self, c, ident):
        super().incref(c, ident)
        self.counted(vars(mine).pop("call", "incref"), ident)

    def decref(self, c, ident):
        super().decref(c, ident)
        self.counted("decref", ident)

    def counted(self, call, ident):
        thing = self.id_to_obj.get(ident, [None])[0]
        said("counted", call=call, name=getattr(thing, "name", None), proxies=self.id_to_refcount.get(ident, 0))


class Manager(managers.BaseManager):
    """What it hands out."""


THINGS = {
    "tasks": ({}, managers.DictProxy),
    "log": ([], managers.ListProxy),
    "counter": (managers.Value("i", 0), managers.ValueProxy),
    "lock": (threading.Lock(), managers.AcquirerProxy),
}
for _name, (_thing, _proxy) in THINGS.items():
    Manager.register(_name, functools.partial(lambda shared: shared, Shared(_name, _thing)), _proxy)
Manager.register("Iterator", proxytype=managers.IteratorProxy, create_method=False)


def server():
    # As in every program of Python's: a client that is gone is an error of a write, not our end.
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    if args.unix and os.path.exists(args.unix):
        # The name of a server that has died is still there.
        os.unlink(args.unix)
    server = Server(Manager._registry, address(), args.key.encode(), "pickle")
    open_gate()
    # serve_forever(), but for the commands.
    server.stop_event = threading.Event()
    threading.Thread(target=server.accepter, daemon=True).start()
    wanted = select.poll()
    wanted.register(COMMANDS, select.POLLIN)
    while not over():
        waits()
        wanted.poll()
        command_if_any()
