//! `struct msghdr`: what sendmsg(2) and recvmsg(2) move, and the descriptors that travel along. cmsg(3).

use super::{
    Context,
    buffers::{Vector, received_parts, sent_parts},
    flags::{Names, joined},
    numbers::{PENDING, address, low},
    sockets,
};

/// Bytes of a `struct msghdr`.
const HEADER: usize = 56;
/// Bytes in front of what a control message says.
const CONTROL: usize = 16;
/// Bytes of control messages that are looked at; the 253 descriptors that may travel at once take 1,028.
const MAX_CONTROL: u64 = 2048;

/// What came of a receive.
const FLAGS: Names = &[
    (libc::MSG_OOB, "MSG_OOB"),
    (libc::MSG_CTRUNC, "MSG_CTRUNC"),
    (libc::MSG_TRUNC, "MSG_TRUNC"),
    (libc::MSG_EOR, "MSG_EOR"),
    (libc::MSG_ERRQUEUE, "MSG_ERRQUEUE"),
    (libc::MSG_CMSG_CLOEXEC, "MSG_CMSG_CLOEXEC"),
];

/// A `struct msghdr`.
pub(super) struct Header {
    pub(super) name: u64,
    pub(super) name_len: u32,
    pub(super) vector: Vector,
    control: u64,
    control_len: u64,
    flags: i32,
}

impl Header {
    pub(super) fn read(context: &Context<'_>, place: u64) -> Option<Self> {
        let bytes = context.memory.exact::<HEADER>(place)?;
        let word = |at: usize| Some(u64::from_ne_bytes(*bytes.get(at..)?.first_chunk()?));
        Some(Self {
            name: word(0)?,
            name_len: low(word(8)?),
            vector: Vector {
                base: word(16)?,
                count: word(24)?,
            },
            control: word(32)?,
            control_len: word(40)?,
            flags: low(word(48)?).cast_signed(),
        })
    }

    /// Level, type and data of each control message.
    fn controls(&self, context: &Context<'_>) -> Vec<(u64, i32, i32, Vec<u8>)> {
        let len = usize::try_from(self.control_len.min(MAX_CONTROL)).unwrap_or(0);
        let bytes = context.memory.read(self.control, len);
        let mut rest = bytes.as_slice();
        let mut all = Vec::new();
        while let Some(head) = rest.first_chunk::<CONTROL>() {
            let (words, _) = head.as_chunks::<8>();
            let (ints, _) = head.as_chunks::<4>();
            let long = u64::from_ne_bytes(words[0]);
            let [level, kind] = [ints[2], ints[3]].map(i32::from_ne_bytes);
            let Some(data) = usize::try_from(long)
                .ok()
                .and_then(|end| rest.get(CONTROL..end))
            else {
                break;
            };
            all.push((long, level, kind, data.to_vec()));
            let next = (CONTROL + data.len()).next_multiple_of(8);
            rest = rest.get(next..).unwrap_or_default();
        }
        all
    }

    /// Descriptors that travel along.
    pub(super) fn rights(&self, context: &Context<'_>) -> Vec<i32> {
        self.controls(context)
            .iter()
            .filter(|(_, level, kind, _)| (*level, *kind) == (libc::SOL_SOCKET, libc::SCM_RIGHTS))
            .flat_map(|(_, _, _, data)| numbers(data))
            .collect()
    }

    fn control_text(&self, context: &Context<'_>) -> String {
        let shown: Vec<String> = self
            .controls(context)
            .into_iter()
            .map(|(len, level, kind, data)| {
                let level_name = if level == libc::SOL_SOCKET {
                    "SOL_SOCKET".to_owned()
                } else {
                    format!("{level:#x}")
                };
                let (kind_name, data) = match (level, kind) {
                    (libc::SOL_SOCKET, libc::SCM_RIGHTS) => {
                        let fds: Vec<String> = numbers(&data).map(|fd| fd.to_string()).collect();
                        ("SCM_RIGHTS".to_owned(), format!("[{}]", fds.join(", ")))
                    }
                    (libc::SOL_SOCKET, libc::SCM_CREDENTIALS) => {
                        let who: Vec<String> = numbers(&data)
                            .zip(["pid", "uid", "gid"])
                            .map(|(number, name)| format!("{name}={number}"))
                            .collect();
                        ("SCM_CREDENTIALS".to_owned(), format!("{{{}}}", who.join(", ")))
                    }
                    _ => (format!("{kind:#x}"), format!("{} bytes", data.len())),
                };
                format!(
                    "{{cmsg_len={len}, cmsg_level={level_name}, cmsg_type={kind_name}, cmsg_data={data}}}"
                )
            })
            .collect();
        format!("[{}]", shown.join(", "))
    }

    fn text(&self, context: &Context<'_>, parts: &str) -> String {
        let name = if self.name == 0 {
            "NULL".to_owned()
        } else {
            sockets::given(context, self.name, self.name_len)
        };
        let control = if self.control_len > 0 {
            format!("msg_control={}, ", self.control_text(context))
        } else {
            String::new()
        };
        format!(
            "{{msg_name={name}, msg_namelen={}, msg_iov={parts}, msg_iovlen={}, {control}msg_controllen={}, msg_flags={}}}",
            self.name_len,
            self.vector.count,
            self.control_len,
            joined(self.flags, FLAGS)
        )
    }
}

fn numbers(data: &[u8]) -> impl Iterator<Item = i32> {
    data.as_chunks::<4>()
        .0
        .iter()
        .map(|number| i32::from_ne_bytes(*number))
}

/// What is sent.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn sent(context: &Context<'_>, at: usize) -> Option<String> {
    let place = context.args[at];
    let header = Header::read(context, place).filter(|_| place != 0);
    Some(header.map_or_else(
        || address(place),
        |header| header.text(context, &sent_parts(context, header.vector)),
    ))
}

/// What was received.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn received(context: &Context<'_>, at: usize) -> Option<String> {
    let place = context.args[at];
    let Some(ret) = context.ret else {
        return Some(PENDING.to_owned());
    };
    let header = Header::read(context, place).filter(|_| place != 0);
    Some(match (header, u64::try_from(ret)) {
        (None, _) => address(place),
        (Some(header), Ok(got)) => {
            header.text(context, &received_parts(context, header.vector, got))
        }
        (Some(header), Err(_)) => format!("{{msg_namelen={}}}", header.name_len),
    })
}
