//! A file that several add lines to, each with the file open all the time.

mod lock;
mod reader;
mod stranger;
mod writer;

pub(super) use reader::reader;
pub(super) use stranger::stranger;
pub(super) use writer::writer;

use super::{Open, writer::put};
use crate::{
    sys::files::{create, fsync},
    worker::Worker,
};
use nix::{errno::Errno, fcntl::OFlag};
use shared::{ids::MsgId, mechanism::file::Params};
use std::path::Path;

/// With O_APPEND the kernel puts each write() behind the last byte. Without, it goes to where this open file stands, which
/// is at the start, whatever others have written meanwhile.
#[track_caller]
fn open_to_add(path: &Path, params: &Params) -> Result<Open, Errno> {
    let mut flags = OFlag::O_RDWR;
    flags.set(OFlag::O_APPEND, params.append);
    create(path, flags).map(Open::new)
}

/// A message as a line, written with one call: between two, another process could come.
#[track_caller]
fn add(me: &mut Worker, file: &mut Open, msg: MsgId, payload: &[u8], params: &Params) {
    let mut line = payload.to_vec();
    line.push(b'\n');
    // Where the end is when the write happens, the kernel alone knows.
    let place = file.place().filter(|_| !params.append);
    me.sending_as(msg, file.fd, &line, place);
    let (written, mut why) = put(file.fd, &line);
    file.moved(written);
    if params.fsync
        && why.is_none()
        && let Err(errno) = fsync(file.fd)
    {
        why = Some(errno);
    }
    me.sent(msg, written, why);
}
