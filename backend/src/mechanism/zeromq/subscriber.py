"""A subscriber: connects, says which messages it wants, and takes them from its shelf one by one."""

import zmq

from playground import args, said
from station import close, open_socket, params, receive, wait


def subscriber():
    socket = open_socket(zmq.SUB)
    # All that it sends is its wish, and who was to hear that may be gone: nobody waits for it.
    socket.linger = 0
    # Without a subscription nothing comes; the empty prefix is one that fits everything.
    topic = "ABCD"[args.number - 1] if params.own_topic else ""
    socket.setsockopt_string(zmq.SUBSCRIBE, topic)
    said("subscribed", topic=topic)
    if params.order != "told":
        socket.connect(args.endpoint)
    while order := wait(socket, params.loops):
        if order == "message":
            receive(socket)
            continue
        match order.do:
            case "connect":
                socket.connect(args.endpoint)
            case "receive":
                for _ in range(order.times):
                    receive(socket)
            case "close":
                return close(socket)
