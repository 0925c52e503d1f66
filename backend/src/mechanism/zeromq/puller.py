"""A puller: takes its share, one message after the other."""

import zmq

from playground import args
from station import close, open_socket, params, receive, wait


def puller():
    socket = open_socket(zmq.PULL)
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
