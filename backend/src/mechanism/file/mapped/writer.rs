//! A writer that stores: the bytes are in the file at once, and no call was made for them.

use super::{
    super::{Place, each, writer::shut},
    map,
};
use crate::{
    sys::{
        calls::open,
        files::{sync_mapping, truncate},
        memory::Mapping,
    },
    worker::{Worker, wire::Command},
};
use nix::{errno::Errno, fcntl::OFlag};
use serde_json::Value;
use shared::{
    ids::MsgId,
    mechanism::file::{Msync, Order, Params},
};

pub(in super::super) fn writer(mut me: Worker, params: &Params, place: &Place) -> i32 {
    let mapping = match map(place) {
        Ok(mapping) => mapping,
        Err(errno) => {
            me.failed("mmap", errno);
            return 1;
        }
    };
    while let Some(command) = me.command() {
        match command.order() {
            Some(Order::Truncate { len }) => {
                if let Err(errno) = cut(&mut me, len, place) {
                    me.failed("ftruncate", errno);
                }
            }
            Some(_) => {}
            None => {
                let at = place_of(&command);
                each(&mut me, &command, params, |me, msg, payload| {
                    send(me, &mapping, at, msg, payload, params);
                });
            }
        }
    }
    0
}

/// Where the learner wants it.
fn place_of(command: &Command) -> u64 {
    match command {
        Command::Send { args, .. } => args.get("at").and_then(Value::as_u64).unwrap_or(0),
        Command::Wait { .. } | Command::Fork { .. } | Command::Act(_) => 0,
    }
}

/// Stores, and reports it: there is no call that anybody could see. What finds no room in the page is left out.
fn send(me: &mut Worker, mapping: &Mapping, at: u64, msg: MsgId, payload: &[u8], params: &Params) {
    me.sending_as(msg, -1, payload, i64::try_from(at).ok());
    let start = usize::try_from(at).unwrap_or(usize::MAX);
    let stored = mapping.store(start, payload);
    let bytes = payload.get(..stored).unwrap_or_default();
    me.stored(Some(msg), mapping.address() + start, bytes);
    // Other processes see the store already. This is about the disk.
    let synced = match params.msync {
        Msync::None => Ok(()),
        Msync::Async => sync_mapping(mapping, false),
        Msync::Sync => sync_mapping(mapping, true),
    };
    let full = (stored < payload.len()).then_some(Errno::ENOSPC);
    me.sent(msg, stored, synced.err().or(full));
}

/// The file ends there from now on; whoever touches a page behind its end gets SIGBUS.
fn cut(me: &mut Worker, len: u64, place: &Place) -> Result<(), Errno> {
    let fd = open(&place.path, OFlag::O_RDWR)?;
    let done = truncate(fd, len);
    shut(me, fd);
    done
}
