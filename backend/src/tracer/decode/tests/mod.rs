//! Recorded calls, and calls no sane program makes.

mod entries;

use super::*;
use crate::tracer::{Ended, Made, Waited};
use nix::unistd::Pid;
use proptest::prelude::*;
use shared::{event::End, os::Signal};

/// Pieces of memory by their address.
struct Recorded(Vec<(u64, Vec<u8>)>);

impl Memory for Recorded {
    fn read(&self, at: u64, len: usize) -> Vec<u8> {
        let piece = self.0.iter().find_map(|(base, bytes)| {
            let skip = usize::try_from(at.checked_sub(*base)?).ok()?;
            bytes.get(skip..).filter(|rest| !rest.is_empty())
        });
        piece.map_or_else(Vec::new, |bytes| bytes[..len.min(bytes.len())].to_vec())
    }
}

const AT: u64 = 0x7000;

fn words(numbers: &[u64]) -> Vec<u8> {
    numbers
        .iter()
        .flat_map(|number| number.to_ne_bytes())
        .collect()
}

fn ints(numbers: &[i32]) -> Vec<u8> {
    numbers
        .iter()
        .flat_map(|number| number.to_ne_bytes())
        .collect()
}

fn raw(nr: i64, args: &[u64]) -> Raw {
    let mut all = [0; 6];
    all[..args.len()].copy_from_slice(args);
    Raw { nr, args: all }
}

/// The arguments at the entry, and those at the exit with what the call brought.
fn both(nr: i64, args: &[u64], before: &[u8], after: &[u8], ret: i64) -> (Entered, Returned) {
    let raw = raw(nr, args);
    let entered = entered(raw, &Recorded(vec![(AT, before.to_vec())]), 1);
    let returned = returned(raw, &entered, ret, &Recorded(vec![(AT, after.to_vec())]), 2);
    (entered, returned)
}

#[test]
fn a_write_sends_what_was_in_memory_at_its_entry() {
    let (entered, returned) = both(libc::SYS_write, &[4, AT, 5], b"hello", b"jello", 5);
    assert_eq!(entered.args, ["4", "\"hello\"", "5"]);
    assert_eq!(
        (
            entered.fd,
            entered.len,
            entered.flow,
            entered.data.as_slice()
        ),
        (Some(4), Some(5), Flow::Send, b"hello".as_slice())
    );
    assert_eq!(
        (returned.args, returned.ret, returned.data.as_slice()),
        (entered.args, Some(5), b"hello".as_slice())
    );
    assert_eq!((returned.entered_ns, returned.at_ns), (1, 2));
}

#[test]
fn a_short_or_failed_write_sent_only_what_it_says() {
    let (_, returned) = both(libc::SYS_write, &[4, AT, 5], b"hello", b"hello", 2);
    assert_eq!(returned.data, b"he");
    let (_, returned) = both(libc::SYS_write, &[4, AT, 5], b"hello", b"hello", -11);
    assert_eq!(
        (returned.ret, returned.errno, returned.data.len()),
        (None, Some(Errno::EAGAIN), 0)
    );
}

#[test]
fn a_read_shows_what_the_kernel_filled_in() {
    let (entered, returned) = both(libc::SYS_read, &[3, AT, 64], b"", b"hello\0rubbish", 5);
    assert_eq!(
        (entered.args, entered.len),
        (vec!["3".into(), "…".into(), "64".into()], Some(64))
    );
    assert_eq!(
        (returned.args, returned.data.as_slice()),
        (
            vec!["3".into(), "\"hello\"".into(), "64".into()],
            b"hello".as_slice()
        )
    );
    let (_, returned) = both(libc::SYS_read, &[3, AT, 64], b"", b"x", 0);
    assert_eq!(returned.args[1], "\"\"");
    let (_, returned) = both(libc::SYS_read, &[3, AT, 64], b"", b"x", -4);
    assert_eq!(
        (returned.args[1].as_str(), returned.errno),
        ("0x7000", Some(Errno::EINTR))
    );
}

#[test]
fn long_and_odd_bytes_are_shown_as_strace_does() {
    let (entered, _) = both(libc::SYS_write, &[1, AT, 40], &[b'a'; 40], b"", 40);
    assert_eq!(entered.args[1], format!("\"{}\"...", "a".repeat(32)));
    let (entered, _) = both(
        libc::SYS_write,
        &[1, AT, 9],
        b"\"\\\n\t\x01\x012\xff\0",
        b"",
        9,
    );
    assert_eq!(entered.args[1], r#""\"\\\n\t\1\0012\377\0""#);
    let (entered, _) = both(libc::SYS_write, &[1, 0, 9], b"", b"", -14);
    assert_eq!(entered.args[1], "NULL");
}

#[test]
fn vectors_are_one_payload() {
    let mut memory = words(&[AT + 100, 3, AT + 103, 4]);
    memory.resize(100, 0);
    memory.extend_from_slice(b"onefour");
    let (entered, returned) = both(libc::SYS_writev, &[1, AT, 2], &memory, &memory, 5);
    assert_eq!(
        entered.args[1],
        "[{iov_base=\"one\", iov_len=3}, {iov_base=\"four\", iov_len=4}]"
    );
    assert_eq!(
        (
            entered.len,
            entered.data.as_slice(),
            returned.data.as_slice()
        ),
        (Some(7), b"onefour".as_slice(), b"onefo".as_slice())
    );
    let (_, returned) = both(libc::SYS_readv, &[1, AT, 2], &memory, &memory, 5);
    assert_eq!(
        returned.args[1],
        "[{iov_base=\"one\", iov_len=3}, {iov_base=\"fo\", iov_len=4}]"
    );
    assert_eq!(returned.data, b"onefo");
}

#[test]
fn descriptors_that_come_to_be_are_named() {
    let (entered, returned) = both(libc::SYS_pipe2, &[AT, 0o2_004_000], b"", &ints(&[3, 4]), 0);
    assert_eq!(entered.args, ["…", "O_NONBLOCK|O_CLOEXEC"]);
    assert_eq!(returned.args[0], "[3, 4]");
    let [read, write] = [(3, End::Read), (4, End::Write)].map(|(fd, end)| Made {
        fd,
        end: Some(end),
        of: None,
        peer: None,
    });
    assert_eq!(returned.created, [read, write]);
    let at_fdcwd = 0xffff_ff9c;
    let (entered, returned) = both(
        libc::SYS_openat,
        &[at_fdcwd, AT, 0o1, 0o666],
        b"/tmp/fifo\0",
        b"",
        5,
    );
    assert_eq!(entered.args, ["AT_FDCWD", "\"/tmp/fifo\"", "O_WRONLY"]);
    assert_eq!(
        returned.created,
        [Made {
            fd: 5,
            end: Some(End::Write),
            of: None,
            peer: None
        }]
    );
    let (_, returned) = both(
        libc::SYS_openat,
        &[at_fdcwd, AT, 0o1],
        b"/tmp/fifo\0",
        b"",
        -6,
    );
    assert_eq!(
        (returned.created.len(), returned.errno),
        (0, Some(Errno::ENXIO))
    );
    let (_, returned) = both(libc::SYS_dup, &[4], b"", b"", 7);
    assert_eq!(
        returned.created,
        [Made {
            fd: 7,
            end: None,
            of: Some(4),
            peer: None
        }]
    );
    let (_, returned) = both(libc::SYS_fcntl, &[4, 1032], b"", b"", 65_536);
    assert_eq!(
        (returned.args.join(" ").as_str(), returned.created.len()),
        ("4 F_GETPIPE_SZ", 0)
    );
}

#[test]
fn a_fifo_is_made() {
    let (entered, _) = both(
        libc::SYS_mknodat,
        &[0xffff_ff9c, AT, 0o10_600, 0],
        b"a\"b\0",
        b"",
        0,
    );
    assert_eq!(entered.args, ["AT_FDCWD", "\"a\\\"b\"", "S_IFIFO|0600"]);
}

#[test]
fn a_wait_tells_how_the_child_ended() {
    let (entered, returned) = both(
        libc::SYS_wait4,
        &[u64::MAX, AT, 0, 0],
        b"",
        &ints(&[0x0300]),
        42,
    );
    assert_eq!(entered.args, ["-1", "…", "0", "NULL"]);
    assert_eq!(returned.args[1], "[{WIFEXITED(s) && WEXITSTATUS(s) == 3}]");
    assert_eq!(
        returned.waited,
        Some(Waited {
            pid: Pid::from_raw(42),
            how: Some(Ended::Code(3))
        })
    );
    let (_, returned) = both(libc::SYS_wait4, &[42, AT, 1, 0], b"", &ints(&[13]), 42);
    assert_eq!(
        (returned.args[1].as_str(), returned.args[2].as_str()),
        ("[{WIFSIGNALED(s) && WTERMSIG(s) == SIGPIPE}]", "WNOHANG")
    );
    assert_eq!(
        returned.waited.and_then(|waited| waited.how),
        Some(Ended::Signal(Signal::SIGPIPE))
    );
    let (_, returned) = both(libc::SYS_wait4, &[42, AT, 1, 0], b"", &ints(&[13]), 0);
    assert_eq!(
        (returned.args[1].as_str(), returned.waited),
        ("0x7000", None)
    );
}

#[test]
fn the_environment_is_counted_not_shown() {
    let mut memory = words(&[AT + 64, AT + 68, 0, AT + 64, AT + 64, 0, 0, 0]);
    memory.extend_from_slice(b"cat\0-\0SECRET\0");
    let (entered, _) = both(libc::SYS_execve, &[AT + 64, AT, AT + 24], &memory, b"", 0);
    assert_eq!(
        entered.args,
        ["\"cat\"", "[\"cat\", \"-\"]", "0x7018 /* 2 vars */"]
    );
}

#[test]
fn a_poll_shows_what_it_waits_for_and_what_came() {
    let [before, after] =
        [[3, 0x0000_0001, 127, 5], [3, 0x0010_0001, 127, 5]].map(|numbers| ints(&numbers));
    let (entered, returned) = both(libc::SYS_ppoll, &[AT, 2, 0, 0, 8], &before, &after, 1);
    assert_eq!(
        entered.args[0],
        "[{fd=3, events=POLLIN}, {fd=127, events=POLLIN|POLLOUT}]"
    );
    assert_eq!(
        returned.args[0],
        "[{fd=3, events=POLLIN, revents=POLLHUP}, {fd=127, events=POLLIN|POLLOUT}]"
    );
    let polls_only = |fds| {
        polls_only(
            raw(libc::SYS_ppoll, &[AT, 2]),
            &Recorded(vec![(AT, before.clone())]),
            fds,
        )
    };
    assert!(polls_only(3..=127) && !polls_only(100..=127));
}

#[test]
fn splice_and_tee_have_two_descriptors() {
    let (entered, _) = both(libc::SYS_splice, &[3, 0, 4, 0, 100, 1], b"", b"", 100);
    assert_eq!(
        (entered.fd, entered.fd_out, entered.flow, entered.len),
        (Some(3), Some(4), Flow::Move, Some(100))
    );
    assert_eq!(
        entered.args,
        ["3", "NULL", "4", "NULL", "100", "SPLICE_F_MOVE"]
    );
    let (entered, _) = both(libc::SYS_tee, &[3, 4, 100, 0], b"", b"", 100);
    assert_eq!(
        (entered.fd, entered.fd_out, entered.flow),
        (Some(3), Some(4), Flow::Copy)
    );
}

#[test]
fn a_long_path_is_cut() {
    let (entered, _) = both(libc::SYS_openat, &[3, AT, 0], &[b'\x01'; 8000], b"", -36);
    assert!(
        entered.args[1].len() <= MAX_ARGUMENT + 3 && entered.args[1].ends_with("..."),
        "{}",
        entered.args[1].len()
    );
}

#[test]
fn what_proc_says_of_a_call() {
    let call =
        Raw::parse("0 0x3 0x7ff92ce37bc0 0x1 0x0 0x0 0x0 0x7fff53264ab8 0x7ff92d5162ad\n").unwrap();
    assert_eq!(
        (call.nr, call.args[..3].to_vec()),
        (0, vec![3, 0x7ff9_2ce3_7bc0, 1])
    );
    for text in ["running", "", "-1 0x7fff53264ab8 0x7ff92d5162ad", "0 3 4"] {
        assert_eq!(Raw::parse(text), None, "{text}");
    }
}

/// Memory that answers any address, and not always with as much as was asked for.
struct Any(Vec<u8>);

impl Memory for Any {
    fn read(&self, at: u64, len: usize) -> Vec<u8> {
        assert!(len <= MAX_DATA, "a bounded amount is asked for");
        let skip = usize::try_from(at % 64).unwrap();
        self.0.iter().skip(skip).copied().take(len).collect()
    }
}

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![
        Just(0),
        Just(1),
        Just(u64::MAX),
        Just(u64::MAX - 7),
        0u64..200,
        AT..AT + 200,
        any::<u64>()
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn nothing_makes_it_panic_or_grow(
        nr in prop_oneof![0i64..460, any::<i64>()],
        args in proptest::array::uniform6(number()),
        ret in prop_oneof![-600i64..600, any::<i64>()],
        memory in proptest::collection::vec(any::<u8>(), 0..4096),
    ) {
        let (raw, memory) = (Raw { nr, args }, Any(memory));
        let entered = entered(raw, &memory, 0);
        let returned = returned(raw, &entered, ret, &memory, 0);
        for args in [&entered.args, &returned.args] {
            prop_assert!(args.iter().all(|arg| arg.len() <= MAX_ARGUMENT + 3), "{args:?}");
            prop_assert!(args.len() <= 6);
        }
        prop_assert!(entered.data.len() <= MAX_DATA && returned.data.len() <= MAX_DATA);
        prop_assert_eq!(returned.ret.is_some(), returned.errno.is_none());
        concerns_only(raw, &memory, 100..=127);
    }

    #[test]
    fn the_same_for_every_call_that_is_known(
        nr in proptest::sample::select(crate::sandbox::traced().collect::<Vec<_>>()),
        args in proptest::array::uniform6(number()),
        ret in -600i64..600,
        memory in proptest::collection::vec(any::<u8>(), 0..4096),
    ) {
        let (raw, memory) = (Raw { nr, args }, Any(memory));
        let entered = entered(raw, &memory, 0);
        prop_assert_ne!(entered.name, "unknown");
        prop_assert!(returned(raw, &entered, ret, &memory, 0).args.iter().all(|arg| arg.len() <= MAX_ARGUMENT + 3));
    }
}
