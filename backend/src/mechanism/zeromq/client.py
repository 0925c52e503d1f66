"""A client: asks, and gets an answer. With REQ in lock-step, with DEALER as it likes."""

import zmq

from playground import args
from station import burst, close, open_socket, params, put, receive, wait, wait_for_message


def client():
    socket = open_socket(zmq.REQ if args.lock_step else zmq.DEALER)
    # What the router will know it by; else the router makes one up.
    socket.routing_id = b"client" if args.number == 1 else b"client-%d" % args.number
    if params.order != "told":
        socket.connect(args.endpoint)
    while order := wait(socket, params.loops):
        if order == "message":
            receive(socket)
            continue
        match order.do:
            case "send":
                for msg, text in burst(order):
                    # Of REQ, EFSM before the last question is answered.
                    asked = put(socket, msg, text)
                    if args.lock_step and params.loops and asked:
                        wait_for_message(socket)
                        receive(socket)
            case "connect":
                socket.connect(args.endpoint)
            case "receive":
                for _ in range(order.times):
                    receive(socket)
            case "close":
                return close(socket)
