"""A line as a learner types it, which becomes calls of proxies: `tasks['1'] = 'new'` is one, `counter.value += 1` are two.
Any other text is put at the end of the log."""

import ast
import re

NAMES = ("tasks", "log", "counter", "lock")

_PROGRAM = re.compile(rf"\s*(with\s+lock:\s*)?((?:{'|'.join(NAMES)})[.\[]|len\s*\(|[A-Za-z_]\w*\()", re.ASCII)


def parse(payload):
    """Whether it stands under `with lock:`, and the name of a proxy and what is done with it:

    ("call", method, values), ("add", keys, value) or ("copy", key, method, values). Raises SyntaxError, NameError.
    """
    text = payload.decode(errors="replace")
    if not _PROGRAM.match(text):
        if re.match(r"\s*with\s+lock:", text):
            raise SyntaxError("a line with a proxy is expected")
        return False, "log", ("call", "append", [text])
    body = ast.parse(text.strip()).body
    guarded = len(body) == 1 and isinstance(body[0], ast.With)
    if guarded:
        body = body[0].body
    if len(body) != 1:
        raise SyntaxError("one line, please")
    return guarded, *_statement(body[0])


def _statement(node):
    match node:
        case ast.Assign(targets=[place], value=value):
            name, keys = _place(place)
            if not keys:
                return name, ("call", "set", [_value(value)])
            if len(keys) == 1:
                return name, ("call", "__setitem__", [*keys, _value(value)])
            return name, ("copy", keys[0], "__setitem__", [keys[1], _value(value)])
        case ast.AugAssign(target=place, op=ast.Add(), value=value):
            name, keys = _place(place)
            if len(keys) > 1:
                raise SyntaxError("+= is too deep for this line")
            return name, ("add", keys, _value(value))
        case ast.Expr(value=ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=name)], keywords=[])):
            return _known(name), ("call", "__len__", [])
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method), args=args, keywords=[])):
            return _known(name), ("call", method, [_value(one) for one in args])
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=copy, attr=method), args=args, keywords=[])):
            name, keys = _place(copy)
            if len(keys) == 1:
                return name, ("copy", keys[0], method, [_value(one) for one in args])
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
            raise NameError(f"name '{name}' is not defined")
        case ast.Expr(value=(ast.Subscript() | ast.Attribute()) as place):
            name, keys = _place(place)
            if not keys:
                return name, ("call", "get", [])
            if len(keys) == 1:
                return name, ("call", "__getitem__", keys)
            return name, ("copy", keys[0], "__getitem__", [keys[1]])
    raise SyntaxError("invalid syntax")


def _place(node):
    """The proxy, and the keys behind it: two at most. `counter.value` has none."""
    keys = []
    while isinstance(node, ast.Subscript) and len(keys) < 2:
        keys.insert(0, _value(node.slice))
        node = node.value
    match node:
        case ast.Name(id=name) if keys:
            return _known(name), keys
        case ast.Attribute(value=ast.Name(id="counter"), attr="value") if not keys:
            return "counter", keys
    raise SyntaxError("invalid syntax")


def _known(name):
    if name not in NAMES:
        raise NameError(f"name '{name}' is not defined")
    return name


def _value(node):
    try:
        return ast.literal_eval(node)
    except ValueError as error:
        raise SyntaxError("arguments are values: numbers, texts, lists") from error
