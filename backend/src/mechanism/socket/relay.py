"""Between clients and the server: takes what one side sends and gives it to the other, late, not at all, or out of order."""

import errno
import os
import signal
import socket
import time

from link import Over, address, new_socket, shown, wait
from playground import args, failed, open_gate, received, said, sending, sending_to, sent

params = args.params
streams = args.kind == "tcp"
ways = []


class Way:
    """One direction of what passes through."""

    def __init__(self, source, target, whose=None, whom=None):
        self.source, self.target = source, target
        #: Whose datagrams it is for, and whom it goes to, where all clients share a socket.
        self.whose, self.whom = whose, whom
        #: A piece that goes after the next one.
        self.held = None
        self.over = False


class Share:
    """Chooses so many of a hundred, evenly and not by chance: a scene plays the same each time."""

    saved = 0

    def next(self):
        self.saved += params.percent
        chosen = self.saved >= 100
        self.saved -= 100 if chosen else 0
        return chosen


share = Share()
#: Of messages that it sends of its own accord. A piece that goes on is a message of its own.
next_id = 10_000_000 * os.getpid()


def relay():
    # Every Python program ignores SIGPIPE: who sends to nobody gets BrokenPipeError.
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    try:
        front = new_socket()
        front.bind(address(args.relay))
        if streams:
            front.listen(params.backlog)
    except OSError as error:
        failed("bind", error)
        return 1
    finally:
        open_gate()
    said("listening" if streams else "bound", fd=front.fileno(), at=shown(args.relay))
    try:
        while True:
            holds = any(way.held for way in ways)
            woken = wait(open_ones(front), params.delay if holds else -1)
            if woken == []:
                let_go()
            elif isinstance(woken, list):
                for ready in woken:
                    serve(front, ready)
    except Over:
        return 0


def open_ones(front):
    """What to wait for, each once."""
    return list({one.fileno(): one for one in [front] + [way.source for way in ways if not way.over]}.values())


def serve(front, ready):
    if streams and ready is front:
        try:
            client, _ = front.accept()
        except OSError as error:
            failed("accept", error)
            return
        join(client)
        return
    try:
        piece, sender = ready.recvfrom(params.chunk)
    except OSError as error:
        failed("recvfrom", error)
        # A connection that was broken off is broken off on the other side as well.
        for way in ways:
            way.over = way.over or (streams and way.source is ready)
        return
    received(ready.fileno(), piece)
    if ready is front and not find(ready, sender):
        join(front, sender)
    way = find(ready, sender)
    if not way:
        return
    if not piece and streams:
        end(way)
    else:
        pass_on(way, piece)


def find(ready, sender):
    """Which way what comes there goes."""
    for way in ways:
        if way.source is ready and not way.over and way.whose in (None, sender):
            return way
    return None


def join(client, whose=None):
    """A client is there: a socket of its own towards the server, and two ways."""
    try:
        server = new_socket()
        server.connect(address(args.behind))
    except OSError as error:
        failed("connect", error)
        if streams:
            client.close()
        return
    ways.append(Way(client, server, whose=whose))
    ways.append(Way(server, client, whom=whose))


def pass_on(way, piece):
    """What becomes of a piece."""
    fate = {"delay": "delayed", "drop": "dropped", "reorder": "held"}[params.relay] if share.next() else "passed"
    said("relayed", len=len(piece), what=fate)
    if fate == "dropped":
        return
    if fate == "held" and way.held is None:
        way.held = piece
        return
    if fate == "delayed":
        time.sleep(params.delay / 1000)
    forward(way, piece)
    if way.held is not None:
        held, way.held = way.held, None
        forward(way, held)


def forward(way, piece):
    global next_id
    msg, next_id = next_id, next_id + 1
    if way.whom:
        sending_to(msg, way.target.fileno(), piece, shown(way.whom))
    else:
        sending(msg, way.target.fileno(), piece)
    count, why = 0, None
    try:
        if way.whom:
            count = way.target.sendto(piece, way.whom)
        else:
            way.target.sendall(piece)
            count = len(piece)
    except OSError as error:
        why = error
    sent(msg, count, why)


def let_go():
    """All that waits for a next one goes."""
    for way in ways:
        if way.held is not None:
            held, way.held = way.held, None
            forward(way, held)


def end(way):
    """One side sends no more: the other is to see that as well."""
    let_go()
    way.over = True
    try:
        way.target.shutdown(socket.SHUT_WR)
    except OSError as error:
        if error.errno != errno.ENOTCONN:
            failed("shutdown", error)
