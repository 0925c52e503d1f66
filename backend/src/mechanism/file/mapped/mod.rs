//! A file that is mapped: its pages in the kernel's memory are the writer's and the reader's memory as well.

mod reader;
mod writer;

pub(super) use reader::reader;
pub(super) use writer::writer;

use super::Place;
use crate::sys::{
    calls::{Fd, close, open},
    memory::Mapping,
};
use nix::{errno::Errno, fcntl::OFlag};
use shared::mechanism::file::MAPPED;

/// The file's first page in this process's memory. The mapping needs no descriptor any more once it is there.
#[track_caller]
fn map(place: &Place) -> Result<Mapping, Errno> {
    let fd: Fd = open(&place.path, OFlag::O_RDWR)?;
    let mapping = Mapping::map(fd, usize::try_from(MAPPED).unwrap_or(0), 0, 0);
    close(fd)?;
    mapping
}
