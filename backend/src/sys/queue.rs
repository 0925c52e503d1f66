//! The calls of message queues, POSIX and System V. mq_overview(7), sysvipc(7).
#![expect(
    unsafe_code,
    reason = "neither nix as we use it nor rustix wraps these calls"
)]

use super::calls::Fd;
use nix::errno::Errno;
use std::{ffi::CStr, mem, ptr};

/// Who may open a queue: its owner.
const MODE: libc::mode_t = 0o600;

/// What mq_getattr(3) says of a POSIX queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// `mq_maxmsg`: messages there is room for.
    pub maxmsg: u64,
    /// `mq_msgsize`: bytes the longest message may have.
    pub msgsize: u64,
    /// `mq_curmsgs`: messages in it now.
    pub curmsgs: u64,
}

/// `mqd_t mq_open(const char *name, int oflag)`: a queue there is.
///
/// # Errors
/// As in mq_open(3); `ENOENT` if there is none.
#[track_caller]
pub fn mq_open(name: &CStr, flags: libc::c_int) -> Result<Fd, Errno> {
    super::here::mark();
    // SAFETY: the name is a live C string; without O_CREAT there are no further arguments.
    Errno::result(unsafe { libc::mq_open(name.as_ptr(), flags) })
}

/// `mqd_t mq_open(const char *name, O_CREAT | O_EXCL | oflag, mode_t mode, struct mq_attr *attr)`: a new queue.
///
/// # Errors
/// As in mq_open(3): `EEXIST`; `EINVAL` above what the system allows; `EMFILE` above `RLIMIT_MSGQUEUE`; `ENOSPC` above
/// `fs.mqueue.queues_max`.
#[track_caller]
pub fn mq_create(name: &CStr, flags: libc::c_int, maxmsg: u64, msgsize: u64) -> Result<Fd, Errno> {
    super::here::mark();
    // SAFETY: all zeros is a value of this structure of numbers.
    let mut attributes: libc::mq_attr = unsafe { mem::zeroed() };
    attributes.mq_maxmsg = long(maxmsg)?;
    attributes.mq_msgsize = long(msgsize)?;
    let flags = flags | libc::O_CREAT | libc::O_EXCL;
    // SAFETY: the name is a live C string, and the structure lives until the call is back.
    Errno::result(unsafe { libc::mq_open(name.as_ptr(), flags, MODE, &raw mut attributes) })
}

/// `int mq_send(mqd_t mqdes, const char *msg_ptr, size_t msg_len, unsigned int msg_prio)`: puts a message in, whole.
///
/// # Errors
/// As in mq_send(3): `EMSGSIZE`; `EAGAIN` with `O_NONBLOCK` when it is full.
#[track_caller]
pub fn mq_send(queue: Fd, message: &[u8], priority: u32) -> Result<(), Errno> {
    super::here::mark();
    // SAFETY: the kernel reads at most `len` bytes of the slice, which is borrowed for as long.
    let sent = unsafe { libc::mq_send(queue, message.as_ptr().cast(), message.len(), priority) };
    Errno::result(sent).map(drop)
}

/// `ssize_t mq_receive(mqd_t mqdes, char *msg_ptr, size_t msg_len, unsigned int *msg_prio)`: takes the oldest message of
/// the highest priority; how long it is, and its priority.
///
/// # Errors
/// As in mq_receive(3): `EMSGSIZE` if the buffer is smaller than any message could be; `EAGAIN` with `O_NONBLOCK`.
#[track_caller]
pub fn mq_receive(queue: Fd, buffer: &mut [u8]) -> Result<(usize, u32), Errno> {
    super::here::mark();
    let mut priority = 0;
    // SAFETY: the kernel writes at most `len` bytes to the slice and the number, which are borrowed for as long.
    let len = unsafe {
        libc::mq_receive(
            queue,
            buffer.as_mut_ptr().cast(),
            buffer.len(),
            &raw mut priority,
        )
    };
    let len = usize::try_from(len).map_err(|_| Errno::last())?;
    Ok((len, priority))
}

/// `int mq_getattr(mqd_t mqdes, struct mq_attr *attr)`.
///
/// # Errors
/// As in mq_getattr(3).
#[track_caller]
pub fn mq_getattr(queue: Fd) -> Result<Attributes, Errno> {
    super::here::mark();
    // SAFETY: all zeros is a value of this structure of numbers.
    let mut about: libc::mq_attr = unsafe { mem::zeroed() };
    // SAFETY: the kernel fills the structure, which lives.
    Errno::result(unsafe { libc::mq_getattr(queue, &raw mut about) })?;
    Ok(Attributes {
        maxmsg: count(about.mq_maxmsg),
        msgsize: count(about.mq_msgsize),
        curmsgs: count(about.mq_curmsgs),
    })
}

/// `int mq_notify(mqd_t mqdes, const struct sigevent *sevp)`: asks for `signal` when a message comes into the empty queue
/// while nobody sleeps in mq_receive. Once: whoever wants to hear of the next has to ask again.
///
/// # Errors
/// As in mq_notify(3): `EBUSY` if somebody has asked already.
#[track_caller]
pub fn mq_notify(queue: Fd, signal: libc::c_int) -> Result<(), Errno> {
    super::here::mark();
    // SAFETY: all zeros is a value of this structure, whose pointers a signal does not use.
    let mut event: libc::sigevent = unsafe { mem::zeroed() };
    event.sigev_notify = libc::SIGEV_SIGNAL;
    event.sigev_signo = signal;
    // SAFETY: the kernel reads the structure, which lives until the call is back.
    Errno::result(unsafe { libc::mq_notify(queue, &raw const event) }).map(drop)
}

/// `int mq_close(mqd_t mqdes)`.
///
/// # Errors
/// As in mq_close(3).
#[track_caller]
pub fn mq_close(queue: Fd) -> Result<(), Errno> {
    super::here::mark();
    // SAFETY: the lesson's descriptors are numbers everywhere; no value owns one.
    Errno::result(unsafe { libc::mq_close(queue) }).map(drop)
}

/// `int mq_unlink(const char *name)`: takes the name away; the queue lives on until the last descriptor is closed.
///
/// # Errors
/// As in mq_unlink(3).
#[track_caller]
pub fn mq_unlink(name: &CStr) -> Result<(), Errno> {
    super::here::mark();
    // SAFETY: the name is a live C string for the length of the call.
    Errno::result(unsafe { libc::mq_unlink(name.as_ptr()) }).map(drop)
}

/// `int msgget(key_t key, int msgflg)`: the id of a queue; with `IPC_CREAT | IPC_EXCL` of a new one.
///
/// # Errors
/// As in msgget(2).
#[track_caller]
pub fn msgget(key: i32, flags: libc::c_int) -> Result<i32, Errno> {
    super::here::mark();
    let mode = libc::c_int::try_from(MODE).unwrap_or(0);
    // SAFETY: takes numbers only.
    Errno::result(unsafe { libc::msgget(key, flags | mode) })
}

/// A message as msgsnd(2) and msgrcv(2) want it: its type in front, a `long`, and then its bytes.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// The type, and behind it the bytes; whole words, so that the type is aligned.
    words: Vec<i64>,
    len: usize,
}

const WORD: usize = mem::size_of::<i64>();

impl Envelope {
    /// With room for `len` bytes.
    pub fn with_room(len: usize) -> Self {
        Self {
            words: vec![0; 1 + len.div_ceil(WORD)],
            len,
        }
    }

    /// With a type and bytes in it.
    pub fn new(r#type: i64, bytes: &[u8]) -> Self {
        let mut envelope = Self::with_room(bytes.len());
        if let Some((first, rest)) = envelope.words.split_first_mut() {
            *first = r#type;
            for (word, chunk) in rest.iter_mut().zip(bytes.chunks(WORD)) {
                let mut whole = [0; WORD];
                whole[..chunk.len()].copy_from_slice(chunk);
                *word = i64::from_ne_bytes(whole);
            }
        }
        envelope
    }

    /// The type.
    pub fn r#type(&self) -> i64 {
        self.words.first().copied().unwrap_or(0)
    }

    /// The first `len` of its bytes.
    pub fn bytes(&self, len: usize) -> &[u8] {
        let text = self.words.get(1..).unwrap_or_default();
        let len = len.min(mem::size_of_val(text));
        // SAFETY: `len` bytes of words that are borrowed for as long; every byte of a word is a value.
        unsafe { std::slice::from_raw_parts(text.as_ptr().cast(), len) }
    }
}

/// `int msgsnd(int msqid, const void *msgp, size_t msgsz, int msgflg)`: puts a message in, whole.
///
/// # Errors
/// As in msgop(2): `EINVAL` if it is longer than `kernel.msgmax`; `EAGAIN` with `IPC_NOWAIT`; `EIDRM` when the queue is
/// removed meanwhile.
#[track_caller]
pub fn msgsnd(queue: i32, message: &Envelope, flags: libc::c_int) -> Result<(), Errno> {
    super::here::mark();
    // SAFETY: behind the type, the words have at least `len` bytes; the kernel only reads them.
    let sent = unsafe { libc::msgsnd(queue, message.words.as_ptr().cast(), message.len, flags) };
    Errno::result(sent).map(drop)
}

/// `ssize_t msgrcv(int msqid, void *msgp, size_t msgsz, long msgtyp, int msgflg)`: takes the oldest message (0), the oldest
/// of a type (positive), or the oldest of the lowest type up to one (negative); how long it is.
///
/// # Errors
/// As in msgop(2): `E2BIG` if there is no room for it, unless `MSG_NOERROR`; `ENOMSG` with `IPC_NOWAIT`; `EIDRM` when the
/// queue is removed meanwhile.
#[track_caller]
pub fn msgrcv(
    queue: i32,
    room: &mut Envelope,
    msgtyp: i64,
    flags: libc::c_int,
) -> Result<usize, Errno> {
    super::here::mark();
    let (text, len) = (room.words.as_mut_ptr(), room.len);
    // SAFETY: the kernel writes the type and at most `len` bytes behind it, for which the words have room.
    let len = unsafe { libc::msgrcv(queue, text.cast(), len, msgtyp, flags) };
    usize::try_from(len).map_err(|_| Errno::last())
}

/// `int msgctl(int msqid, IPC_SET, struct msqid_ds *buf)` with another `msg_qbytes`: how many bytes it has room for.
///
/// # Errors
/// As in msgctl(2); `EPERM` above `kernel.msgmnb` for whoever is not privileged.
#[track_caller]
pub fn set_queue_bytes(queue: i32, bytes: u64) -> Result<(), Errno> {
    super::here::mark();
    // SAFETY: all zeros is a value of this structure, which has no references.
    let mut about: libc::msqid_ds = unsafe { mem::zeroed() };
    // SAFETY: the kernel fills the structure, which lives.
    Errno::result(unsafe { libc::msgctl(queue, libc::IPC_STAT, &raw mut about) })?;
    about.msg_qbytes = bytes;
    // SAFETY: the kernel reads the structure, which lives.
    Errno::result(unsafe { libc::msgctl(queue, libc::IPC_SET, &raw mut about) }).map(drop)
}

/// What `msgctl(IPC_STAT)` says of a System V queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueStatus {
    /// `msg_qnum`: messages in it.
    pub messages: u64,
    /// `msg_cbytes`: bytes of all of them.
    pub bytes: u64,
    /// `msg_qbytes`: bytes there is room for.
    pub qbytes: u64,
    /// `msg_lspid`: who sent last, 0 for nobody yet.
    pub last_sender: u64,
    /// `msg_lrpid`: who received last.
    pub last_receiver: u64,
}

/// `int msgctl(int msqid, IPC_STAT, struct msqid_ds *buf)`.
///
/// # Errors
/// As in msgctl(2): `EINVAL` or `EIDRM` when it is gone.
#[track_caller]
pub fn msg_status(queue: i32) -> Result<QueueStatus, Errno> {
    super::here::mark();
    // SAFETY: all zeros is a value of this structure, which has no references.
    let mut about: libc::msqid_ds = unsafe { mem::zeroed() };
    // SAFETY: the kernel fills the structure, which lives.
    Errno::result(unsafe { libc::msgctl(queue, libc::IPC_STAT, &raw mut about) })?;
    Ok(QueueStatus {
        messages: about.msg_qnum,
        bytes: about.__msg_cbytes,
        qbytes: about.msg_qbytes,
        last_sender: u64::try_from(about.msg_lspid).unwrap_or(0),
        last_receiver: u64::try_from(about.msg_lrpid).unwrap_or(0),
    })
}

/// `int msgctl(int msqid, IPC_RMID, NULL)`: ends the queue at once, with all that is in it.
///
/// # Errors
/// As in msgctl(2).
#[track_caller]
pub fn msg_remove(queue: i32) -> Result<(), Errno> {
    super::here::mark();
    // SAFETY: this command reads no structure.
    Errno::result(unsafe { libc::msgctl(queue, libc::IPC_RMID, ptr::null_mut()) }).map(drop)
}

fn long(number: u64) -> Result<libc::c_long, Errno> {
    libc::c_long::try_from(number).map_err(|_| Errno::EINVAL)
}

fn count(number: libc::c_long) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Envelope;

    #[test]
    fn an_envelope_has_its_type_in_front_and_every_byte_behind() {
        let bytes: Vec<u8> = (0..=20).collect();
        for len in 0..bytes.len() {
            let envelope = Envelope::new(7, &bytes[..len]);
            assert_eq!((envelope.r#type(), envelope.bytes(len)), (7, &bytes[..len]));
            assert!(envelope.bytes(1_000).len() < len + 8);
        }
    }
}
