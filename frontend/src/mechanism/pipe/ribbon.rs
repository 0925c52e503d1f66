//! What lies in the pipe: how many bytes, whose they are, where one write ends.

use super::{Figure, MOST_LINES, figure};
use shared::{
    event::{Origin, Wait},
    os::PAGE_SIZE,
    pickle::HEADER,
    state::{Object, RunState, Worker},
};

/// Neighboring bytes of one writer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// First byte, from the read end.
    pub from: u64,
    /// One past the last.
    pub to: u64,
    /// Letter of the writer, where it is known.
    pub letter: Option<char>,
    /// The length in front of an object.
    pub header: bool,
}

/// Bytes that a blocked write still has to put in: all of them where it must be atomic, else as far as can be told.
pub fn remainder(run: &RunState, worker: &Worker) -> Option<u64> {
    let call = worker
        .now
        .as_ref()
        .filter(|call| call.name.starts_with("write"))?;
    let asleep = waits(worker) || call.paused;
    let len = call.len.filter(|len| asleep && *len > 0)?;
    let object = call
        .object
        .as_ref()
        .and_then(|id| run.object(id))
        .or(run.objects.first())?;
    let blocked = run.workers.iter().filter(|other| waits(other)).count();
    // What the kernel holds beyond the writes that returned came from the one that has not, if there is one only.
    let inside = match object.reading("bytes") {
        Some(reading) if len > PAGE_SIZE && blocked <= 1 => {
            reading.value.saturating_sub(object.bytes())
        }
        _ => 0,
    };
    Some(len.saturating_sub(inside))
}

/// Bytes in the pipe now. A reading is as old as the last look at the pipe, while every traced call is counted: so the
/// count stands where calls are seen, and is called live as long as the kernel's own figure says the same.
pub(super) fn bytes(run: &RunState, object: Option<&Object>, capacity: u64) -> Figure {
    let Some(object) = object else {
        return Figure {
            value: 0,
            max: capacity,
            origin: Origin::Model,
            how: String::new(),
        };
    };
    // What is gone holds nothing; what was in it is told as lost.
    let counted = if object.removed { 0 } else { object.bytes() };
    let read = figure(object, "bytes");
    let max = read
        .as_ref()
        .map(|read| read.max)
        .filter(|max| *max > 0)
        .unwrap_or(capacity);
    match read {
        Some(read) if !run.xray || read.value == counted || inside(run, read.value, counted) => {
            Figure { max, ..read }
        }
        _ => Figure {
            value: counted,
            max,
            origin: Origin::Model,
            how: "calls".to_owned(),
        },
    }
}

/// The last look at the pipe was after the last call that moved bytes.
pub(super) fn fresh(object: &Object, bytes: &Figure) -> bool {
    object
        .reading("bytes")
        .is_some_and(|reading| reading.value == bytes.value)
}

/// Pages in use: as read, or as many as the bytes need in any case.
pub(super) fn pages(object: Option<&Object>, bytes: &Figure, fresh: bool) -> Option<Figure> {
    let read = figure(object?, "slots")?;
    let least = bytes.value.div_ceil(PAGE_SIZE).min(read.max);
    Some(if fresh {
        read
    } else {
        Figure {
            value: least,
            ..read
        }
    })
}

/// What the kernel holds beyond the count came from a long write that sleeps in the middle.
fn inside(run: &RunState, held: u64, counted: u64) -> bool {
    let open = run
        .workers
        .iter()
        .filter(|worker| waits(worker) || worker.frozen);
    let long = open
        .filter_map(|worker| worker.now.as_ref()?.len)
        .filter(|len| *len > PAGE_SIZE)
        .sum::<u64>();
    held > counted && held <= counted.saturating_add(long)
}

/// What lies in the tube by writer, and where writes meet. `framed`: the first bytes of each message are its length.
pub(super) fn ribbon(
    run: &RunState,
    object: Option<&Object>,
    held: u64,
    framed: bool,
) -> (Vec<Block>, Vec<u64>, bool) {
    let mut blocks: Vec<Block> = Vec::new();
    let mut boundaries = Vec::new();
    let mut at = 0;
    let sole = sole_writer(run);
    let mut put = |len: u64, letter: Option<char>, header: bool, at: &mut u64| {
        let to = (*at + len).min(held);
        match blocks.last_mut() {
            Some(last) if last.letter == letter && last.header == header => last.to = to,
            _ if to > *at => blocks.push(Block {
                from: *at,
                to,
                letter,
                header,
            }),
            _ => {}
        }
        *at = to;
    };
    let header = if framed { HEADER as u64 } else { 0 };
    let mut before = None;
    for part in object.iter().flat_map(|object| &object.ribbon) {
        if at > 0 && at < held && before != Some(part.msg) {
            boundaries.push(at);
        }
        before = Some(part.msg);
        let writer = part
            .msg
            .and_then(|id| run.message(id))
            .and_then(|message| run.worker(&message.worker));
        let letter = writer.map_or(sole, |worker| worker.letter);
        // Where nobody knows whose bytes these are, nobody knows which of them are a length.
        let split = if part.msg.is_some() {
            header.clamp(part.from.min(part.to), part.to)
        } else {
            part.from
        };
        put(split - part.from, letter, true, &mut at);
        put(part.to - split, letter, false, &mut at);
    }
    // Bytes that the kernel holds already of a write that has not returned.
    let rest = held.saturating_sub(at);
    let mut blocked = run.workers.iter().filter(|worker| waits(worker));
    let letter = match (blocked.next(), blocked.next()) {
        (Some(only), None) => only.letter,
        _ => sole,
    };
    put(rest, letter, false, &mut at);
    let crowded = boundaries.len() as u64 > MOST_LINES;
    if crowded {
        boundaries.clear();
    }
    (blocks, boundaries, crowded)
}

/// Asleep because no more can go in.
fn waits(worker: &Worker) -> bool {
    matches!(worker.because, Some(Wait::PipeFull | Wait::SocketFull))
}

/// The letter of the only process that ever wrote; bytes of forgotten messages are its own too.
fn sole_writer(run: &RunState) -> Option<char> {
    let mut wrote = run.workers.iter().filter(|worker| worker.bytes_out > 0);
    match (wrote.next(), wrote.next()) {
        (Some(only), None) => only.letter,
        _ => None,
    }
}
