"""What a role needs beside the calls of its lesson: commands, reports, and a word that says which line it is in.

One JSON object a line: commands come on descriptor 127, reports go out on 126. `worker/wire.rs` has the list of both.
"""

import _socket
import array
import binascii
import errno
import json
import os
import signal
import stat
import sys
import time as _time

#: What the parent has told this role: its descriptors, its names, the parameters of the run.
args = None

_reports = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM, 0, fileno=126)
_commands = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM, 0, fileno=127)
_line = b""
_skipped = 0
_over = False
_idle = False
_word = array.array("Q", [0])

_LONGEST_LINE = 64 * 1024
_PREVIEW = 256


class Given(dict):
    """A JSON object whose names are attributes as well: `order.len`, `args.params.chunk`."""

    __getattr__ = dict.__getitem__

    @property
    def messages(self):
        """The ids of the messages that a `send` asks for."""
        return range(self.msg, self.msg + self.times)

    @property
    def payload(self):
        """The bytes that a `send` asks for."""
        data = self.data
        if "text" in data:
            return data.text.encode()
        if "base64" in data:
            return binascii.a2b_base64(data.base64)
        return bytes.fromhex(data.fill) * data.len


def command():
    """The next command, `order.do` and its arguments; sleeps until there is one. None when there will be no more."""
    _report("ready")
    return _receive(0)


def command_if_any():
    """A command that has come meanwhile, for a role that goes on without one."""
    return _receive(_socket.MSG_DONTWAIT)


def command_within(seconds):
    """The next command, if there is one within that time: for a role that is idle between two looks at something."""
    global _idle
    if not _idle:
        _report("ready")
        _idle = True
    # struct timeval. Not a sleep of its own: what is done on this descriptor is no part of the lesson.
    _commands.setsockopt(_socket.SOL_SOCKET, _socket.SO_RCVTIMEO, array.array("l", [0, int(seconds * 1e6)]).tobytes())
    order = _receive(0)
    _commands.setsockopt(_socket.SOL_SOCKET, _socket.SO_RCVTIMEO, bytes(16))
    return order


def waits():
    """Says that it would take a command at once, for a role that sleeps for one and for other things at the same time."""
    global _idle
    if not _idle:
        _report("ready")
        _idle = True


def open_gate():
    """Those that depend on this role may come: the parent that waits at the gate for it goes on."""
    try:
        os.close(124)
    except OSError:
        pass  # Nobody waits.


def over():
    """Whether there will be no more commands: for a role that goes on without one, and sees no end of its own."""
    return _over


def sending(msg, fd, payload, key=None):
    """Says that it is about to send a message."""
    about = {} if key is None else {"key": key}
    _report("sending", msg=msg, fd=fd, len=len(payload), preview=_preview(payload), **about, **_file(fd))


def sending_to(msg, fd, payload, to):
    """The same, of a datagram: to is the address it goes to, 127.0.0.1:5000 or a path."""
    _report("sending", msg=msg, fd=fd, len=len(payload), preview=_preview(payload), to=to)


def sending_number(msg, fd, number, size=8):
    """The same, of a number that travels as so many bytes and is shown as text."""
    _report("sending", msg=msg, fd=fd, len=size, preview={"text": str(number), "len": size}, **_key(number))


def sent(msg, n, error=None):
    """Says how far the sending went, and why not further."""
    _report("sent", msg=msg, n=n, **_why(error))


def refused(msg, name):
    """Says that nothing of it was sent, for a reason that a library has beyond those of the kernel: its name."""
    _report("sent", msg=msg, n=0, errno=name)


def received(fd, payload, key=None):
    """Says what it got; nothing is end-of-file."""
    about = {} if key is None else {"key": key}
    _report("received", fd=fd, len=len(payload), preview=_preview(payload), **about, **_file(fd))


def received_number(fd, number, size=8):
    """The same, of a number."""
    _report("received", fd=fd, len=size, preview={"text": str(number), "len": size}, **_key(number))


def failed(call, error):
    """Says that a call other than a send failed."""
    _report("failed", call=call, **_why(error))


def said(what, /, **about):
    """Says anything else of itself."""
    _report("said", what=what, about=about)


def stored(at, payload, msg=None, **where):
    """Says that it stored bytes where others see them, `at` bytes from the start of the object.

    Where it has mapped several: `name=` the last part of the object's name, or `address=` in its own memory.
    """
    about = {} if msg is None else {"msg": msg}
    _report("stored", at=at, len=len(payload), preview=_preview(payload), **about, **_place(where))


def loading():
    """Says that it is about to load: what was stored over before now is not what it will get."""
    _report("loading")


def loaded(at, payload, **where):
    """Says what it loaded from there."""
    _report("loaded", at=at, len=len(payload), preview=_preview(payload), **_place(where))


def play(role, given):
    """The life of a worker: reads the role, says that it is there, and calls the function of the role's name."""
    global args
    args = json.loads(given, object_hook=Given)
    name, file = args.role, args.role + ".py"
    # As a program has it that was not started by Python: SIGPIPE and Ctrl-C end it. A role may choose otherwise.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.stdout.reconfigure(line_buffering=True)
    sys.excepthook = lambda *what: _last_words(role.splitlines(), file, *what)
    # What the first open() of a process does more than the second is not the lesson's.
    os.close(os.open("/dev/null", os.O_RDONLY))
    with open("/proc/self/comm", "w") as comm:
        comm.write("ipc-" + name)
    # Modules that the standard library lacks, and those that the roles of a mechanism have in common.
    sys.path.extend(args.get("import_from", []))
    for shared, source in args.get("modules", {}).items():
        module = sys.modules[shared] = type(sys)(shared)
        exec(compile(source, shared + ".py", "exec"), module.__dict__)
    program = {"__name__": name}
    exec(compile(role, file, "exec"), program)
    _report("started", role=name, pid=os.getpid(), parent=os.getppid(), language="python")
    if args.xray:
        _show_lines(file)
    return program[name.replace("-", "_")]()


def _show_lines(file):
    """Keeps the line of the role that is running in a word of memory, and says where: the tracer reads it at each call."""
    _report("here", address=hex(_word.buffer_info()[0]))

    def follow(frame, event, _):
        if frame.f_code.co_filename != file:
            return None
        if event == "return" and frame.f_back and frame.f_back.f_code.co_filename == file:
            frame = frame.f_back
        _word[0] = frame.f_lineno
        return follow

    sys.settrace(follow)


def _last_words(lines, file, kind, error, trace):
    """What Python prints of an error that nobody caught, at once and without looking for files."""
    text = ["Traceback (most recent call last):"]
    while trace:
        code, line = trace.tb_frame.f_code, trace.tb_lineno
        if code.co_filename not in ("<string>", "playground.py"):
            text.append(f'  File "{code.co_filename}", line {line}, in {code.co_name}')
        if code.co_filename == file:
            text.append("    " + lines[line - 1].strip())
        trace = trace.tb_next
    text.append(f"{kind.__name__}: {error}")
    os.write(2, "\n".join(text + [""]).encode())


def _receive(flags):
    global _line, _over, _idle
    while b"\n" not in _line:
        if len(_line) > _LONGEST_LINE:
            return None
        try:
            more = _commands.recv(_LONGEST_LINE, flags)
        except BlockingIOError:
            return None
        if not more:
            _over = True
            return None
        _line += more
    line, _line = _line.split(b"\n", 1)
    order = json.loads(line, object_hook=Given)
    _report("taken")
    _idle = False
    return order


def _report(report, **about):
    """One line, or one more that was skipped: a full socket holds the lesson up for a moment only."""
    global _skipped
    if _skipped and _send({"report": "skipped", "count": _skipped}):
        _skipped = 0
    if not _send({"report": report, **about}):
        _skipped += 1


def _send(report):
    # Without X-ray, what different workers say is put in order by this.
    line = json.dumps({"ns": _time.monotonic_ns(), **report}).encode() + b"\n"
    try:
        return _reports.send(line, _socket.MSG_NOSIGNAL) == len(line)
    except OSError:
        return False


def _preview(payload):
    shown = bytes(payload[:_PREVIEW])
    try:
        text = shown.decode()
    except UnicodeDecodeError as error:
        # A character that only our cut has halved is left out.
        halved = len(payload) > _PREVIEW and error.reason == "unexpected end of data"
        text = shown[: error.start].decode() if halved else None
    if text is None or any(ord(c) < 32 and c not in "\n\t\r" or 127 <= ord(c) < 160 for c in text):
        return {"base64": binascii.b2a_base64(shown, newline=False).decode(), "len": len(payload)}
    return {"text": text, "len": len(payload)}


def _key(number):
    return {"key": number} if number < 2**63 else {}


def _file(fd):
    """A file is opened and closed for one message, so that whoever reads a report of it may find nothing open any more."""
    if args.xray or fd < 0:
        return {}
    about = os.fstat(fd)
    if stat.S_ISSOCK(about.st_mode):
        return _ends(fd, about.st_ino)
    return {"inode": (about.st_dev, about.st_ino)} if stat.S_ISREG(about.st_mode) else {}


def _ends(fd, number):
    """A connection can be over before anybody has looked: its addresses name it all the same, or its number."""
    import socket

    end = socket.socket(fileno=fd)
    try:
        if end.family == socket.AF_UNIX and end.type == socket.SOCK_STREAM:
            return {"inode": (0, number)}
        if end.family == socket.AF_INET and end.type == socket.SOCK_STREAM:
            return {"ends": ["%s:%d" % end.getsockname(), "%s:%d" % end.getpeername()]}
    except OSError:
        pass  # it is over
    finally:
        end.detach()
    return {}


def _place(where):
    if "address" in where:
        return {**where, "address": hex(where["address"])}
    return where


def _why(error):
    return {} if error is None or error.errno is None else {"errno": errno.errorcode.get(error.errno, f"E{error.errno}")}
