"""The pusher: gives each message to one of those that are connected, to each in turn. With no room anywhere, it sleeps."""

import zmq

from station import bind, burst, close, open_socket, params, put, wait


def pusher():
    socket = open_socket(zmq.PUSH)
    bound = params.order != "late"
    if bound:
        bind(socket)
    while order := wait(socket, False):
        if order.do in ("send", "bind") and not bound:
            bound = True
            bind(socket)
        match order.do:
            case "send":
                for msg, text in burst(order):
                    # Onto the shelf of the next puller that has room; if none has, it sleeps until one has.
                    put(socket, msg, text)
            case "close":
                return close(socket)
