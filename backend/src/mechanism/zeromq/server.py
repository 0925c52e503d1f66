"""The server: answers each question. REP knows by itself whom to answer; ROUTER is told in the first frame."""

import zmq

from playground import args, refused, said, sending, sent
from station import bind, close, name_of, open_socket, own_message, params, receive, wait

answered = 0


def server():
    socket = open_socket(zmq.REP if args.lock_step else zmq.ROUTER)
    if params.order != "late":
        bind(socket)
    while order := wait(socket, params.loops):
        if order == "message":
            answer(socket)
            continue
        match order.do:
            case "bind":
                bind(socket)
            case "receive":
                for _ in range(order.times):
                    answer(socket)
            case "close":
                return close(socket)


def answer(socket):
    """A question, and its answer: all frames but the last one go back as they came, for they say who asked."""
    global answered
    *who, question = receive(socket)
    if not args.lock_step:
        said("frames", frames=[frame[:32].decode(errors="replace") for frame in [*who, question]])
    text = b"re: " + question
    msg = own_message(answered)
    answered += 1
    sending(msg, -1, text)
    try:
        socket.send_multipart([*who, text])
    except zmq.ZMQError as error:
        return refused(msg, name_of(error))
    sent(msg, len(text))
