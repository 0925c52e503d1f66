//! Where in a file a call reads or writes, and what else the kernel says of it.

use super::super::Scene;
use crate::gauge::file::{self, FileSize};
use nix::unistd::Pid;
use shared::{
    event::{Kind, Part, Source},
    ledger::extents::Place,
};

/// Where a write is about to go: to the offset in its arguments, to where the open file stands, or to the end.
pub(super) fn before(host: Pid, fd: i32, name: &str, args: &[String]) -> Place {
    if let Some(at) = given(name, args) {
        return Place::At(at);
    }
    match file::stands(host, fd) {
        Some(stands) if !stands.append => Place::At(stands.pos),
        _ => Place::End,
    }
}

/// Where a call that returned has moved bytes: the open file stands behind them now.
pub(super) fn after(host: Pid, fd: i32, name: &str, args: &[String], moved: u64) -> Option<u64> {
    given(name, args).or_else(|| file::stands(host, fd)?.pos.checked_sub(moved))
}

fn given(name: &str, args: &[String]) -> Option<u64> {
    matches!(name, "pread64" | "pwrite64")
        .then(|| args.get(3)?.parse().ok())
        .flatten()
}

/// stat(2) of the file.
pub(super) fn size(scene: &Scene<'_>) -> Option<FileSize> {
    let state = &scene.state;
    let open: Vec<(Pid, i32)> = state
        .holders
        .iter()
        .filter_map(|holder| Some((scene.host(&holder.worker)?, holder.fd)))
        .collect();
    file::size(scene.inode, &open, &state.names)
}

/// Tells that nobody will ever get these bytes, by what that worker did.
pub(super) fn lost(scene: &mut Scene<'_>, worker: usize, part: Part, at_ns: u64) {
    let Some(msg) = part.msg else { return };
    scene.journal.counts.lost += 1;
    let (from, to) = (part.from, part.to);
    let kind = Kind::MessageLost { msg, from, to };
    let fact = scene.crew[worker].fact(Source::Call, kind).at(at_ns);
    let fact = fact.object(Some(scene.id.clone()));
    scene.journal.tell_if_room("lost", fact);
}
