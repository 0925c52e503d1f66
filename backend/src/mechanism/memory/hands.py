"""What a process can do with memory it has mapped: the standard library, and the C library for what that lacks."""

import ctypes
import errno
import mmap
import os
import socket
import sys
import time
from multiprocessing import resource_tracker, shared_memory

from playground import args, failed, loaded, loading, said, sending, sent, stored

# Where what lies, as all who map it have agreed.
GUARD, RECORD, LINE = 0, 64, 64
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
#: A sequence lock whose writer died stays odd for ever; nobody looks longer than this, seconds.
PATIENCE = 2


class Hands:
    """One process, and how far it is."""

    def __init__(self):
        self.guard = args.params.guard
        self.memory = self.cells = self.address = self.close = None
        self.inside = False
        self.add_at, self.register = None, 0
        self.rest = b""

    def attach(self, name):
        """Maps the memory by the name it has, or by one that nothing has."""
        way = args.way if name == "right" else args.wrong
        try:
            self.memory, self.close = by_name(way, args.params["size"])
        except OSError as error:
            failed("attach", error)
            said("refused", errno=errno.errorcode[error.errno])
            return False
        # Eight numbers of eight bytes, seen where they are: nothing is copied.
        self.cells = self.memory[RECORD : RECORD + LINE].cast("q")
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))
        said("mapped", address=hex(self.address), len=len(self.memory))
        return True

    def carry_out(self, order):
        if order.do == "send":
            for n, msg in enumerate(order.messages):
                if n and args.params.pace:
                    time.sleep(args.params.pace / 1e6)
                self.send(msg, order.args["at"] if "args" in order else RECORD, order.payload)
        elif order.do == "attach":
            self.attach(order.name)
        elif order.do == "unlink":
            self.unlink()
        elif order.do == "touch":
            said("touched", byte=ctypes.string_at(self.address, 1)[0])
        elif self.memory is None:
            said("not_mapped")
        else:
            getattr(self, "do_" + order.do)(order)

    def send(self, msg, at, payload):
        """Stores a message where it is to lie."""
        sending(msg, -1, payload, at)
        if self.memory is None or at + len(payload) > len(self.memory):
            code = errno.EFAULT if self.memory is None else errno.ENOSPC
            return sent(msg, 0, OSError(code, os.strerror(code)))
        if not self.enter():
            return sent(msg, 0, OSError(errno.EDEADLK, os.strerror(errno.EDEADLK)))
        self.memory[at : at + len(payload)] = payload
        self.leave()
        stored(at, payload, msg, address=self.address + at)
        sent(msg, len(payload))

    def load(self, at, length):
        """Loads bytes, alone with them if there is a guard."""
        if self.guard == "seqlock" and not self.inside:
            return self.load_whole(at, length)
        if not self.enter():
            return None
        now = bytes(self.memory[at : at + length])
        self.leave()
        return now

    def load_whole(self, at, length):
        """Loads again until nobody has stored meanwhile. Loads come in order here, as the processors we know keep them."""
        sequence = self.memory[GUARD : GUARD + 4].cast("I")
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            before = sequence[0]
            now = bytes(self.memory[at : at + length])
            if before % 2 == 0 and sequence[0] == before:
                return now
        said("gave_up", guard="seqlock")
        return None

    def enter(self):
        """From here on nobody else is inside. Without contention no call is made."""
        if self.inside or self.guard in ("none", "atomics"):
            return True
        if self.guard == "semaphore":
            libc.sem_wait(ctypes.c_void_p(self.address + GUARD))
        elif self.guard == "seqlock":
            # Python has no compare-and-swap: this is right with one writer in Python only.
            sequence = self.memory[GUARD : GUARD + 4].cast("I")
            until = time.monotonic() + PATIENCE
            while sequence[0] % 2:
                if time.monotonic() > until:
                    said("gave_up", guard="seqlock")
                    return False
            sequence[0] += 1
        else:
            code = libc.pthread_mutex_lock(ctypes.c_void_p(self.address + GUARD))
            if code == errno.EOWNERDEAD:
                said("owner_died", errno="EOWNERDEAD")
                libc.pthread_mutex_consistent(ctypes.c_void_p(self.address + GUARD))
                said("consistent")
            elif code:
                said("gave_up", errno=errno.errorcode[code])
                return False
        return True

    def leave(self):
        """Others may come in."""
        if self.inside or self.guard in ("none", "atomics"):
            return
        if self.guard == "semaphore":
            libc.sem_post(ctypes.c_void_p(self.address + GUARD))
        elif self.guard == "seqlock":
            sequence = self.memory[GUARD : GUARD + 4].cast("I")
            sequence[0] += 1
        else:
            libc.pthread_mutex_unlock(ctypes.c_void_p(self.address + GUARD))

    def unlink(self):
        way = args.way
        try:
            if "shm" in way:
                os.unlink("/dev/shm" + way.shm)
            elif "mapped" in way:
                os.unlink(way.mapped)
            else:
                IPC_RMID = 0
                checked(libc.shmctl(checked(libc.shmget(way.sysv, 0, 0)), IPC_RMID, None))
        except OSError as error:
            return failed("unlink", error)
        said("unlinked")

    def do_load(self, order):
        loading()
        now = self.load(order.at, order.len)
        if now is not None:
            loaded(order.at, now, address=self.address + order.at)

    def do_store(self, order):
        if self.enter():
            self.cells[order.cell] = order.value
            self.leave()
            self.stored_cell(order.cell)

    def do_add(self, order):
        if self.guard == "atomics":
            # `cells[0] += 1` is a load, an add and a store; Python can only lock around them.
            return said("no_atomics")
        for _ in range(order.times):
            if not self.enter():
                return
            self.cells[order.cell] += order.n
            self.leave()
        said("added", cell=order.cell, n=order.n, times=order.times, now=self.cells[order.cell])
        self.stored_cell(order.cell)

    def do_step(self, order):
        """One of: lock, load, add, store, unlock."""
        if self.guard == "atomics":
            return said("no_atomics")
        if self.add_at is None and not self.inside and self.guard != "none":
            if not self.enter():
                return
            self.inside, did = True, "lock"
        elif self.add_at is None:
            loading()
            self.register, self.add_at, did = self.cells[order.cell], "add", "load"
            loaded(RECORD + 8 * order.cell, self.cell(order.cell), address=self.place(order.cell))
        elif self.add_at == "add":
            self.register, self.add_at, did = self.register + 1, "store", "add"
        elif self.add_at == "store":
            self.cells[order.cell] = self.register
            self.stored_cell(order.cell)
            self.add_at, did = "unlock" if self.inside else None, "store"
        else:
            self.inside = False
            self.leave()
            self.add_at, did = None, "unlock"
        said("step", did=did, cell=order.cell, register=self.register)

    def do_fill(self, order):
        if not self.enter():
            return
        record = args.letter.encode() * LINE
        now = record[: LINE // 2] if order.hold else record
        self.memory[RECORD : RECORD + len(now)] = now
        stored(RECORD, now, address=self.address + RECORD)
        if order.hold:
            self.inside = self.inside or self.guard not in ("none", "atomics")
            self.rest = record[len(now) :]
            said("half", stored=len(now), left=len(self.rest))
        else:
            self.leave()

    def do_finish(self, order):
        if not self.rest:
            return said("nothing_left")
        at = RECORD + LINE - len(self.rest)
        self.memory[at : RECORD + LINE] = self.rest
        self.inside = False
        self.leave()
        stored(at, self.rest, address=self.address + at)
        self.rest = b""
        said("whole")

    def do_lock(self, order):
        if self.enter():
            self.inside = True
            said("locked")

    def do_unlock(self, order):
        # Anybody may post a semaphore; a mutex belongs to who locked it.
        if not self.inside and self.guard != "semaphore":
            return said("not_locked")
        self.inside = False
        self.leave()
        said("unlocked")

    def do_overwrite(self, order):
        letters, records = (args.letter.encode() * LINE, args.letter.lower().encode() * LINE), 0
        said("overwriting", ms=order.ms)
        until = time.monotonic() + order.ms / 1000
        while time.monotonic() < until:
            if not self.enter():
                return
            self.memory[RECORD : RECORD + LINE] = letters[records % 2]
            self.leave()
            records += 1
        stored(RECORD, bytes(self.memory[RECORD : RECORD + LINE]), address=self.address + RECORD)
        said("overwrote", records=records)

    def do_check(self, order):
        records = torn = 0
        sample = None
        said("checking", ms=order.ms)
        until = time.monotonic() + order.ms / 1000
        while time.monotonic() < until:
            record = self.load(RECORD, LINE)
            if record is None:
                return
            records += 1
            if record.count(record[0]) != LINE:
                torn += 1
                sample = sample or record
        if sample:
            said("torn", record=sample.decode(errors="replace"))
        said("checked", records=records, torn=torn, vain=0)

    def do_close(self, order):
        if self.inside:
            return said("still_locked")
        self.cells.release()
        self.memory.release()
        self.close()
        self.memory = None
        said("unmapped")

    def cell(self, number):
        return self.cells[number].to_bytes(8, sys.byteorder, signed=True)

    def place(self, number):
        return self.address + RECORD + 8 * number

    def stored_cell(self, number):
        stored(RECORD + 8 * number, self.cell(number), address=self.place(number))


def by_name(way, size):
    """A view of the memory, and what closes it."""
    if "shm" in way:
        if not args.params.tracker:
            # Up to 3.12 it would remove the name when this process ends, though others use it.
            resource_tracker.register = lambda name, kind: None
        shm = shared_memory.SharedMemory(name=way.shm[1:])
        return shm.buf[:size], shm.close
    if "mapped" in way:
        fd = os.open(way.mapped, os.O_RDWR)
    elif "memfd" in way:
        with socket.socket(fileno=way.memfd) as s:
            fd = socket.recv_fds(s, 1, 1)[1][0]
    else:
        address = libc.shmat(checked(libc.shmget(way.sysv, 0, 0)), None, 0)
        if address == ctypes.c_void_p(-1).value:
            raise OSError(ctypes.get_errno(), "shmat")
        array = (ctypes.c_char * size).from_address(address)
        return memoryview(array).cast("B"), lambda: libc.shmdt(ctypes.c_void_p(address))
    area = mmap.mmap(fd, size)
    # The mapping does not need the descriptor any more.
    os.close(fd)
    return memoryview(area), area.close


def checked(result):
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
