"""A client: one call after the other, as the learner types them. Each line of its program waits until there is a result."""

import itertools
import json
import socket
import time

from playground import args, command, failed, received, said, sending, sent
from shop import short, written
from typed import frame, opened, own, parse, take

AGAIN = args.params.retry == "again"
TRIES = 3 if AGAIN else 1
#: How often a client that tries again knocks where nobody listens, twice a second.
KNOCKS = 40 if AGAIN else 1

line = None
came = bytearray()


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
    request = {"jsonrpc": "2.0", "method": function, "params": values, "id": msg}
    try:
        wire = frame(json.dumps(request, separators=(",", ":"), allow_nan=False).encode())
    except (TypeError, ValueError) as error:
        # It never left this process.
        return said("refused", msg=msg, call=text, why=f"{type(error).__name__}: {error}")
    for number, one in zip(range(1, TRIES + 1), itertools.chain([msg], own)):
        try:
            return attempt(one, number, text, wire)
        except OSError as error:
            hang_up()
            said("unanswered", msg=msg, call=text, why=reason(error), again=number < TRIES)


def attempt(msg, number, text, wire):
    """Sends the request, and waits for the answer."""
    global line
    if line is None:
        line = connect()
    said("calling", msg=msg, call=text, **{"try": number}, **opened(wire))
    sending(msg, line.fileno(), wire)
    try:
        line.sendall(wire)
    except OSError as error:
        sent(msg, 0, error)
        raise
    sent(msg, len(wire))
    while not (answer := take(came)):
        more = line.recv(8192)
        received(line.fileno(), more)
        if not more:
            raise ConnectionError("the server has closed the connection")
        came.extend(more)
    told = json.loads(answer[1])
    if "error" in told:
        fault = told["error"]
        return said("fault", msg=msg, call=text, code=fault["code"], text=short(fault["message"]), **opened(answer[0]))
    said("returned", msg=msg, call=text, value=short(repr(told["result"])), **opened(answer[0]))


def connect():
    """A connection to the server. Who tries again knocks for a while where nobody listens: nothing was sent yet."""
    for knock in range(KNOCKS):
        if knock:
            time.sleep(0.5)
        connection = socket.socket(socket.AF_UNIX if args.unix else socket.AF_INET)
        connection.settimeout(args.params.timeout / 1000 or None)
        try:
            connection.connect(args.unix or (args.host, args.port))
            return connection
        except ConnectionRefusedError as error:
            connection.close()
            failed("connect", error)
            refused = error
    raise refused


def hang_up():
    global line
    if line is not None:
        line.close()
    line = None
    came.clear()


def reason(error):
    return "timed out" if isinstance(error, TimeoutError) else str(error)
