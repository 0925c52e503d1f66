"""The queue itself: slots in a ring, two locks, two semaphores.

The standard library has no such semaphores in memory of one's own choice, so these are the C library's, at their addresses.
"""

import ctypes
import errno
import mmap
import os

from playground import args

# Where what lies, as all who map it have agreed.
WRITERS, READERS, ITEMS, PLACES, PUSHED, POPPED = 0, 64, 128, 192, 256, 320
FIRST, HEAD = 4096, 8
libc = ctypes.CDLL(None, use_errno=True)


class Bounded:
    def __init__(self):
        fd = os.open("/dev/shm" + args.name, os.O_RDWR)
        self.area = mmap.mmap(fd, args.len)
        # The mapping does not need the descriptor any more.
        os.close(fd)
        self.memory = memoryview(self.area)
        self.words = self.memory.cast("I")
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(self.area))
        self.slots, self.longest = args.params.slots, args.params.slot

    def wait_for_place(self):
        self._wait(PLACES)

    def store(self, message, told):
        """Stores a message in the next slot, alone among the writers. Whether the last owner of the lock died with it."""
        died = self._lock(WRITERS)
        if died:
            # It had stored half a message, perhaps, into the slot that is stored into now: nothing is lost by that.
            self._consistent(WRITERS)
        count = self.words[PUSHED // 4]
        at = self._place(count)
        self.words[at // 4] = len(message)
        self.memory[at + HEAD : at + HEAD + len(message)] = message
        told(self.address + at + HEAD, message)
        self.words[PUSHED // 4] = (count + 1) % 2**32
        self._post(ITEMS)
        self._unlock(WRITERS)
        return died

    def lock_readers(self):
        """True if the last owner died with it: mend() then."""
        return self._lock(READERS)

    def wait_for_item(self):
        """Sleeps while there is none, and keeps the lock meanwhile."""
        self._wait(ITEMS)

    def take(self, told):
        """Takes the oldest message out."""
        count = self.words[POPPED // 4]
        at = self._place(count)
        length = min(self.words[at // 4], self.longest)
        message = bytes(self.memory[at + HEAD : at + HEAD + length])
        told(self.address + at + HEAD, message)
        self.words[POPPED // 4] = (count + 1) % 2**32
        return message

    def let_go(self):
        self._unlock(READERS)
        self._post(PLACES)

    def mend(self):
        """What the dead owner had counted off and not taken is counted again."""
        if self._lock(WRITERS):
            self._consistent(WRITERS)
        for _ in range(self._value(ITEMS), self._held()):
            self._post(ITEMS)
        self._unlock(WRITERS)
        self._consistent(READERS)

    def empty(self):
        return self._held() == 0

    def qsize(self):
        return self.slots - self._value(PLACES)

    def _held(self):
        return (self.words[PUSHED // 4] - self.words[POPPED // 4]) % 2**32

    def _place(self, count):
        return FIRST + args.stride * (count % self.slots)

    def _at(self, at):
        return ctypes.c_void_p(self.address + at)

    def _lock(self, at):
        code = libc.pthread_mutex_lock(self._at(at))
        if code not in (0, errno.EOWNERDEAD):
            raise OSError(code, os.strerror(code))
        return code == errno.EOWNERDEAD

    def _unlock(self, at):
        libc.pthread_mutex_unlock(self._at(at))

    def _consistent(self, at):
        libc.pthread_mutex_consistent(self._at(at))

    def _wait(self, at):
        while libc.sem_wait(self._at(at)) < 0:
            if ctypes.get_errno() != errno.EINTR:
                raise OSError(ctypes.get_errno(), "sem_wait")

    def _post(self, at):
        libc.sem_post(self._at(at))

    def _value(self, at):
        value = ctypes.c_int()
        libc.sem_getvalue(self._at(at), ctypes.byref(value))
        return value.value
