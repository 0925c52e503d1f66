"""What Python's own modules cost, beside our roles: one line of nanoseconds.

    floor.py round|flow VARIANT SIZE ROUNDS CPU_A CPU_B | free
"""

import multiprocessing as mp
import os
import sys
import time
from multiprocessing import shared_memory


class Pipe:
    """os.pipe(), read and write as they are."""

    def __init__(self, size):
        self.read, self.write, self.size = *os.pipe(), size

    def put(self, payload):
        while payload:
            payload = payload[os.write(self.write, payload):]

    def take(self):
        left = self.size
        while left:
            left -= len(os.read(self.read, left))


class Connection:
    """multiprocessing.Pipe(): an object a message."""

    def __init__(self, size):
        self.far, self.near = mp.Pipe()

    def put(self, payload):
        self.near.send(payload)

    def take(self):
        self.far.recv()


class Queue:
    """multiprocessing.Queue(): a feeder thread, a pipe, a lock."""

    def __init__(self, size):
        self.queue = mp.Queue(1000)

    def put(self, payload):
        self.queue.put(payload)

    def take(self):
        self.queue.get()


class Memory:
    """multiprocessing.shared_memory, with a semaphore each way to wake the other."""

    def __init__(self, size):
        self.memory = shared_memory.SharedMemory(create=True, size=size)
        self.memory.unlink()
        self.full, self.free, self.size = mp.Semaphore(0), mp.Semaphore(1), size

    def put(self, payload):
        self.free.acquire()
        self.memory.buf[:self.size] = payload
        self.full.release()

    def take(self):
        self.full.acquire()
        bytes(self.memory.buf[:self.size])
        self.free.release()


WAYS = {"pipe/anonymous": Pipe, "pipe/python": Connection, "queue/python": Queue, "shared-memory/shm": Memory}


def main(ask, variant, size, rounds, *places):
    size, rounds = int(size), int(rounds)
    warm, payload = rounds // 10 + 10, b"x" * size
    there, back = WAYS[variant](size), WAYS[variant](size)
    told, tell = os.pipe()

    def settle(side):
        if len(places) == 2:
            os.sched_setaffinity(0, {int(places[side])})

    def other():
        settle(1)
        for _ in range(warm):
            there.take()
            if ask == "round":
                back.put(payload)
        began = time.monotonic_ns()
        for _ in range(rounds):
            there.take()
            if ask == "round":
                back.put(payload)
        os.write(tell, (time.monotonic_ns() - began).to_bytes(8, "little"))

    process = mp.get_context("fork").Process(target=other)
    process.start()
    settle(0)
    ns = []
    for number in range(warm + rounds):
        began = time.monotonic_ns()
        there.put(payload)
        if ask == "round":
            back.take()
            if number >= warm:
                ns.append(time.monotonic_ns() - began)
    whole = int.from_bytes(os.read(told, 8), "little")
    process.join()
    if ask == "flow":
        ns = [whole // rounds]
    ns.sort()
    at = lambda percent: ns[(len(ns) - 1) * percent // 100]
    print(f"p50={at(50)} p90={at(90)} p99={at(99)} max={at(100)}")


main(*sys.argv[1:])
