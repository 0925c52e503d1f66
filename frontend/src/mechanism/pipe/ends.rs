//! The two mouths of the pipe: who has them open, who waits for them, what a forgotten one keeps from happening.

use shared::{
    event::{End, Holder, ProcState, Wait},
    ids::WorkerId,
    mechanism::pipe::Forgotten,
    state::{Object, RunState, Worker},
};

/// One end of the pipe and who is at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mouth {
    /// Which end.
    pub end: End,
    /// Open descriptors: the process and their number.
    pub holders: Vec<(WorkerId, i32)>,
    /// Processes that wait in open() of a FIFO for the other end.
    pub opening: Vec<WorkerId>,
    /// Why an end that is still open matters, if it does.
    pub forgotten: Option<String>,
    /// Nobody has it open, and somebody had.
    pub closed: bool,
    /// Who has it open was not read from the kernel yet; somebody does, or there would be no pipe.
    pub unseen: bool,
}

pub(super) fn mouth(
    run: &RunState,
    object: Option<&Object>,
    end: End,
    forgotten: Forgotten,
) -> Mouth {
    let at_end = |holder: &&Holder| holder.end == end || holder.end == End::Both;
    let holders: Vec<_> = object
        .iter()
        .flat_map(|object| &object.holders)
        .filter(at_end)
        .map(|holder| (holder.worker.clone(), holder.fd))
        .collect();
    let opening = run
        .workers
        .iter()
        .filter(|worker| worker.alive() && worker.because == Some(Wait::FifoOpen))
        .filter(|worker| (worker.role == "reader") == (end == End::Read))
        .map(|worker| worker.id.clone())
        .collect();
    // A pipe without a name lives only as long as somebody holds it: no holders means that nobody has looked.
    let unseen = object.is_some_and(|object| {
        object.object_type != "fifo"
            && object.holders.is_empty()
            && object.written == 0
            && !object.removed
    });
    let used = object.is_some_and(|object| !object.holders.is_empty() || object.written > 0);
    Mouth {
        end,
        opening,
        closed: holders.is_empty() && used,
        unseen,
        forgotten: why_it_matters(end, &holders, forgotten),
        holders,
    }
}

/// In words, what a copy of an end that its holder does not need keeps from happening.
fn why_it_matters(end: End, holders: &[(WorkerId, i32)], forgotten: Forgotten) -> Option<String> {
    let (holder, keeps) = match (end, forgotten) {
        (End::Write, Forgotten::ReaderWrite) => ("reader", "no end-of-file while it does"),
        (End::Write, Forgotten::ParentWrite) => ("parent", "no end-of-file while it does"),
        (End::Read, Forgotten::WriterRead) => ("writer", "no SIGPIPE while it does"),
        _ => return None,
    };
    let held = holders
        .iter()
        .find(|(worker, _)| worker.as_str().starts_with(holder))?;
    let which = if end == End::Write {
        "write end"
    } else {
        "read end"
    };
    let who = if holders.len() == 1 {
        format!("Only the {} itself", held.0)
    } else {
        format!("The {} too", held.0)
    };
    Some(format!("{who} holds the {which} (fd {}): {keeps}.", held.1))
}

/// An end that a process has open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Open {
    /// Of which pipe, in the order of their making.
    pub pipe: usize,
    /// Which end.
    pub end: End,
    /// Its descriptor.
    pub fd: i32,
}

/// The ends that a process has open now.
pub fn open_ends(run: &RunState, worker: &Worker) -> Vec<Open> {
    if !worker.alive() || worker.state == ProcState::Zombie {
        return Vec::new();
    }
    let mut ends = Vec::new();
    for (pipe, object) in run.objects.iter().enumerate() {
        let held = object.holders.iter();
        for holder in held.filter(|holder| holder.worker == worker.id) {
            ends.push(Open {
                pipe,
                end: holder.end,
                fd: holder.fd,
            });
        }
    }
    shared::sort_few(&mut ends, |open| *open);
    ends
}
