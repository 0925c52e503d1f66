//! Why a process sleeps, beyond pipes: what the gauge says of one that does.

use super::*;
use crate::gauge::ProcessGauge;
use shared::event::{ProcState, Wait};

/// Forks a worker that does `work`, whose last call sleeps for ever, and asks why it sleeps. The call is the one of `names`.
fn why(names: &[&str], work: impl FnOnce() -> i32) -> Wait {
    let mut world = World::new();
    let pid = world.fork(work);
    world.pass(|seen| {
        matches!(seen, Seen::Entered { pid: who, call } if *who == pid && names.contains(&call.name))
    });
    world.asleep(pid);
    let gauge = ProcessGauge::new(pid).unwrap();
    let doing = gauge.read(false).unwrap();
    assert_eq!(doing.state, ProcState::Asleep, "{doing:?}");
    kill(pid, Signal::SIGKILL).unwrap();
    world.end();
    doing.because.unwrap()
}

fn pair(kind: i32) -> [RawFd; 2] {
    let mut ends = [0; 2];
    // SAFETY: the array has room for two descriptors.
    unsafe { libc::socketpair(libc::AF_UNIX, kind, 0, ends.as_mut_ptr()) };
    ends
}

fn usr1() -> SigSet {
    let mut set = SigSet::empty();
    set.add(Signal::SIGUSR1);
    set
}

/// Takes a queue away, whatever comes of the test.
struct Queue(i32);

impl Drop for Queue {
    fn drop(&mut self) {
        // SAFETY: numbers only.
        unsafe { libc::msgctl(self.0, libc::IPC_RMID, std::ptr::null_mut()) };
    }
}

#[test]
fn in_message_queues() {
    let mut message = [1i64, 0];
    let place = message.as_mut_ptr().cast::<libc::c_void>();
    // SAFETY: numbers only.
    let queue = unsafe { libc::msgget(libc::IPC_PRIVATE, 0o600) };
    let _removed = Queue(queue);
    let receives = why(&["msgrcv"], || {
        // SAFETY: room for a type and 8 bytes.
        i32::from(unsafe { libc::msgrcv(queue, place, 8, 0, 0) } < 0)
    });
    let mut big = [1i64; 1025];
    let place = big.as_mut_ptr().cast::<libc::c_void>();
    // This process fills it: the first call that the worker makes sleeps.
    // SAFETY: a type and 8,192 bytes.
    while unsafe { libc::msgsnd(queue, place, 8192, libc::IPC_NOWAIT) } == 0 {}
    let sends = why(&["msgsnd"], || {
        // SAFETY: as above.
        i32::from(unsafe { libc::msgsnd(queue, place, 8192, 0) } < 0)
    });
    assert_eq!(receives, Wait::QueueEmpty);
    assert_eq!(sends, Wait::QueueFull);
}

#[test]
fn in_posix_queues() {
    let name = std::ffi::CString::new(format!("/sleeps-{}", std::process::id())).unwrap();
    let open = || {
        // SAFETY: all zero is a valid attribute; two of them are set.
        let mut attributes: libc::mq_attr = unsafe { std::mem::zeroed() };
        (attributes.mq_maxmsg, attributes.mq_msgsize) = (1, 8);
        let flags = libc::O_CREAT | libc::O_RDWR;
        // SAFETY: a live name and attributes.
        unsafe { libc::mq_open(name.as_ptr(), flags, 0o600, &raw const attributes) }
    };
    let receives = why(&["mq_timedreceive"], || {
        let mut buffer = [0; 8];
        // SAFETY: a buffer of that length.
        let got = unsafe { libc::mq_receive(open(), buffer.as_mut_ptr(), 8, std::ptr::null_mut()) };
        i32::from(got < 0)
    });
    // The message that fills it is put in by this process.
    // SAFETY: one byte is read.
    unsafe { libc::mq_send(open(), c"x".as_ptr(), 1, 0) };
    let sends = why(&["mq_timedsend"], || {
        // SAFETY: as above.
        i32::from(unsafe { libc::mq_send(open(), c"y".as_ptr(), 1, 0) } < 0)
    });
    // SAFETY: a live name.
    unsafe { libc::mq_unlink(name.as_ptr()) };
    assert_eq!((receives, sends), (Wait::QueueEmpty, Wait::QueueFull));
}

#[test]
fn for_locks() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = std::ffi::CString::new(file.path().to_str().unwrap()).unwrap();
    let open = || {
        // SAFETY: a live path.
        unsafe { libc::open(path.as_ptr(), libc::O_RDWR) }
    };
    let ours = open();
    // SAFETY: numbers only.
    unsafe { libc::flock(ours, libc::LOCK_EX) };
    let flock = why(&["flock"], || {
        // SAFETY: as above.
        unsafe { libc::flock(open(), libc::LOCK_EX) }
    });
    // SAFETY: all zero is a lock of the whole file.
    let mut whole: libc::flock = unsafe { std::mem::zeroed() };
    whole.l_type = i16::try_from(libc::F_WRLCK).unwrap();
    // SAFETY: a live lock.
    unsafe { libc::fcntl(ours, libc::F_OFD_SETLK, &raw const whole) };
    for command in [libc::F_OFD_SETLKW, libc::F_SETLKW] {
        let range = why(&["fcntl"], || {
            // SAFETY: as above.
            unsafe { libc::fcntl(open(), command, &raw const whole) }
        });
        assert_eq!(range, Wait::FileLock, "{command}");
    }
    assert_eq!(flock, Wait::FileLock);
}

#[test]
fn for_signals() {
    let waits = why(&["rt_sigtimedwait"], || {
        let mut signal = 0;
        // SAFETY: a live set and a live int.
        unsafe { libc::sigwait(usr1().as_ref(), &raw mut signal) }
    });
    let suspends = why(&["rt_sigsuspend"], || {
        // SAFETY: a live set.
        unsafe { libc::sigsuspend(usr1().as_ref()) }
    });
    let pauses = why(&["pause", "ppoll"], || {
        // SAFETY: waits.
        unsafe { libc::pause() }
    });
    let reads = why(&["read"], || {
        // SAFETY: a live set.
        let fd = unsafe { libc::signalfd(-1, usr1().as_ref(), 0) };
        i32::from(get(fd, &mut [0; 128]) < 0)
    });
    assert_eq!([waits, suspends, pauses, reads], [Wait::Signal; 4]);
}

#[test]
fn in_sockets() {
    for kind in [libc::SOCK_STREAM, libc::SOCK_SEQPACKET] {
        let reads = why(&["read"], move || {
            let ends = pair(kind);
            i32::from(get(ends[0], &mut [0; 8]) < 0)
        });
        let receives = why(&["recvfrom"], move || {
            let ends = pair(kind);
            // SAFETY: a buffer of one byte.
            let got = unsafe { libc::recv(ends[0], [0u8; 1].as_mut_ptr().cast(), 1, 0) };
            i32::from(got < 0)
        });
        let writes = why(&["write"], move || {
            let ends = pair(kind);
            let flags = libc::MSG_DONTWAIT;
            let bytes = [0u8; 4096];
            // SAFETY: 4,096 bytes.
            while unsafe { libc::send(ends[0], bytes.as_ptr().cast(), 4096, flags) } > 0 {}
            i32::from(put(ends[0], &bytes) < 0)
        });
        assert_eq!(
            (reads, receives, writes),
            (Wait::SocketEmpty, Wait::SocketEmpty, Wait::SocketFull),
            "{kind}"
        );
    }
}

/// A listener of 127.0.0.1 whose queue is full after one more, and its address.
fn full_listener() -> (
    std::net::TcpListener,
    std::net::TcpStream,
    libc::sockaddr_in,
) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    // SAFETY: numbers only.
    unsafe { libc::listen(std::os::fd::AsRawFd::as_raw_fd(&listener), 0) };
    let address = listener.local_addr().unwrap();
    let first = std::net::TcpStream::connect(address).unwrap();
    // SAFETY: all zero is a valid address.
    let mut there: libc::sockaddr_in = unsafe { std::mem::zeroed() };
    there.sin_family = libc::AF_INET.cast_unsigned().try_into().unwrap();
    there.sin_port = address.port().to_be();
    there.sin_addr.s_addr = u32::from_ne_bytes([127, 0, 0, 1]);
    (listener, first, there)
}

#[test]
fn for_connections() {
    let (_listener, _first, there) = full_listener();
    let connects = why(&["connect"], || {
        // SAFETY: numbers only.
        let fd = unsafe { libc::socket(libc::AF_INET, libc::SOCK_STREAM, 0) };
        // SAFETY: a live address of that length.
        unsafe { libc::connect(fd, (&raw const there).cast(), 16) }
    });
    let polls = why(&["poll", "ppoll"], || {
        let mut polled = libc::pollfd {
            fd: pair(libc::SOCK_STREAM)[0],
            events: libc::POLLIN,
            revents: 0,
        };
        // SAFETY: one live pollfd.
        unsafe { libc::poll(&raw mut polled, 1, -1) }
    });
    let nobody_comes = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let lonely = std::os::fd::AsRawFd::as_raw_fd(&nobody_comes);
    let accepts = why(&["accept", "accept4"], || {
        let null = std::ptr::null_mut();
        // SAFETY: no address is asked for.
        unsafe { libc::accept(lonely, null, null.cast()) }
    });
    assert_eq!((connects, polls), (Wait::Connect, Wait::Poll));
    assert_eq!(accepts, Wait::Accept);
}

#[test]
fn for_events_and_words() {
    let counts = why(&["read"], || {
        // SAFETY: numbers only.
        let fd = unsafe { libc::eventfd(0, 0) };
        i32::from(get(fd, &mut [0; 8]) < 0)
    });
    let watches = why(&["read"], || {
        // SAFETY: numbers only.
        let fd = unsafe { libc::inotify_init1(0) };
        i32::from(get(fd, &mut [0; 64]) < 0)
    });
    let word = why(&["futex"], || {
        let word = 0i32;
        let forever = std::ptr::null::<libc::timespec>();
        // SAFETY: a live word.
        let woken = unsafe {
            libc::syscall(
                libc::SYS_futex,
                &raw const word,
                libc::FUTEX_WAIT,
                0,
                forever,
            )
        };
        i32::from(woken < 0)
    });
    assert_eq!([counts, watches], [Wait::Event; 2]);
    assert_eq!(word, Wait::Futex);
}
