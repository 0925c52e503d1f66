//! The calls of the entries beside the pipe.

use super::*;
use crate::tracer::Made;

/// A System V message: its type, then its bytes.
fn letter(kind: i64, text: &[u8]) -> Vec<u8> {
    [&kind.to_ne_bytes(), text].concat()
}

#[test]
fn a_message_carries_its_priority_and_is_all_moved_though_the_call_returns_0() {
    let (entered, returned) = both(libc::SYS_mq_timedsend, &[3, AT, 5, 7, 0], b"hello", b"", 0);
    assert_eq!(entered.args, ["3", "\"hello\"", "5", "7", "NULL"]);
    assert_eq!(
        (entered.handle, entered.key, entered.flow),
        (Some(Handle::Fd(3)), Some(7), Flow::Send)
    );
    assert_eq!(
        (returned.ret, returned.moved, returned.data.as_slice()),
        (Some(0), 5, b"hello".as_slice())
    );
    let (_, failed) = both(
        libc::SYS_mq_timedsend,
        &[3, AT, 5, 7, 0],
        b"hello",
        b"",
        -11,
    );
    assert_eq!((failed.moved, failed.data.len()), (0, 0));
}

#[test]
fn a_priority_is_received() {
    let mut after = b"hello".to_vec();
    after.resize(64, 0);
    after.extend_from_slice(&9u32.to_ne_bytes());
    let args = [3, AT, 64, AT + 64, 0];
    let (entered, returned) = both(libc::SYS_mq_timedreceive, &args, b"", &after, 5);
    assert_eq!((entered.key, entered.args[3].as_str()), (None, "…"));
    assert_eq!(
        (returned.key, returned.args[3].as_str(), returned.moved),
        (Some(9), "[9]", 5)
    );
    let (_, returned) = both(
        libc::SYS_mq_timedreceive,
        &[3, AT, 64, 0, 0],
        b"",
        &after,
        0,
    );
    assert_eq!(
        (returned.key, returned.ret, returned.moved),
        (None, Some(0), 0)
    );
}

#[test]
fn a_system_v_message_has_a_type_in_front_of_its_bytes() {
    let hello = letter(7, b"hello");
    let (entered, returned) = both(libc::SYS_msgsnd, &[40, AT, 5, 0], &hello, &hello, 0);
    assert_eq!(entered.args[1], "{mtype=7, mtext=\"hello\"}");
    assert_eq!(
        (entered.fd, entered.handle, entered.key),
        (None, Some(Handle::Queue(40)), Some(7))
    );
    assert_eq!(
        (returned.moved, returned.data.as_slice()),
        (5, b"hello".as_slice())
    );
    let negative = (-8i64).cast_unsigned();
    let (entered, returned) = both(libc::SYS_msgrcv, &[40, AT, 64, negative, 0], b"", &hello, 5);
    assert_eq!((entered.wants, entered.key), (Some(-8), None));
    assert_eq!(
        (
            returned.key,
            returned.data.as_slice(),
            returned.args[3].as_str()
        ),
        (Some(7), b"hello".as_slice(), "-8")
    );
    let (entered, _) = both(libc::SYS_msgrcv, &[40, AT, 64, 0, 0o44000], b"", &hello, 5);
    assert_eq!(
        (entered.flow, entered.args[4].as_str()),
        (Flow::None, "MSG_COPY|IPC_NOWAIT")
    );
    let (entered, returned) = both(libc::SYS_msgget, &[0x1234, 0o1600], b"", b"", 40);
    assert_eq!(entered.args, ["0x00001234", "IPC_CREAT|0600"]);
    assert_eq!(
        (entered.handle, returned.handle),
        (None, Some(Handle::Queue(40)))
    );
    let (_, returned) = both(libc::SYS_shmget, &[0, 4096, 0o1600], b"", b"", -28);
    assert_eq!(
        (returned.args[0].as_str(), returned.handle),
        ("IPC_PRIVATE", None)
    );
}

#[test]
fn an_offset_is_told() {
    let (entered, returned) = both(libc::SYS_pwrite64, &[3, AT, 2, 4096], b"ab", b"", 2);
    assert_eq!((entered.offset, returned.offset), (Some(4096), Some(4096)));
    let here = (-1i64).cast_unsigned();
    let vector = words(&[AT, 2]);
    let (entered, _) = both(libc::SYS_preadv2, &[3, AT, 1, here, 0, 8], &vector, b"", 2);
    assert_eq!((entered.offset, entered.args.len()), (None, 5));
    assert_eq!(entered.args[4], "RWF_NOWAIT");
}

#[test]
fn a_lock_is_shown_and_whose_lock_is_in_the_way() {
    let mut lock = [1u16.to_ne_bytes(), 0u16.to_ne_bytes()].concat();
    lock.extend_from_slice(&[0; 4]);
    lock.extend_from_slice(&words(&[5, 10]));
    lock.extend_from_slice(&42i32.to_ne_bytes());
    let set = u64::from(libc::F_OFD_SETLKW.cast_unsigned());
    let (entered, _) = both(libc::SYS_fcntl, &[3, set, AT], &lock, &lock, 0);
    assert_eq!(
        entered.args[1..],
        [
            "F_OFD_SETLKW",
            "{l_type=F_WRLCK, l_whence=SEEK_SET, l_start=5, l_len=10}"
        ]
    );
    let get = u64::from(libc::F_GETLK.cast_unsigned());
    let (entered, returned) = both(libc::SYS_fcntl, &[3, get, AT], &lock, &lock, 0);
    assert_eq!(entered.args[2], "…");
    assert!(
        returned.args[2].ends_with("l_len=10, l_pid=42}"),
        "{returned:?}"
    );
}

#[test]
fn a_pair_of_sockets_knows_each_other() {
    let args = [1, 0o2_000_001, 0, AT];
    let (entered, returned) = both(libc::SYS_socketpair, &args, b"", &ints(&[3, 4]), 0);
    assert_eq!(
        entered.args,
        ["AF_UNIX", "SOCK_STREAM|SOCK_CLOEXEC", "0", "…"]
    );
    let end = |fd, peer| Made {
        fd,
        end: Some(End::Both),
        of: None,
        peer: Some(peer),
    };
    assert_eq!(returned.created, [end(3, 4), end(4, 3)]);
}

/// A message of two bytes with two descriptors: header, vector, control message, bytes.
fn with_rights() -> Vec<u8> {
    let mut memory = words(&[0, 0, AT + 56, 1, AT + 72, 24, 0]);
    memory.extend(words(&[AT + 96, 2]));
    memory.extend(words(&[24]));
    memory.extend(ints(&[libc::SOL_SOCKET, libc::SCM_RIGHTS, 5, 6]));
    memory.extend_from_slice(b"hi");
    memory
}

#[test]
fn descriptors_travel_with_a_message() {
    let memory = with_rights();
    let (entered, returned) = both(libc::SYS_sendmsg, &[3, AT, 0], &memory, &memory, 2);
    assert_eq!(
        entered.args[1],
        "{msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"hi\", iov_len=2}], msg_iovlen=1, \
         msg_control=[{cmsg_len=24, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[5, 6]}], \
         msg_controllen=24, msg_flags=0}"
    );
    assert_eq!(
        (returned.passed, returned.data),
        (vec![5, 6], b"hi".to_vec())
    );
    assert_eq!(returned.created, []);
    let (entered, returned) = both(libc::SYS_recvmsg, &[3, AT, 0], &memory, &memory, 2);
    assert_eq!((entered.args[1].as_str(), entered.len), ("…", Some(2)));
    let made: Vec<i32> = returned.created.iter().map(|made| made.fd).collect();
    assert_eq!((made, returned.passed.len()), (vec![5, 6], 0));
    let (_, returned) = both(libc::SYS_recvmsg, &[3, AT, 0], &memory, &memory, -11);
    assert_eq!(
        (returned.created.len(), returned.args[1].as_str()),
        (0, "{msg_namelen=0}")
    );
}

#[test]
fn who_only_looks_takes_nothing() {
    let (entered, returned) = both(libc::SYS_recvfrom, &[3, AT, 5, 2, 0, 0], b"", b"hello", 5);
    assert_eq!(
        (entered.flow, entered.args[3].as_str()),
        (Flow::None, "MSG_PEEK")
    );
    assert_eq!(
        (returned.args[1].as_str(), returned.moved),
        ("\"hello\"", 0)
    );
}

#[test]
fn signals_have_their_number_and_what_came_along() {
    let (entered, _) = both(libc::SYS_kill, &[42, 10], b"", b"", 0);
    assert_eq!(
        (entered.args[1].as_str(), entered.key),
        ("SIGUSR1", Some(10))
    );
    let (entered, _) = both(libc::SYS_kill, &[42, 36], b"", b"", 0);
    assert_eq!(entered.args[1], "SIGRTMIN+2");
    let info = ints(&[10, 0, -1, 0, 42, 1000, 7, 0]);
    let (_, returned) = both(libc::SYS_rt_sigtimedwait, &[0, AT, 0, 8], b"", &info, 10);
    assert_eq!(
        (returned.args[1].as_str(), returned.key),
        (
            "{si_signo=SIGUSR1, si_code=SI_QUEUE, si_pid=42, si_uid=1000, si_int=7, si_ptr=0x7}",
            Some(10)
        )
    );
    let action = words(&[0x5555, 0x1400_0004, 0x6666, 1 << 9]);
    let (entered, _) = both(libc::SYS_rt_sigaction, &[12, AT, 0, 8], &action, b"", 0);
    assert_eq!(
        entered.args[1],
        "{sa_sigaction=0x5555, sa_mask=[USR1], sa_flags=SA_RESTORER|SA_RESTART|SA_SIGINFO, sa_restorer=0x6666}"
    );
}

#[test]
fn a_futex_shows_what_its_operation_takes() {
    for (operation, expected) in [
        (0, "0x7000 FUTEX_WAIT 2 NULL"),
        (1, "0x7000 FUTEX_WAKE 2"),
        (7, "0x7000 FUTEX_UNLOCK_PI"),
        (4, "0x7000 FUTEX_CMP_REQUEUE 2 0 NULL 4294967295"),
        (
            265,
            "0x7000 FUTEX_WAIT_BITSET|FUTEX_CLOCK_REALTIME 2 NULL FUTEX_BITSET_MATCH_ANY",
        ),
    ] {
        let args = [AT, operation, 2, 0, 0, u64::from(u32::MAX)];
        let (entered, _) = both(libc::SYS_futex, &args, b"", b"", 0);
        assert_eq!(entered.args.join(" "), expected);
    }
}

/// Memory of a process whose descriptor 5 is something special.
struct Special(&'static str, Vec<u8>);

impl Memory for Special {
    fn read(&self, _at: u64, len: usize) -> Vec<u8> {
        self.1[..len.min(self.1.len())].to_vec()
    }

    fn link(&self, fd: i32) -> Option<String> {
        (fd == 5).then(|| self.0.to_owned())
    }
}

#[test]
fn what_is_no_stream_of_bytes_is_read_as_what_it_is() {
    let read = |kind, bytes: Vec<u8>| {
        let ret = i64::try_from(bytes.len()).unwrap();
        let raw = raw(libc::SYS_read, &[5, AT, 4096]);
        let memory = Special(kind, bytes);
        let entered = entered(raw, &memory, 0);
        returned(raw, &entered, ret, &memory, 0).args[1].clone()
    };
    assert_eq!(read("anon_inode:[eventfd]", words(&[3])), "[3]");
    let mut signal = ints(&[10, 0, -1, 42, 1000, 0, 0, 0, 0, 0, 0, 7]);
    signal.resize(128, 0);
    assert_eq!(
        read("anon_inode:[signalfd]", signal),
        "[{ssi_signo=SIGUSR1, ssi_code=SI_QUEUE, ssi_pid=42, ssi_uid=1000, ssi_int=7}]"
    );
    let mut events = ints(&[1, 0x40, 9, 16]);
    events.extend_from_slice(b"shared_data.txt\0");
    events.extend(ints(&[1, 0x0400, 0, 0]));
    assert_eq!(
        read("anon_inode:inotify", events),
        "[{wd=1, mask=IN_MOVED_FROM, cookie=9, name=\"shared_data.txt\"}, {wd=1, mask=IN_DELETE_SELF, cookie=0}]"
    );
    assert_eq!(read("pipe:[1]", b"12345678".to_vec()), "\"12345678\"");
}

#[test]
fn options_of_sockets_have_names() {
    let one = 1i32.to_ne_bytes();
    let [socket, reuse] = [libc::SOL_SOCKET, libc::SO_REUSEADDR].map(|n| n.cast_unsigned().into());
    let (set, _) = both(
        libc::SYS_setsockopt,
        &[3, socket, reuse, AT, 4],
        &one,
        b"",
        0,
    );
    assert_eq!(set.args, ["3", "SOL_SOCKET", "SO_REUSEADDR", "[1]", "4"]);
    let [tcp, nodelay] = [libc::IPPROTO_TCP, libc::TCP_NODELAY].map(|n| n.cast_unsigned().into());
    let (set, _) = both(
        libc::SYS_setsockopt,
        &[3, tcp, nodelay, AT, 4],
        &one,
        b"",
        0,
    );
    assert_eq!(set.args, ["3", "SOL_TCP", "TCP_NODELAY", "[1]", "4"]);
    let linger = [one, 0i32.to_ne_bytes()].concat();
    let name = libc::SO_LINGER.cast_unsigned().into();
    let (set, _) = both(
        libc::SYS_setsockopt,
        &[3, socket, name, AT, 8],
        &linger,
        b"",
        0,
    );
    assert_eq!(set.args[3], "{l_onoff=1, l_linger=0}");

    let error = [libc::ECONNREFUSED.to_ne_bytes(), 4i32.to_ne_bytes()].concat();
    let name = libc::SO_ERROR.cast_unsigned().into();
    let args = [3, socket, name, AT, AT + 4];
    let (asked, got) = both(libc::SYS_getsockopt, &args, &error, &error, 0);
    assert_eq!((asked.args[3].as_str(), asked.fd), ("…", Some(3)));
    assert_eq!(got.args[3..], ["[ECONNREFUSED]", "[4]"]);
}

#[test]
fn where_a_datagram_goes_and_where_it_came_from() {
    let place = [
        &libc::AF_INET.to_ne_bytes()[..2],
        &5000u16.to_be_bytes(),
        &[127, 1, 2, 3],
        &[0; 8],
    ]
    .concat();
    let bytes = [b"hello\0\0\0".as_slice(), &place].concat();
    let (sent, _) = both(libc::SYS_sendto, &[3, AT, 5, 0, AT + 8, 16], &bytes, b"", 5);
    assert_eq!(sent.address.as_deref(), Some("127.1.2.3:5000"));
    let after = [bytes.as_slice(), &16i32.to_ne_bytes()].concat();
    let args = [3, AT, 4, 0x20, AT + 8, AT + 24];
    let (asked, got) = both(libc::SYS_recvfrom, &args, b"", &after, 5);
    assert_eq!(asked.address, None);
    assert_eq!(got.address.as_deref(), Some("127.1.2.3:5000"));
    // MSG_TRUNC: it was longer than the room for it.
    assert_eq!(
        (got.ret, got.moved, got.data.as_slice()),
        (Some(5), 4, b"hell".as_slice())
    );
}
