//! A writer: opens the file, which empties it, writes, closes. Between the first two the file has nothing in it.

use super::{Open, Place, each, pause};
use crate::{
    sys::{
        calls::{Fd, close, write},
        files::{create, fsync},
    },
    worker::Worker,
};
use nix::{errno::Errno, fcntl::OFlag};
use shared::{
    ids::MsgId,
    mechanism::file::{Order, Params},
};
use std::path::Path;

pub(super) fn writer(mut me: Worker, params: &Params, place: &Place) -> i32 {
    // What it has opened and not closed yet.
    let mut held: Option<Open> = None;
    while let Some(command) = me.command() {
        match command.order() {
            Some(Order::Open) => match open_to_write(&place.path) {
                Ok(file) => {
                    if let Some(before) = held.replace(file) {
                        shut(&mut me, before.fd);
                    }
                }
                Err(errno) => me.failed("open", errno),
            },
            Some(Order::Close) => {
                if let Some(file) = held.take() {
                    shut(&mut me, file.fd);
                }
            }
            Some(_) => {}
            None => each(&mut me, &command, params, |me, msg, payload| {
                send(me, msg, payload, held.as_mut(), params, place);
            }),
        }
    }
    0
}

/// As `open(path, "w")` does in Python: makes the file, or empties the one that is there.
#[track_caller]
fn open_to_write(path: &Path) -> Result<Open, Errno> {
    create(path, OFlag::O_WRONLY | OFlag::O_TRUNC).map(Open::new)
}

/// One message: into the file that is open, or into one that is opened and closed for it.
fn send(
    me: &mut Worker,
    msg: MsgId,
    payload: &[u8],
    held: Option<&mut Open>,
    params: &Params,
    place: &Place,
) {
    if let Some(file) = held {
        return fill(me, file, msg, payload, params);
    }
    match open_to_write(&place.path) {
        Ok(mut file) => {
            pause(me, params.gap);
            fill(me, &mut file, msg, payload, params);
            shut(me, file.fd);
        }
        Err(errno) => me.failed("open", errno),
    }
}

/// Writes a message where the file stands; with `fsync` it is on the disk when this returns.
#[track_caller]
pub(super) fn fill(me: &mut Worker, file: &mut Open, msg: MsgId, payload: &[u8], params: &Params) {
    me.sending_as(msg, file.fd, payload, file.place());
    let (written, mut why) = put(file.fd, payload);
    file.moved(written);
    if params.fsync
        && why.is_none()
        && let Err(errno) = fsync(file.fd)
    {
        why = Some(errno);
    }
    me.sent(msg, written, why);
}

/// write() until all of it is in: how much went in, and why not all.
#[track_caller]
pub(crate) fn put(fd: Fd, payload: &[u8]) -> (usize, Option<Errno>) {
    let mut written = 0;
    while written < payload.len() {
        match write(fd, payload.get(written..).unwrap_or_default()) {
            Ok(n) => written += n,
            Err(errno) => return (written, Some(errno)),
        }
    }
    (written, None)
}

#[track_caller]
pub(super) fn shut(me: &mut Worker, fd: Fd) {
    if let Err(errno) = close(fd) {
        me.failed("close", errno);
    }
}
