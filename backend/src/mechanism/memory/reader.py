"""The one on the right: looks at the memory again and again, or when told. Memory wakes nobody, so that it has to look."""

from hands import LINE, RECORD, Hands
from playground import args, command, command_within, loaded, loading, over

#: Between two looks, seconds: 200 a second.
PAUSE = 0.005


def reader():
    hands = Hands()
    # A late one has nothing mapped until it is told something.
    first = None
    if args.params.reader == "late":
        first = command()
        if first is None:
            return 0
    if not (first and first.do == "attach") and not hands.attach("right"):
        return 1
    if args.params.reader == "watch":
        watch(hands)
    while order := first or command():
        first = None
        hands.carry_out(order)
    return 0


def watch(hands):
    """Looks until the memory is closed; says what it sees when that is something new."""
    seen = bytes(len(hands.memory) - RECORD)
    while hands.memory:
        now = hands.load(RECORD, len(hands.memory) - RECORD)
        if now is not None and now != seen:
            # Something is new. Look once more, having said so: then it is known what can have been stored before.
            loading()
            now = hands.load(RECORD, len(hands.memory) - RECORD) or now
            # Up to the end of the last line of memory that has something in it.
            there = len(now.rstrip(b"\0"))
            loaded(RECORD, now[: max(there + -there % LINE, LINE)], address=hands.address + RECORD)
            seen = now
        # Idle until the next look, or until there is something to do.
        while order := command_within(PAUSE):
            hands.carry_out(order)
        if over():
            return
