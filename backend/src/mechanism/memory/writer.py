"""One of those on the left: maps the memory, and stores into it or loads from it as it is told. No call is made for that."""

from hands import Hands
from playground import command


def writer():
    hands = Hands()
    if not hands.attach("right"):
        return 1
    while order := command():
        hands.carry_out(order)
    return 0
