"""Tries to get out of a box, or at who keeps it. Prints one JSON object a line: the attempt, and the errno it got (0: it worked).

Arguments: an abstract socket of the host, without its leading zero.
"""

import ctypes
import errno
import json
import os
import platform
import signal
import socket
import sys

LIBC = ctypes.CDLL(None, use_errno=True)

# Numbers of calls that the C library has no function for: x86-64, and the list that newer machines share.
X86 = platform.machine() == "x86_64"
NUMBERS = {
    "clone": (56, 220),
    "ptrace": (101, 117),
    "pivot_root": (155, 41),
    "kexec_load": (246, 104),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "unshare": (272, 97),
    "perf_event_open": (298, 241),
    "open_by_handle_at": (304, 265),
    "setns": (308, 268),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "finit_module": (313, 273),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "open_tree": (428, 428),
    "fsopen": (430, 430),
    "clone3": (435, 435),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
}
NEWNS, NEWUSER, NEWNET = 0x20000, 0x10000000, 0x40000000


def say(attempt, number, note=None):
    line = {"attempt": attempt, "errno": number, "name": errno.errorcode.get(number, str(number))}
    if note is not None:
        line["note"] = note
    print(json.dumps(line), flush=True)


def call(attempt, name, *args):
    """A system call by its number."""
    number = NUMBERS[name][0 if X86 else 1]
    ctypes.set_errno(0)
    args = [ctypes.c_long(arg) if isinstance(arg, int) else arg for arg in args]
    result = LIBC.syscall(ctypes.c_long(number), *args)
    if result == 0 and name in ("clone", "clone3"):
        os._exit(0)
    say(attempt, ctypes.get_errno() if result == -1 else 0)
    return result


def does(attempt, action):
    """Anything that raises OSError when it is refused."""
    try:
        action()
    except OSError as refused:
        say(attempt, refused.errno)
    else:
        say(attempt, 0)


def function(attempt, name, *args):
    """A function of the C library."""
    ctypes.set_errno(0)
    result = getattr(LIBC, name)(*args)
    say(attempt, ctypes.get_errno() if result == -1 else 0)


def writes(path):
    def write():
        with open(path, "r+b", buffering=0) as file:
            file.write(b"x")

    return write


def reads(path):
    def read():
        with open(path, "rb", buffering=0) as file:
            file.read(1)

    return read


def connects(family, address, kind=socket.SOCK_STREAM):
    def connect():
        with socket.socket(family, kind) as end:
            end.settimeout(2)
            end.connect(address)

    return connect


def makes(family, kind, protocol=0):
    return lambda: socket.socket(family, kind, protocol).close()


def machine_code(attempt, code):
    """Runs a few bytes in a child, and says which signal ended it."""
    child = os.fork()
    if child == 0:
        memory = __import__("mmap").mmap(-1, 4096, prot=7)
        memory.write(code)
        place = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        ctypes.CFUNCTYPE(ctypes.c_long)(place)()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    say(attempt, 0 if os.WIFEXITED(status) else 1000 + os.WTERMSIG(status))


def main():
    keeper = os.getppid()
    # At who keeps the box, or at the process above us where there is none.
    does("read the memory of process 1", reads(f"/proc/{keeper}/mem"))
    does("write the memory of process 1", writes(f"/proc/{keeper}/mem"))
    does("list the descriptors of process 1", lambda: os.listdir(f"/proc/{keeper}/fd"))
    does("go through the root of process 1", lambda: os.listdir(f"/proc/{keeper}/root/"))
    does("read the environment of process 1", reads(f"/proc/{keeper}/environ"))
    vector = (ctypes.c_long * 2)(ctypes.addressof(ctypes.create_string_buffer(8)), 8)
    call("process_vm_readv", "process_vm_readv", keeper, vector, 1, vector, 1, 0)
    call("process_vm_writev", "process_vm_writev", keeper, vector, 1, vector, 1, 0)
    pidfd = os.pidfd_open(keeper)
    call("pidfd_getfd", "pidfd_getfd", pidfd, 3, 0)
    call("ptrace attach", "ptrace", 16, keeper, 0, 0)
    call("ptrace traceme", "ptrace", 0, 0, 0, 0)
    if keeper == 1:
        does("kill process 1", lambda: os.kill(1, signal.SIGKILL))

    # Into other namespaces, and other file systems.
    call("unshare users", "unshare", NEWUSER)
    call("unshare mounts", "unshare", NEWNS)
    call("clone with a user namespace", "clone", NEWUSER | signal.SIGCHLD, 0, 0, 0, 0)
    arguments = (ctypes.c_ulonglong * 11)(NEWUSER, 0, 0, 0, signal.SIGCHLD)
    call("clone3 with a user namespace", "clone3", arguments, 88)
    network = os.open("/proc/self/ns/net", os.O_RDONLY)
    call("setns", "setns", network, NEWNET)
    function("mount", "mount", b"tmpfs", b"/tmp", b"tmpfs", 0, None)
    function("umount", "umount2", b"/usr", 2)
    function("chroot", "chroot", b"/tmp")
    call("pivot_root", "pivot_root", b".", b".")
    call("open_tree", "open_tree", -100, b"/", 1)
    call("fsopen", "fsopen", b"tmpfs", 0)
    does("mknod of a disk", lambda: os.mknod("/tmp/disk", 0o60600, os.makedev(8, 0)))
    call("open_by_handle_at", "open_by_handle_at", -100, ctypes.create_string_buffer(64), 0)

    # Parts of the kernel where holes were found.
    call("keyctl", "keyctl", 0, -3, 1)
    call("add_key", "add_key", b"user", b"name", b"secret", 6, -3)
    call("request_key", "request_key", b"user", b"name", 0, -3)
    call("io_uring_setup", "io_uring_setup", 1, ctypes.create_string_buffer(120))
    call("bpf", "bpf", 0, ctypes.create_string_buffer(72), 72)
    call("perf_event_open", "perf_event_open", ctypes.create_string_buffer(128), 0, -1, -1, 0)
    call("userfaultfd", "userfaultfd", 1)
    call("kexec_load", "kexec_load", 0, 0, 0, 0)
    call("finit_module", "finit_module", 0, b"", 0)
    if X86:
        # mov eax, 20 (getpid); int 0x80; ret
        machine_code("a 32-bit call", b"\xb8\x14\0\0\0\xcd\x80\xc3")
        ctypes.set_errno(0)
        result = LIBC.syscall(ctypes.c_long(0x40000000 + 39))
        say("a call of the x32 ABI", ctypes.get_errno() if result == -1 else 0)

    # Out through sockets.
    does("AF_VSOCK", makes(40, socket.SOCK_STREAM))
    does("AF_PACKET", makes(17, socket.SOCK_RAW))
    does("AF_ALG", makes(38, socket.SOCK_SEQPACKET))
    does("AF_NETLINK audit", makes(16, socket.SOCK_RAW, 9))
    does("a raw socket", makes(socket.AF_INET, socket.SOCK_RAW, 1))
    does("an address outside", connects(socket.AF_INET, ("192.0.2.1", 9)))
    does("an abstract socket of the host", connects(socket.AF_UNIX, "\0" + sys.argv[1]))

    # Files that are not the box's.
    for path in ("/root", "/home", "/etc/shadow", "/etc/machine-id", "/sys/kernel", "/var"):
        does(f"look at {path}", lambda path=path: os.stat(path))
    os.symlink("/etc/shadow", "/tmp/link")
    does("a symbolic link to /etc/shadow", reads("/tmp/link"))
    os.unlink("/tmp/link")
    does("write a program", writes("/usr/bin/env"))
    does("write /etc/passwd", writes("/etc/passwd"))
    does("make a file in /usr", lambda: os.mknod("/usr/made"))
    does("make a file in /", lambda: os.mknod("/made"))
    does("change a setting of the kernel", writes("/proc/sys/kernel/shmmax"))
    does("run a program of one's own in /tmp", run_own)
    does("change the mode of a program outside", lambda: os.chmod("/proc/self/exe", 0o755))
    does("change the time of a program outside", lambda: os.utime("/proc/self/exe"))
    does("name the owner of a program outside", lambda: os.chown("/proc/self/exe", -1, -1))
    does("read the kernel's memory", reads("/proc/kcore"))
    does("press a key of the kernel's", writes("/proc/sysrq-trigger"))

    # Becoming somebody.
    does("setuid 0", lambda: os.setuid(0))
    does("setgroups", lambda: os.setgroups([0]))
    does("sethostname", lambda: socket.sethostname("elsewhere"))
    seen = [name for name in os.listdir("/proc") if name.isdigit()]
    say("see processes of others", 0 if len(seen) > 8 else errno.ESRCH, len(seen))


def run_own():
    path = "/tmp/own"
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o755), "w") as file:
        file.write("#!/bin/sh\n")
    child = os.fork()
    if child == 0:
        try:
            os.execv(path, [path])
        except OSError as refused:
            os._exit(refused.errno)
    _, status = os.waitpid(child, 0)
    os.unlink(path)
    if os.waitstatus_to_exitcode(status):
        raise OSError(os.waitstatus_to_exitcode(status), "refused")


main()
