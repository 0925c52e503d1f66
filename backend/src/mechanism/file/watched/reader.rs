//! A reader that sleeps until the kernel says that the file was written; or one that cannot, and looks again and again.

use super::super::{NAME, Place, pause, reader::look, repeat};
use crate::{
    sys::{
        calls::{Fd, read},
        files::{inotify_events, inotify_init, inotify_watch},
    },
    worker::Worker,
};
use nix::errno::Errno;
use serde_json::json;
use shared::mechanism::file::{Order, Params, Wake};

/// Room for some events of inotify at once; each is 16 bytes and a name.
const EVENTS: usize = 4096;

pub(in super::super) fn reader(mut me: Worker, params: &Params, place: &Place) -> i32 {
    let mut buffer = vec![0; usize::try_from(params.chunk).unwrap_or(1)];
    let watch = match params.wake {
        Wake::Poll => None,
        Wake::Inotify => match watch(place) {
            Ok(fd) => Some(fd),
            Err(errno) => {
                me.failed("inotify_add_watch", errno);
                return 1;
            }
        },
    };
    // What was written before the watch was there, it tells nothing of.
    if watch.is_some() {
        look(&mut me, None, &mut buffer, &place.path);
    }
    while !me.over() {
        match watch {
            Some(fd) => {
                if let Err(errno) = wait_for_change(&mut me, fd) {
                    me.failed("read", errno);
                    return 1;
                }
            }
            None => pause(&mut me, params.poll * 1000),
        }
        look(&mut me, None, &mut buffer, &place.path);
        while let Some(command) = me.command_if_any() {
            if let Some(Order::Read { times }) = command.order() {
                repeat(&mut me, times, params, |me| {
                    look(me, None, &mut buffer, &place.path);
                });
            }
        }
    }
    0
}

/// The folder is watched, not the file: it need not be there yet, and a rename puts another in its place.
fn watch(place: &Place) -> Result<Fd, Errno> {
    let fd = inotify_init()?;
    inotify_watch(fd, &place.folder)?;
    Ok(fd)
}

/// Sleeps until a writer has closed the file, or has given its name to another.
fn wait_for_change(me: &mut Worker, fd: Fd) -> Result<(), Errno> {
    let mut events = vec![0; EVENTS];
    loop {
        let n = read(fd, &mut events)?;
        let told = inotify_events(events.get(..n).unwrap_or_default());
        if let Some((mask, name)) = told.iter().find(|(_, name)| name == NAME) {
            let event = if mask & libc::IN_MOVED_TO != 0 {
                "IN_MOVED_TO"
            } else {
                "IN_CLOSE_WRITE"
            };
            me.said("woken", json!({"event": event, "name": name}));
            return Ok(());
        }
    }
}
