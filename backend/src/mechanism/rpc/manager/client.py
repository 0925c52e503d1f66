"""A client: each line that the learner types is carried out with proxies of multiprocessing.managers, and each method of a
proxy is a message to the server, which is answered before the next one is sent."""

import signal
from multiprocessing import AuthenticationError
from multiprocessing.managers import AcquirerProxy, BaseManager, BaseProxy, DictProxy, ListProxy, State, ValueProxy

import wire
from lines import parse
from playground import args, command, failed, said
from shop import short
from wire import address, call_of, opened, written


class Manager(BaseManager):
    """Proxies of what lives in the server."""


Manager.register("tasks", proxytype=DictProxy)
Manager.register("log", proxytype=ListProxy)
Manager.register("counter", proxytype=ValueProxy)
Manager.register("lock", proxytype=AcquirerProxy)


class Raised(Exception):
    """The server has raised something, and it was said."""


class Refused(Exception):
    """Nothing was sent, and why."""


manager = None
#: Proxies by their names, and the line that is carried out.
proxies = {}
program = ""
msg = 0
calls = BaseProxy._callmethod


def callmethod(self, method, values=(), names={}):
    """What all proxies do, told."""
    if not hasattr(self._tls, "connection"):
        self._connect()
    text = call_of(self._token.typeid, method, values)
    asks = written(self._id, method, values, names)
    this = next(messages)
    about = {"msg": this, "call": text, "program": program}
    fields = {"id": self._id, "method": method, "args": values, "kwds": names}
    said("calling", **about, **{"try": 1}, **opened(asks, **fields))
    wire.asked.append(this)
    connection = self._tls.connection
    try:
        value = calls(self, method, values, names)
    except (OSError, EOFError):
        raise
    except Exception as error:
        kind = "#TRACEBACK" if type(error).__name__ == "RemoteError" else "#ERROR"
        fields = {"kind": kind, "value": error}
        said("fault", **about, text=short(told(error)), **opened(connection.heard, **fields))
        raise Raised from error
    said("returned", **about, value=short(repr(value)), **opened(connection.heard, kind="#RETURN", value=value))
    return value


BaseProxy._callmethod = callmethod


def told(error):
    """An exception as Python prints it; of one that came as a text, the last line."""
    if type(error).__name__ == "RemoteError":
        return error.args[0].strip().splitlines()[-1]
    return f"{type(error).__name__}: {error}" if error.args else type(error).__name__


def client():
    global program
    # As in every program of Python's: a write to a server that is gone is an error, not our end.
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    # The log is there from the beginning; proxies of the others are made when they are needed.
    try:
        proxy("log")._connect()
    except AuthenticationError as error:
        said("turned-away", why=f"AuthenticationError: {error}")
        hang_up()
    except (OSError, EOFError) as error:
        said("turned-away", why=reason(error))
        hang_up()
    while order := command():
        if order.do == "send":
            for number in order.messages:
                program = short(order.payload.decode(errors="replace").strip())
                run(number, order.payload)
    if manager:
        # The server may end at the same moment: nobody tells it that the proxies are gone.
        manager._state.value = State.SHUTDOWN


def run(number, payload):
    """One line, from the text to its value."""
    global messages
    messages = ids(number)
    about = {"msg": number, "call": program, "program": program}
    try:
        guarded, name, step = parse(payload)
        if guarded:
            with proxy("lock"):
                value = perform(name, step)
        else:
            value = perform(name, step)
    except Raised:
        return
    except SyntaxError as error:
        return said("refused", **about, why=f"SyntaxError: {error.msg}")
    except (NameError, AuthenticationError, Refused) as error:
        kind = type(error.__cause__ or error).__name__
        return said("refused", **about, why=f"{kind}: {error}")
    except (OSError, EOFError) as error:
        hang_up()
        return said("unanswered", **about, why=reason(error), again=False)
    except Exception as error:
        # Between two calls, in this process.
        return said("line", **about, raised=told(error))
    # Of several calls, and of a copy, no answer says what the line came to.
    if guarded or step[0] != "call":
        said("line", **about, value=short(repr(value)))


def perform(name, step):
    match step:
        case "call", method, values:
            return called(name, method, values)
        case "add", keys, value:
            get, put = ("__getitem__", "__setitem__") if keys else ("get", "set")
            after = called(name, get, keys) + value
            called(name, put, [*keys, after])
            return after
        case "copy", key, method, values:
            copy = called(name, "__getitem__", [key])
            value = getattr(copy, method)(*values)
            if method != "__getitem__":
                said("copy", program=program, value=short(repr(copy)))
            return value


def called(name, method, values):
    mine = proxy(name)
    if method not in type(mine)._exposed_:
        error = AttributeError(f"'{type(mine).__name__}' object has no attribute '{method}'")
        raise Refused(error) from error
    return getattr(mine, method)(*values)


def proxy(name):
    """A proxy. Where there is none yet, the manager makes one, with requests to the server itself."""
    global manager
    if manager is None:
        mine = Manager(address(), args.key.encode())
        try:
            mine.connect()
        except ConnectionRefusedError as error:
            failed("connect", error)
            raise
        manager = mine
    if name not in proxies:
        proxies[name] = getattr(manager, name)()
    return proxies[name]


def hang_up():
    """Without a connection to the server that they were made of, proxies are nothing any more."""
    global manager
    if manager:
        manager._state.value = State.SHUTDOWN
    for one in proxies.values():
        vars(one._tls).pop("connection", None)
    proxies.clear()
    manager = None
    wire.asked.clear()


def ids(number):
    """The message that was asked for, and after it messages of our own."""
    yield number
    yield from wire.own


def reason(error):
    return "the server has closed the connection" if isinstance(error, EOFError) else str(error)
