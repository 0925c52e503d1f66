"""A call as a learner types it: `add(1, 2)`. Any other text is `echo('the text')`. And how calls are kept apart on the wire."""

import ast
import itertools
import os
import re

from playground import args

#: Ids of messages that nobody asked for: of a call that is sent again, of an answer.
own = itertools.count(10_000_000 * os.getpid())

_LENGTH = args.params.framing == "length"


def parse(payload):
    """The name of the function, and its arguments. Raises SyntaxError where it begins as a call and is none."""
    text = payload.decode(errors="replace")
    if not re.match(r"\s*[A-Za-z_]\w*\(", text, re.ASCII):
        return "echo", [text]
    call = ast.parse(text.strip(), mode="eval").body
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.keywords:
        raise SyntaxError("not a call of one function")
    try:
        return call.func.id, [ast.literal_eval(argument) for argument in call.args]
    except ValueError as error:
        raise SyntaxError("arguments are values: numbers, texts, lists") from error


def frame(text):
    """Puts what separates it from the next around a JSON object."""
    return len(text).to_bytes(4, "big") + text if _LENGTH else text + b"\n"


def take(came):
    """The first whole frame in there and the object in it, taken out; None where it is not whole yet."""
    if _LENGTH:
        end = 4 + int.from_bytes(came[:4], "big") if len(came) >= 4 else len(came) + 1
    else:
        end = came.find(b"\n") + 1 or len(came) + 1
    if end > len(came):
        return None
    wire = bytes(came[:end])
    del came[:end]
    return wire, wire[4:] if _LENGTH else wire


def opened(wire):
    """The envelope opened: what is around the call, and what is in it."""
    if wire.startswith((b"POST ", b"HTTP/")):
        head, _, body = wire.partition(b"\r\n\r\n")
    elif _LENGTH:
        head, body = wire[:4].hex(" ").encode(), wire[4:]
    else:
        head, body = b"", wire.rstrip()
    return {"head": _cut(head), "body": _cut(body), "bytes": len(wire)}


def _cut(part):
    text = part.decode(errors="replace")
    return text if len(text) <= 1500 else text[:1500] + "…"
