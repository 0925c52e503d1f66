//! A writer that replaces: it fills a new file beside the old one, and then has the name swing over to it.

use super::super::{
    Open, Place, each, pause,
    writer::{fill, shut},
};
use crate::{
    sys::{
        calls::close,
        files::{create, rename},
    },
    worker::Worker,
};
use nix::{errno::Errno, fcntl::OFlag};
use shared::{
    ids::MsgId,
    mechanism::file::{Order, Params},
};
use std::path::Path;

pub(in super::super) fn writer(mut me: Worker, params: &Params, place: &Place) -> i32 {
    // The new file, while it has not got the name yet.
    let mut held: Option<Open> = None;
    while let Some(command) = me.command() {
        match command.order() {
            Some(Order::Open) => match open_new(place) {
                Ok(file) => {
                    if let Some(before) = held.replace(file) {
                        shut(&mut me, before.fd);
                    }
                }
                Err(errno) => me.failed("open", errno),
            },
            Some(Order::Close) => {
                if let Some(file) = held.take() {
                    give_name(&mut me, file, place);
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

fn open_new(place: &Place) -> Result<Open, Errno> {
    create(&place.beside(), OFlag::O_WRONLY | OFlag::O_TRUNC).map(Open::new)
}

fn send(
    me: &mut Worker,
    msg: MsgId,
    payload: &[u8],
    held: Option<&mut Open>,
    params: &Params,
    place: &Place,
) {
    // With fsync, the name never leads to bytes that a power failure could still take away.
    if let Some(file) = held {
        return fill(me, file, msg, payload, params);
    }
    match open_new(place) {
        Ok(mut file) => {
            pause(me, params.gap);
            fill(me, &mut file, msg, payload, params);
            give_name(me, file, place);
        }
        Err(errno) => me.failed("open", errno),
    }
}

/// Closes the new file and has the name lead to it: whoever opens that from now on gets the new one, whole. Who has the old
/// one open keeps it.
fn give_name(me: &mut Worker, file: Open, place: &Place) {
    if let Err(errno) = replace(file, &place.beside(), &place.path) {
        me.failed("rename", errno);
    }
}

fn replace(file: Open, beside: &Path, path: &Path) -> Result<(), Errno> {
    close(file.fd)?;
    rename(beside, path)
}
