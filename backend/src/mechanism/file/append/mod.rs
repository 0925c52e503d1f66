//! A file that several add lines to, each with the file open all the time.

mod lock;
mod reader;
mod stranger;
mod writer;

pub(super) use reader::reader;
pub(super) use stranger::stranger;
pub(super) use writer::writer;

use crate::sys::{calls::Fd, files::create};
use nix::{errno::Errno, fcntl::OFlag};
use shared::mechanism::file::Params;
use std::path::Path;

/// With O_APPEND the kernel puts each write() behind the last byte. Without, it goes to where this open file stands, which
/// is at the start, whatever others have written meanwhile.
fn open_to_add(path: &Path, params: &Params) -> Result<Fd, Errno> {
    let mut flags = OFlag::O_RDWR;
    flags.set(OFlag::O_APPEND, params.append);
    create(path, flags)
}

/// A message as a line, to be written with one call: of two, another process could come in between.
fn line(payload: &[u8]) -> Vec<u8> {
    let mut line = payload.to_vec();
    line.push(b'\n');
    line
}
