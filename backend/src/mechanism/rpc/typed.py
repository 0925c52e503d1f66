"""A call as a learner types it: `add(1, 2)`. Any other text is `echo('the text')`."""

import ast
import itertools
import os
import re

#: Ids of messages that nobody asked for: of a call that is sent again, of an answer.
own = itertools.count(10_000_000 * os.getpid())


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


def opened(wire, between=b"\r\n\r\n"):
    """The envelope opened: what is around the call, and what is in it."""
    head, _, body = wire.rpartition(b"") if between is None else wire.partition(between)
    return {"head": _cut(head), "body": _cut(body), "bytes": len(wire)}


def _cut(part):
    text = part.decode(errors="replace")
    return text if len(text) <= 1500 else text[:1500] + "…"
