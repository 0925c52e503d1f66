//! The calls of signals: sending, masking, handling, waiting. signal(7), sigaction(2), sigqueue(3), signalfd(2).
//!
//! By number, since real-time signals have no names in the crates we use. The handler is the one piece of the roles that is
//! not top to bottom: it may run between any two instructions, so it does nothing but count and send one line with what
//! signal-safety(7) allows.
#![expect(
    unsafe_code,
    reason = "handlers, signal sets with real-time signals and sigqueue have no safe wrapper"
)]

use super::calls::Fd;
use crate::sandbox::REPORT_FD;
use nix::errno::Errno;
use shared::mechanism::signal::Handler;
use std::{
    mem::{self, MaybeUninit},
    ptr,
    sync::atomic::{AtomicU64, Ordering},
};

/// One past the highest signal, `_NSIG`.
const SIGNALS: usize = 65;

/// How often the handler has run in this process, for each signal.
static TIMES: [AtomicU64; SIGNALS] = [const { AtomicU64::new(0) }; SIGNALS];

/// What `siginfo_t` or `struct signalfd_siginfo` says of a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info {
    /// `si_signo`.
    pub signal: i32,
    /// `si_pid`: who sent it.
    pub from: i32,
    /// `si_code`: `SI_USER` from kill(2), `SI_QUEUE` from sigqueue(3).
    pub code: i32,
    /// `si_int`: what came with it; nothing unless it was queued.
    pub value: Option<i32>,
}

impl Info {
    fn new(signal: i32, from: i32, code: i32, value: i32) -> Self {
        Self {
            signal,
            from,
            code,
            value: (code == libc::SI_QUEUE).then_some(value),
        }
    }

    /// How it was sent: `SI_USER`, `SI_QUEUE`.
    pub fn code_name(&self) -> &'static str {
        match self.code {
            libc::SI_USER => "SI_USER",
            libc::SI_QUEUE => "SI_QUEUE",
            libc::SI_TKILL => "SI_TKILL",
            libc::SI_KERNEL => "SI_KERNEL",
            _ => "other",
        }
    }
}

/// `int kill(pid_t pid, int sig)`: sends a signal, and nothing with it.
///
/// # Errors
/// As in kill(2): `ESRCH` if there is no such process, `EPERM` if it is another user's.
#[track_caller]
pub fn kill(pid: i32, signal: i32) -> Result<(), Errno> {
    super::here::mark();
    // SAFETY: takes numbers only.
    Errno::result(unsafe { libc::kill(pid, signal) }).map(drop)
}

/// `int sigqueue(pid_t pid, int sig, const union sigval value)`: sends a signal and one `int`.
///
/// # Errors
/// As in sigqueue(3): besides those of kill(2), `EAGAIN` when `RLIMIT_SIGPENDING` signals wait already.
#[track_caller]
pub fn sigqueue(pid: i32, signal: i32, value: i32) -> Result<(), Errno> {
    super::here::mark();
    // The union's `sival_int` is its first four bytes: the low ones of the pointer on the machines we run on.
    let number = usize::try_from(value.cast_unsigned()).map_err(|_| Errno::EINVAL)?;
    let value = libc::sigval {
        sival_ptr: ptr::without_provenance_mut(number),
    };
    // SAFETY: the value is handed on as it is; nobody follows it as a pointer.
    Errno::result(unsafe { libc::sigqueue(pid, signal, value) }).map(drop)
}

/// `int sigaction(int signum, const struct sigaction *act, NULL)`: what a signal does from now on. While its handler runs,
/// `held` wait: one handler at a time, so that their order is that of delivery.
///
/// # Errors
/// `EINVAL` for SIGKILL and SIGSTOP: what they do cannot be changed.
#[track_caller]
pub fn sigaction(signal: i32, how: Handler, held: &[i32]) -> Result<(), Errno> {
    super::here::mark();
    // SAFETY: all zeros is a value of this structure: no handler, no flags, an empty mask.
    let mut action: libc::sigaction = unsafe { mem::zeroed() };
    let function: extern "C" fn(i32, *mut libc::siginfo_t, *mut libc::c_void) = handler;
    match how {
        Handler::Default => action.sa_sigaction = libc::SIG_DFL,
        Handler::Ignore => action.sa_sigaction = libc::SIG_IGN,
        Handler::Handler | Handler::Restart => {
            action.sa_sigaction = function as usize;
            action.sa_flags = libc::SA_SIGINFO;
            action.sa_mask = set(held);
        }
    }
    if how == Handler::Restart {
        action.sa_flags |= libc::SA_RESTART;
    }
    // SAFETY: the handler has the signature that SA_SIGINFO asks for, and does only what signal-safety(7) allows.
    Errno::result(unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) }).map(drop)
}

/// `int sigprocmask(SIG_BLOCK, const sigset_t *set, NULL)`: these wait from now on when they are sent.
///
/// # Errors
/// None for signals there are; SIGKILL and SIGSTOP are left out without a word.
#[track_caller]
pub fn block(signals: &[i32]) -> Result<(), Errno> {
    super::here::mark();
    mask(libc::SIG_BLOCK, &set(signals))
}

/// `int sigprocmask(SIG_UNBLOCK, const sigset_t *set, NULL)`: at least one of those that wait is delivered before it returns.
///
/// # Errors
/// None for signals there are.
#[track_caller]
pub fn unblock(signals: &[i32]) -> Result<(), Errno> {
    super::here::mark();
    mask(libc::SIG_UNBLOCK, &set(signals))
}

fn mask(how: libc::c_int, set: &libc::sigset_t) -> Result<(), Errno> {
    // SAFETY: the set lives until the call is back, and a role has one thread.
    Errno::result(unsafe { libc::sigprocmask(how, set, ptr::null_mut()) }).map(drop)
}

/// `int sigpending(sigset_t *set)`: the signals that were sent and are held back.
///
/// # Errors
/// None that a lesson could meet.
#[track_caller]
pub fn sigpending() -> Result<Vec<i32>, Errno> {
    super::here::mark();
    let mut set = empty();
    // SAFETY: the kernel fills in the set, which lives.
    Errno::result(unsafe { libc::sigpending(&raw mut set) })?;
    let has = |signal: &i32| {
        // SAFETY: looks at one bit of a set that lives.
        unsafe { libc::sigismember(&raw const set, *signal) == 1 }
    };
    Ok((1..=64).filter(has).collect())
}

/// `int sigwaitinfo(const sigset_t *set, siginfo_t *info)`: takes one of these, sleeps while none is pending. They must be
/// blocked.
///
/// # Errors
/// `EINTR` when a handler ran for another signal.
#[track_caller]
pub fn sigwaitinfo(signals: &[i32]) -> Result<Info, Errno> {
    super::here::mark();
    let set = set(signals);
    let mut info = MaybeUninit::<libc::siginfo_t>::uninit();
    // SAFETY: the kernel fills in the structure, which lives until the call is back.
    let signal = Errno::result(unsafe { libc::sigwaitinfo(&raw const set, info.as_mut_ptr()) })?;
    // SAFETY: the call returned well, so that it is filled in.
    Ok(told(signal, unsafe { info.assume_init_ref() }))
}

/// `int signalfd(-1, const sigset_t *mask, int flags)`: a descriptor from which these are read. They must be blocked.
///
/// # Errors
/// As in signalfd(2).
#[track_caller]
pub fn signalfd(signals: &[i32]) -> Result<Fd, Errno> {
    super::here::mark();
    let set = set(signals);
    // SAFETY: the set lives until the call is back.
    Errno::result(unsafe { libc::signalfd(-1, &raw const set, 0) })
}

/// What a read of a signalfd returns for each signal: `sizeof(struct signalfd_siginfo)` bytes.
pub const SIGNALFD_SIGINFO: usize = mem::size_of::<libc::signalfd_siginfo>();

/// One `struct signalfd_siginfo`, as it was read; `None` if that is not all of it.
pub fn signalfd_siginfo(bytes: &[u8]) -> Option<Info> {
    let number = |field: usize| -> Option<i32> {
        let bytes = bytes.get(field..field + 4)?;
        Some(i32::from_ne_bytes(bytes.try_into().ok()?))
    };
    Some(Info::new(
        number(mem::offset_of!(libc::signalfd_siginfo, ssi_signo))?,
        number(mem::offset_of!(libc::signalfd_siginfo, ssi_pid))?,
        number(mem::offset_of!(libc::signalfd_siginfo, ssi_code))?,
        number(mem::offset_of!(libc::signalfd_siginfo, ssi_int))?,
    ))
}

fn empty() -> libc::sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: fills in a set that lives; it cannot fail for an address that is good.
    unsafe { libc::sigemptyset(set.as_mut_ptr()) };
    // SAFETY: it was filled in just now, all of it.
    unsafe { set.assume_init() }
}

fn full() -> libc::sigset_t {
    let mut set = empty();
    // SAFETY: changes a set that lives.
    unsafe { libc::sigfillset(&raw mut set) };
    set
}

/// A set of these; 0 stands for all there are.
fn set(signals: &[i32]) -> libc::sigset_t {
    if signals.contains(&0) {
        return full();
    }
    let mut set = empty();
    for signal in signals {
        // SAFETY: changes a set that lives; a number that is no signal is refused and left out.
        unsafe { libc::sigaddset(&raw mut set, *signal) };
    }
    set
}

fn told(signal: i32, info: &libc::siginfo_t) -> Info {
    // SAFETY: the union has this field for every signal that a process sent; for others it is a number of no meaning.
    let from = unsafe { info.si_pid() };
    // SAFETY: as above.
    let value = unsafe { info.si_value() };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "sival_int is the low half of the union"
    )]
    let value = value.sival_ptr.addr() as u32;
    Info::new(signal, from, info.si_code, value.cast_signed())
}

/// Runs for a signal, between any two instructions of the role. It counts, and says so itself: one send(2) of a line that
/// it wrote on its own stack. No memory is asked for, no lock is taken, errno is put back.
extern "C" fn handler(signal: i32, info: *mut libc::siginfo_t, _context: *mut libc::c_void) {
    // SAFETY: takes nothing; the address of this thread's own errno, which lives as long as the thread.
    let place = unsafe { libc::__errno_location() };
    // SAFETY: as above; it is a number, and only this thread reads and writes it.
    let errno = unsafe { *place };
    let counter = usize::try_from(signal).ok().and_then(|n| TIMES.get(n));
    let times = counter.map_or(0, |times| times.fetch_add(1, Ordering::Relaxed) + 1);
    // SAFETY: with SA_SIGINFO the kernel passes the structure it has filled in on this stack.
    let info = told(signal, unsafe { &*info });

    let mut line = Line::new();
    line.text(b"{\"report\":\"said\",\"what\":\"handled\",\"about\":{\"number\":");
    line.number(i64::from(signal));
    line.text(b",\"code\":\"");
    line.text(info.code_name().as_bytes());
    line.text(b"\",\"from\":");
    line.number(i64::from(info.from));
    if let Some(value) = info.value {
        line.text(b",\"value\":");
        line.number(i64::from(value));
    }
    line.text(b",\"times\":");
    line.number(i64::try_from(times).unwrap_or(i64::MAX));
    line.text(b"},\"ns\":");
    line.number(now());
    line.text(b"}\n");
    // SAFETY: send(2) may be called in a handler, and reads at most `len` bytes of this stack.
    unsafe {
        libc::send(
            REPORT_FD,
            line.bytes.as_ptr().cast(),
            line.len,
            libc::MSG_NOSIGNAL,
        )
    };

    // SAFETY: as above; what was interrupted may be about to look at it.
    unsafe { *place = errno };
}

/// When the handler runs, as every report says: clock_gettime(2) may be called in a handler.
fn now() -> i64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    now.tv_sec * 1_000_000_000 + now.tv_nsec
}

/// A line on the stack: formatting of the standard library may panic and allocate, which a handler must not.
struct Line {
    bytes: [u8; 256],
    len: usize,
}

impl Line {
    const fn new() -> Self {
        Self {
            bytes: [0; 256],
            len: 0,
        }
    }

    fn text(&mut self, text: &[u8]) {
        if let Some(room) = self.bytes.get_mut(self.len..self.len + text.len()) {
            room.copy_from_slice(text);
            self.len += text.len();
        }
    }

    fn number(&mut self, number: i64) {
        let mut digits = [0_u8; 20];
        let mut at = digits.len();
        let mut left = number.unsigned_abs();
        loop {
            at -= 1;
            if let Some(digit) = digits.get_mut(at) {
                *digit = b'0' + u8::try_from(left % 10).unwrap_or(0);
            }
            left /= 10;
            if left == 0 || at == 0 {
                break;
            }
        }
        if number < 0 {
            self.text(b"-");
        }
        self.text(digits.get(at..).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, SIGNALFD_SIGINFO, signalfd_siginfo};

    #[test]
    fn a_line_is_written_without_the_standard_library() {
        for number in [0, 7, -1, 42, i64::MAX, i64::MIN] {
            let mut line = Line::new();
            line.text(b"n=");
            line.number(number);
            assert_eq!(line.bytes[..line.len], *format!("n={number}").as_bytes());
        }
        let mut full = Line::new();
        full.text(&[b'x'; 300]);
        full.text(&[b'y'; 256]);
        full.text(b"z");
        assert_eq!(full.len, 256, "what has no room is left out");
    }

    #[test]
    fn half_a_structure_is_none() {
        assert_eq!(SIGNALFD_SIGINFO, 128);
        assert_eq!(signalfd_siginfo(&[0; 20]), None);
        let mut bytes = [0; 128];
        bytes[0] = 34;
        bytes[8..12].copy_from_slice(&(-1_i32).to_ne_bytes());
        bytes[44..48].copy_from_slice(&(-7_i32).to_ne_bytes());
        let info = signalfd_siginfo(&bytes).unwrap();
        assert_eq!(
            (info.signal, info.code_name(), info.value),
            (34, "SI_QUEUE", Some(-7))
        );
    }
}
