//! The parent: makes the file where somebody must find it, and forks everybody. Nobody inherits anything: a file has a name.

use super::{File, Place, append, mapped, reader::reader, rename, watched, writer::writer};
use crate::{
    sys::{
        calls::{close, wait_for},
        files::{create, truncate},
    },
    worker::{Born, Worker, wire::Command},
};
use nix::{errno::Errno, fcntl::OFlag};
use shared::mechanism::file::{Kind, MAPPED, Params};

pub(super) fn parent(mut me: Worker, file: &File, place: &Place) -> i32 {
    if let Err(errno) = make(file.kind, place) {
        me.failed("open", errno);
        return 1;
    }

    for (number, (role, nth)) in (1..).zip(&file.cast) {
        let place = Place {
            number: *nth,
            ..place.clone()
        };
        match me.fork(number, role) {
            Ok(Born::Child) => return live(me, role, file.kind, &file.params, &place),
            Ok(Born::Python) => {
                let source = in_python(role, file.kind);
                return me.become_python(source, &place.told(&file.params));
            }
            Ok(Born::Parent(_)) => {}
            Err(errno) => me.failed("fork", errno),
        }
    }

    while let Some(command) = me.command() {
        if let Command::Wait { pid } = command {
            match wait_for(pid) {
                Ok(status) => me.reaped(status),
                Err(errno) => me.failed("wait4", errno),
            }
        }
    }
    0
}

/// What several append to, or map, is there before them; any other file comes to be when it is first written.
fn make(kind: Kind, place: &Place) -> Result<(), Errno> {
    match kind {
        Kind::Write | Kind::Rename | Kind::Watched => Ok(()),
        Kind::Append => close(create(&place.path, OFlag::O_WRONLY)?),
        Kind::Mapped => {
            let fd = create(&place.path, OFlag::O_RDWR)?;
            // Only what lies within the file can be mapped and touched.
            truncate(fd, MAPPED)?;
            close(fd)
        }
    }
}

fn live(me: Worker, role: &str, kind: Kind, params: &Params, place: &Place) -> i32 {
    match (kind, role) {
        (Kind::Write | Kind::Watched, "writer") => writer(me, params, place),
        (Kind::Write | Kind::Rename, _) => {
            if role == "writer" {
                rename::writer(me, params, place)
            } else {
                reader(me, params, place)
            }
        }
        (Kind::Watched, _) => watched::reader(me, params, place),
        (Kind::Append, "writer") => append::writer(me, params, place),
        (Kind::Append, "stranger") => append::stranger(me, params, place),
        (Kind::Append, _) => append::reader(me, params, place),
        (Kind::Mapped, "writer") => mapped::writer(me, params, place),
        (Kind::Mapped, _) => mapped::reader(me, params, place),
    }
}

fn in_python(role: &str, kind: Kind) -> &'static str {
    match (kind, role) {
        (Kind::Write | Kind::Watched, "writer") => include_str!("writer.py"),
        (Kind::Rename, "writer") => include_str!("rename/writer.py"),
        (Kind::Write | Kind::Rename, _) => include_str!("reader.py"),
        (Kind::Watched, _) => include_str!("watched/reader.py"),
        (Kind::Append, "writer") => include_str!("append/writer.py"),
        (Kind::Append, "stranger") => include_str!("append/stranger.py"),
        (Kind::Append, _) => include_str!("append/reader.py"),
        (Kind::Mapped, "writer") => include_str!("mapped/writer.py"),
        (Kind::Mapped, _) => include_str!("mapped/reader.py"),
    }
}
