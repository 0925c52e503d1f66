//! The reader: opens the file by its name, reads to its end, closes. What the name leads to may be another file next time.

use super::{Open, Place, pause, repeat, writer::shut};
use crate::{
    sys::calls::{open, read},
    worker::{Worker, wire::Command},
};
use nix::{errno::Errno, fcntl::OFlag};
use shared::mechanism::file::{Order, Params, Reader};
use std::path::Path;

pub(super) fn reader(mut me: Worker, params: &Params, place: &Place) -> i32 {
    let mut buffer = vec![0; usize::try_from(params.chunk).unwrap_or(1)];
    // What it has opened and not closed yet.
    let mut held: Option<Open> = None;
    if params.reader == Reader::Loop {
        // Nobody tells it that the file has changed, so it looks again and again.
        while !me.over() {
            look(&mut me, held.as_mut(), &mut buffer, &place.path);
            pause(&mut me, params.poll * 1000);
            while let Some(command) = me.command_if_any() {
                obey(&mut me, &command, &mut held, &mut buffer, params, place);
            }
        }
        return 0;
    }
    while let Some(command) = me.command() {
        obey(&mut me, &command, &mut held, &mut buffer, params, place);
    }
    0
}

fn obey(
    me: &mut Worker,
    command: &Command,
    held: &mut Option<Open>,
    buffer: &mut [u8],
    params: &Params,
    place: &Place,
) {
    let path = &place.path;
    match command.order() {
        Some(Order::Read { times }) => {
            repeat(me, times, params, |me| {
                look(me, held.as_mut(), buffer, path);
            });
        }
        Some(Order::Open) => match open(path, OFlag::O_RDONLY) {
            Ok(fd) => {
                if let Some(before) = held.replace(Open::new(fd)) {
                    shut(me, before.fd);
                }
            }
            Err(errno) => me.failed("open", errno),
        },
        Some(Order::Close) => {
            if let Some(file) = held.take() {
                shut(me, file.fd);
            }
        }
        Some(_) | None => {}
    }
}

/// Reads to the end: what the name leads to now, or the file that is open, from where it stands.
#[track_caller]
pub(super) fn look(me: &mut Worker, held: Option<&mut Open>, buffer: &mut [u8], path: &Path) {
    if let Some(file) = held {
        return read_on(me, file, buffer);
    }
    match open(path, OFlag::O_RDONLY) {
        Ok(fd) => {
            read_on(me, &mut Open::new(fd), buffer);
            shut(me, fd);
        }
        // ENOENT: nobody has written yet.
        Err(errno) => me.failed("open", errno),
    }
}

/// Until there is no more: read() returns 0 at the end of a file, and more once somebody has written behind it.
#[track_caller]
pub(super) fn read_on(me: &mut Worker, file: &mut Open, buffer: &mut [u8]) {
    while let Ok(1..) = take(me, file, buffer) {}
}

/// One read().
#[track_caller]
fn take(me: &mut Worker, file: &mut Open, buffer: &mut [u8]) -> Result<usize, Errno> {
    let taken = read(file.fd, buffer);
    match taken {
        Ok(n) => {
            me.received_as(file.fd, buffer.get(..n).unwrap_or_default(), file.place());
            file.moved(n);
        }
        Err(errno) => me.failed("read", errno),
    }
    taken
}
