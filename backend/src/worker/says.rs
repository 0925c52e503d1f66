//! What a worker says of itself and of what it does.

use super::{
    Worker,
    wire::{Report, Touched},
};
use crate::sys::files;
use nix::{errno::Errno, sys::wait::WaitStatus};
use shared::{
    command::Values,
    event::Preview,
    ids::MsgId,
    os::{self, Signal},
};
use std::net::SocketAddrV4;

impl Worker {
    /// Says that it is about to send a message.
    pub fn sending(&mut self, msg: MsgId, fd: i32, payload: &[u8]) {
        self.sending_as(msg, fd, payload, None);
    }

    /// The same, with the priority, type or place that the entry knows of it. `fd` is -1 where there is no descriptor.
    pub fn sending_as(&mut self, msg: MsgId, fd: i32, payload: &[u8], key: Option<i64>) {
        let len = payload.len() as u64;
        self.report(&Report::Sending {
            msg,
            fd,
            len,
            preview: Preview::of(payload, len),
            key,
            inode: self.number_behind(fd),
            to: None,
            ends: self.ends_behind(fd),
        });
    }

    /// The same, of a datagram: `to` is the address it goes to, `127.0.0.1:5000` or a path.
    pub fn sending_to(&mut self, msg: MsgId, fd: i32, payload: &[u8], to: &str) {
        let len = payload.len() as u64;
        self.report(&Report::Sending {
            msg,
            fd,
            len,
            preview: Preview::of(payload, len),
            key: None,
            inode: None,
            to: Some(to.to_owned()),
            ends: None,
        });
    }

    /// The same, of a number that travels as `size` bytes and is shown as text.
    pub fn sending_number(
        &mut self,
        msg: MsgId,
        fd: i32,
        number: &str,
        size: u64,
        key: Option<i64>,
    ) {
        self.report(&Report::Sending {
            msg,
            fd,
            len: size,
            preview: shown(number, size),
            key,
            inode: None,
            to: None,
            ends: None,
        });
    }

    /// A file is opened and closed for one message, and a connection made and closed for a few, so that whoever reads a
    /// report of it may find nothing open any more, or something else.
    fn number_behind(&self, fd: i32) -> Option<(u64, u64)> {
        if self.traced() || fd < 0 {
            return None;
        }
        files::file_behind(fd).or_else(|| Some((0, files::unix_stream_behind(fd)?)))
    }

    /// A connection can be over before anybody has looked: its addresses name it all the same.
    fn ends_behind(&self, fd: i32) -> Option<(SocketAddrV4, SocketAddrV4)> {
        if self.traced() || fd < 0 {
            return None;
        }
        files::connection_behind(fd)
    }

    /// Says how far the sending went.
    pub fn sent(&mut self, msg: MsgId, n: usize, errno: Option<Errno>) {
        self.report(&Report::Sent {
            msg,
            n: n as u64,
            errno: errno.map(os_errno),
        });
    }

    /// Says that nothing of it was sent, for a reason that a library has beyond those of the kernel.
    pub fn refused(&mut self, msg: MsgId, errno: os::Errno) {
        self.report(&Report::Sent {
            msg,
            n: 0,
            errno: Some(errno),
        });
    }

    /// Says what it got; nothing is end-of-file.
    pub fn received(&mut self, fd: i32, bytes: &[u8]) {
        self.received_as(fd, bytes, None);
    }

    /// The same, with the priority or type that came with it. `fd` is -1 where there is no descriptor.
    pub fn received_as(&mut self, fd: i32, bytes: &[u8], key: Option<i64>) {
        let len = bytes.len() as u64;
        self.report(&Report::Received {
            fd,
            len,
            preview: Preview::of(bytes, len),
            key,
            inode: self.number_behind(fd),
            ends: self.ends_behind(fd),
        });
    }

    /// The same, of a number that travels as `size` bytes and is shown as text.
    pub fn received_number(&mut self, fd: i32, number: &str, size: u64, key: Option<i64>) {
        self.report(&Report::Received {
            fd,
            len: size,
            preview: shown(number, size),
            key,
            inode: None,
            ends: None,
        });
    }

    /// Says that it stored `bytes` where others see them, at `address` of its own memory, as part of `msg`.
    pub fn stored(&mut self, msg: Option<MsgId>, address: usize, bytes: &[u8]) {
        self.report(&Report::Stored(touched(msg, address, bytes)));
    }

    /// Says that it is about to load: what was stored over before now is not what it will get.
    pub fn loading(&mut self) {
        self.report(&Report::Loading);
    }

    /// Says that it loaded `bytes` from `address` of its own memory, where others store.
    pub fn loaded(&mut self, address: usize, bytes: &[u8]) {
        self.report(&Report::Loaded(touched(None, address, bytes)));
    }

    /// Says anything else of itself that nobody else could know: `said("locked", json!({"by": "flock"}))`. What is no
    /// object says nothing about it.
    pub fn said(&mut self, what: &str, about: serde_json::Value) {
        let about = if let serde_json::Value::Object(about) = about {
            about.into_iter().collect()
        } else {
            Values::new()
        };
        self.report(&Report::Said {
            what: what.to_owned(),
            about,
        });
    }

    /// Says that a call other than a send failed.
    pub fn failed(&mut self, call: &str, errno: Errno) {
        self.report(&Report::Failed {
            call: call.to_owned(),
            errno: os_errno(errno),
        });
    }

    /// Says which child it has waited for, and how that one ended.
    pub fn reaped(&mut self, status: WaitStatus) {
        let report = match status {
            WaitStatus::Exited(pid, code) => Report::Reaped {
                pid: pid.as_raw(),
                code: Some(code),
                signal: None,
            },
            WaitStatus::Signaled(pid, signal, _) => Report::Reaped {
                pid: pid.as_raw(),
                code: None,
                signal: Some(Signal(signal as i32)),
            },
            WaitStatus::Stopped(..)
            | WaitStatus::Continued(_)
            | WaitStatus::StillAlive
            | WaitStatus::PtraceEvent(..)
            | WaitStatus::PtraceSyscall(_) => return,
        };
        self.report(&report);
    }
}

pub(super) fn touched(msg: Option<MsgId>, address: usize, bytes: &[u8]) -> Touched {
    let len = bytes.len() as u64;
    Touched {
        msg,
        at: 0,
        address: Some(format!("{address:#x}")),
        name: None,
        len,
        preview: Preview::of(bytes, len),
    }
}

fn shown(number: &str, size: u64) -> Preview {
    Preview {
        text: Some(number.to_owned()),
        base64: None,
        len: size,
    }
}

fn os_errno(errno: Errno) -> os::Errno {
    os::Errno(errno as i32)
}
