//! The calls of the entries beside the pipe.

use super::compare;

fn python(script: &str) {
    compare(&["/usr/bin/python3", "-I", "-S", "-B", "-c", script]);
}

#[test]
fn files() {
    let folder = tempfile::tempdir().unwrap();
    let script = r"
import os, fcntl, mmap
os.chdir('FOLDER')
with open('a', 'w') as f: f.write('torn')
with open('a') as f: f.read()
fd = os.open('b', os.O_RDWR | os.O_CREAT, 0o644)
os.pwrite(fd, b'hello', 3); os.pread(fd, 10, 2); os.lseek(fd, -2, os.SEEK_END); os.lseek(fd, 0, os.SEEK_SET)
os.pwritev(fd, [b'x', b'yz'], 1); os.preadv(fd, [bytearray(4)], 0)
os.ftruncate(fd, 8192); os.truncate('a', 2); os.fsync(fd); os.fdatasync(fd); os.posix_fallocate(fd, 0, 10)
fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB); fcntl.flock(fd, fcntl.LOCK_UN)
fcntl.lockf(fd, fcntl.LOCK_EX, 10, 2); fcntl.lockf(fd, fcntl.LOCK_SH | fcntl.LOCK_NB); fcntl.lockf(fd, fcntl.LOCK_UN)
import struct
lock = struct.pack('hhqqi4x', fcntl.F_RDLCK, 0, 5, 6, 0)
fcntl.fcntl(fd, fcntl.F_OFD_SETLK, lock); fcntl.fcntl(fd, fcntl.F_OFD_SETLKW, lock); fcntl.fcntl(fd, fcntl.F_GETLK, lock)
other = os.open('b', os.O_RDWR)
lock = struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 0, 0, 0)
fcntl.fcntl(other, fcntl.F_OFD_GETLK, lock)
try: fcntl.fcntl(other, fcntl.F_OFD_SETLK, lock)
except OSError: pass
os.sendfile(other, fd, 0, 10); os.copy_file_range(fd, other, 20, 0, 100)
os.rename('a', 'c'); os.replace('c', 'a'); os.link('a', 'd'); os.symlink('a', 'e'); os.unlink('d'); os.mkdir('f', 0o700); os.rmdir('f')
m = mmap.mmap(fd, 8192); m[0:2] = b'ab'; m.flush(); m.close()
m = mmap.mmap(-1, 4096); m.close()
try: os.open('missing', os.O_RDONLY)
except OSError: pass
os.unlink('a'); os.unlink('b'); os.unlink('e')
os._exit(0)
";
    python(&script.replace("FOLDER", folder.path().to_str().unwrap()));
}

#[test]
fn sockets_and_what_travels_through_them() {
    python(
        r"
import socket, os, array
a, b = socket.socketpair()
a.sendall(b'hello'); b.recv(3, socket.MSG_PEEK); b.recv(10)
r, w = os.pipe()
a.sendmsg([b'with', b'two'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [r, w]))])
b.recvmsg(20, socket.CMSG_SPACE(8))
b.setblocking(False)
try: b.recvmsg(20)
except OSError: pass
a.shutdown(socket.SHUT_WR); b.recv(1); a.close()
try: b.send(b'x')
except OSError: pass
c, d = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK)
c.send(b''); c.send(b'one'); d.recv(2)
os.memfd_create('shared', os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
e = os.eventfd(3, os.EFD_SEMAPHORE | os.EFD_CLOEXEC)
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\1\0\0\0\0\0\0\0')
s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR); s.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE)
s.bind(('127.0.0.1', 0)); s.listen(5)
try: s.getpeername()
except OSError: pass
os._exit(0)
",
    );
}

#[test]
fn signals() {
    python(
        r"
import signal, os, time
def handler(number, frame): pass
signal.signal(signal.SIGUSR1, handler); signal.siginterrupt(signal.SIGUSR1, False); signal.signal(signal.SIGUSR2, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGTERM])
signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals() - {signal.SIGTERM})
signal.pthread_sigmask(signal.SIG_SETMASK, [signal.SIGUSR1])
os.kill(os.getpid(), signal.SIGUSR1)
signal.sigpending(); signal.sigwait([signal.SIGUSR1])
signal.sigtimedwait([signal.SIGUSR1], 0.01)
os.kill(os.getpid(), signal.SIGUSR1); signal.sigwaitinfo([signal.SIGUSR1])
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
signal.raise_signal(signal.SIGUSR1)
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.01); signal.pause(); signal.setitimer(signal.ITIMER_REAL, 0)
signal.alarm(100); signal.alarm(0)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
p = os.fork()
if p == 0: signal.sigwait([signal.SIGUSR1]); os._exit(3)
f = os.pidfd_open(p); signal.pidfd_send_signal(f, signal.SIGUSR1); os.waitpid(p, 0)
os._exit(0)
",
    );
}

#[test]
fn queues_and_segments() {
    python(
        r"
import ctypes, os
c = ctypes.CDLL(None, use_errno=True)
class Attributes(ctypes.Structure): _fields_ = [(n, ctypes.c_long) for n in ('flags', 'maxmsg', 'msgsize', 'curmsgs', 'a', 'b', 'c', 'd')]
a = Attributes(0, 3, 64)
name = b'/ipc-playground-oracle'
q = c.mq_open(name, os.O_RDWR | os.O_CREAT, 0o600, ctypes.byref(a))
c.mq_send(q, b'hello', 5, 7); c.mq_send(q, b'', 0, 1)
text, priority = ctypes.create_string_buffer(64), ctypes.c_uint()
c.mq_receive(q, text, 64, ctypes.byref(priority)); c.mq_receive(q, text, 64, None)
c.mq_getattr(q, ctypes.byref(a)); a.flags = os.O_NONBLOCK; c.mq_setattr(q, ctypes.byref(a), None); c.mq_receive(q, text, 64, None)
c.mq_notify(q, None); c.mq_unlink(name)
class Message(ctypes.Structure): _fields_ = [('type', ctypes.c_long), ('text', ctypes.c_char * 64)]
m = Message(7, b'hello')
i = c.msgget(0, 0o1600)
c.msgsnd(i, ctypes.byref(m), 5, 0); c.msgsnd(i, ctypes.byref(m), 5, 0o4000); c.msgrcv(i, ctypes.byref(m), 5, 0, 0)
c.msgrcv(i, ctypes.byref(m), 5, -8, 0o10000 | 0o4000); c.msgrcv(i, ctypes.byref(m), 5, 3, 0o4000); c.msgctl(i, 0, None)
i = c.shmget(0, 4096, 0o1600); c.shmat.restype = ctypes.c_void_p
p = c.shmat(i, None, 0); c.shmat(i, None, 0o10000); c.shmctl(i, 0, None); c.shmdt(ctypes.c_void_p(p))
i = c.semget(0, 2, 0o1600); c.semctl(i, 0, 16, 1)
o = (ctypes.c_short * 6)(0, -1, 0o10000, 1, 1, 0o4000); c.semop(i, o, 2); c.semctl(i, 0, 12, 0)
t = (ctypes.c_long * 2)(0, 1000); c.semtimedop(i, o, 1, t); c.semctl(i, 0, 0, 0)
w = ctypes.c_int(2)
c.syscall(202, ctypes.byref(w), 0, 3, None); c.syscall(202, ctypes.byref(w), 0, 2, t); c.syscall(202, ctypes.byref(w), 1, 5)
c.syscall(202, ctypes.byref(w), 9 | 256, 3, None, None, -1); c.syscall(202, ctypes.byref(w), 4, 1, 1, ctypes.byref(w), 2)
os._exit(0)
",
    );
}
