"""The publisher: what it sends goes to everybody who has subscribed by then. It waits for nobody, unless it is told to."""

import zmq

from playground import said
from station import bind, burst, close, open_socket, params, put, wait, wait_for_message


def publisher():
    # XPUB is a PUB that is told of subscriptions: it receives them.
    socket = open_socket(zmq.XPUB if params.handshake else zmq.PUB)
    if params.handshake:
        socket.xpub_verbose = True
    bound = params.order != "late"
    if bound:
        bind(socket)
    subscribed = 0
    while order := wait(socket, params.handshake):
        if order == "message":
            subscribed += hear(socket)
            continue
        if order.do in ("send", "bind") and not bound:
            bound = True
            bind(socket)
        match order.do:
            case "send":
                while params.handshake and subscribed < params.peers:
                    said("waits", subscribed=subscribed, of=params.peers)
                    wait_for_message(socket)
                    subscribed += hear(socket)
                topic = order.args.topic
                for msg, text in burst(order):
                    # A copy onto the shelf of every subscriber that has room for it. For all others it is gone.
                    put(socket, msg, text, None if topic == "none" else topic)
            case "close":
                return close(socket)


def hear(socket):
    """A subscription is a message of the subscriber: 1 and the prefix; 0 and the prefix takes it back."""
    wish = socket.recv()
    said("heard" if wish[0] else "unheard", topic=wish[1:].decode())
    return wish[0]
