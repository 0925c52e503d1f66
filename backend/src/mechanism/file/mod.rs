//! File: five ways to hand something over in one. open(2), rename(2), flock(2), inotify(7), mmap(2).
//!
//! `writer` and `reader` are those of a file that is simply written and read; a folder a variant has those that differ.

mod append;
mod mapped;
mod parent;
mod reader;
mod rename;
mod watched;
mod writer;

pub(crate) use writer::put;

use super::Mechanism;
use crate::{
    sys::calls::{Fd, sleep},
    worker::{Names, Worker, wire::Command},
};
use serde_json::{Value, json};
use shared::{
    command::Values,
    failure::Failure,
    ids::MsgId,
    mechanism::file::{Kind, Params},
};
use std::{path::PathBuf, time::Duration};

/// The file's name, as in the tutorial.
const NAME: &str = "shared_data.txt";

/// A file to be performed.
#[derive(Clone, Debug)]
struct File {
    kind: Kind,
    params: Params,
    /// All workers after the parent: role, and for the first, second, … of a role its number.
    cast: Vec<(&'static str, u64)>,
}

/// The variant with its parameters, checked again: they came through a socket.
///
/// # Errors
/// `bad_param` for what does not fit.
pub(crate) fn play(variant: &str, params: &Values) -> Result<Box<dyn Mechanism>, Failure> {
    let members = shared::mechanism::cast("file", variant, params);
    let mut cast: Vec<(&'static str, u64)> = Vec::new();
    for member in members.iter().skip(1) {
        let number = cast.iter().filter(|(role, _)| *role == member.role).count() as u64 + 1;
        cast.push((member.role, number));
    }
    Ok(Box::new(File {
        kind: Kind::new(variant)?,
        params: Params::new(params)?,
        cast,
    }))
}

impl Mechanism for File {
    fn perform(&self, me: Worker, names: &Names) -> i32 {
        let place = Place {
            path: names.file(NAME),
            folder: names.folder().to_owned(),
            number: 0,
        };
        parent::parent(me, self, &place)
    }

    fn in_python(&self, _role: &str) -> bool {
        true
    }

    fn maps_memory(&self) -> bool {
        self.kind == Kind::Mapped
    }
}

/// Where the file is, and which of its role a worker is.
#[derive(Clone, Debug)]
struct Place {
    path: PathBuf,
    folder: PathBuf,
    /// 1 for the first.
    number: u64,
}

impl Place {
    /// Where this worker writes a file that is to take the other's name: in the same folder, since a name can only swing
    /// within one file system.
    fn beside(&self) -> PathBuf {
        self.folder.join(format!("{NAME}.new{}", self.number))
    }

    /// What a role in Python is told.
    fn told(&self, params: &Params) -> Value {
        json!({
            "path": self.path,
            "folder": self.folder,
            "beside": self.beside(),
            "name": NAME,
            "params": params,
        })
    }
}

/// An open file, and where it stands: the kernel keeps that too, and this saves asking.
#[derive(Clone, Copy, Debug)]
struct Open {
    fd: Fd,
    at: u64,
}

impl Open {
    fn new(fd: Fd) -> Self {
        Self { fd, at: 0 }
    }

    /// So many bytes were read or written.
    fn moved(&mut self, n: usize) {
        self.at += n as u64;
    }

    /// For reports.
    fn place(&self) -> Option<i64> {
        i64::try_from(self.at).ok()
    }
}

/// Sends each message that a command asks for, with the pause between them that was chosen.
fn each(
    me: &mut Worker,
    command: &Command,
    params: &Params,
    mut send: impl FnMut(&mut Worker, MsgId, &[u8]),
) {
    let Command::Send {
        msg, data, times, ..
    } = command
    else {
        return;
    };
    let Ok(payload) = data.bytes() else { return };
    for n in 0..u64::from(*times) {
        if n > 0 {
            pause(me, params.pace);
        }
        send(me, *msg + n, &payload);
    }
}

/// Does it as often as a command asks for, with the pause between that was chosen.
#[track_caller]
fn repeat(me: &mut Worker, times: u64, params: &Params, mut once: impl FnMut(&mut Worker)) {
    for n in 0..times {
        if n > 0 {
            pause(me, params.pace);
        }
        once(me);
    }
}

/// clock_nanosleep(2), unless there is nothing to wait for.
#[track_caller]
fn pause(me: &mut Worker, micros: u64) {
    if micros > 0
        && let Err(errno) = sleep(Duration::from_micros(micros))
    {
        me.failed("clock_nanosleep", errno);
    }
}
