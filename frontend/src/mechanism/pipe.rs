//! The stage picture of the pipe: a tube with a scale, its ribbon of bytes, the holders at its two mouths.
//!
//! Places are counted in bytes from the read end, where bytes leave; the tube is drawn with that end on the right.

use shared::{
    event::{End, Holder, Origin, ProcState, Wait},
    ids::{MsgId, WorkerId},
    mechanism::pipe::{ENTRY, Forgotten, Params},
    os::PAGE_SIZE,
    state::{Object, RunState, Worker},
};

/// What the kernel gives a pipe where nobody asks for another size, pipe(7).
const USUAL_CAPACITY: u64 = 65_536;
/// More lines than this in one tube are a gray blur: then they stand for several pages, or are not drawn.
const MOST_LINES: u64 = 64;

/// A figure with its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// How many.
    pub value: u64,
    /// The most there can be.
    pub max: u64,
    /// Where the value comes from.
    pub origin: Origin,
    /// How it was taken.
    pub how: String,
}

/// Neighboring bytes of one writer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// First byte, from the read end.
    pub from: u64,
    /// One past the last.
    pub to: u64,
    /// Letter of the writer, where it is known.
    pub letter: Option<char>,
}

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
}

/// A pipe, ready to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// What the kernel calls it: `pipe:[41207]`.
    pub id: Option<String>,
    /// Its name in the file system.
    pub name: Option<String>,
    /// It is gone.
    pub removed: bool,
    /// Bytes in it.
    pub bytes: Figure,
    /// Pages in use, where that is known.
    pub pages: Option<Figure>,
    /// What it holds, from the read end.
    pub blocks: Vec<Block>,
    /// Where one write ends and the next begins; the kernel does not keep this.
    pub boundaries: Vec<u64>,
    /// There are more boundaries than can be drawn.
    pub crowded: bool,
    /// The oldest message of which bytes are in it.
    pub next: Option<MsgId>,
    /// Messages of which bytes are in it.
    pub messages: usize,
    /// Where bytes go in.
    pub write: Mouth,
    /// Where they come out.
    pub read: Mouth,
}

impl Picture {
    /// The picture of a run's pipe; an empty one before there is a pipe.
    pub fn of(run: &RunState) -> Self {
        let object = run.objects.first();
        let params = Params::new(&run.params)
            .or_else(|_| Params::new(&Default::default()))
            .ok();
        let wanted = params.as_ref().map_or(0, |params| params.capacity);
        let bytes = bytes(
            run,
            object,
            if wanted == 0 { USUAL_CAPACITY } else { wanted },
        );
        let (blocks, boundaries, crowded) = ribbon(run, object, bytes.value);
        let mut ids: Vec<_> = object
            .iter()
            .flat_map(|object| &object.ribbon)
            .filter_map(|part| part.msg)
            .collect();
        ids.dedup();
        let forgotten = params.map_or(Forgotten::None, |params| params.forgotten);
        Self {
            id: object.map(|object| object.id.to_string()),
            name: object.and_then(|object| object.name.clone()),
            removed: object.is_some_and(|object| object.removed),
            pages: object.and_then(|object| figure(object, "slots")),
            next: ids.first().copied(),
            messages: ids.len(),
            write: mouth(run, object, End::Write, forgotten),
            read: mouth(run, object, End::Read, forgotten),
            bytes,
            blocks,
            boundaries,
            crowded,
        }
    }

    /// No more can go in, in bytes or in pages.
    pub fn full(&self) -> bool {
        self.bytes.value >= self.bytes.max || self.full_by_pages()
    }

    /// All pages are in use though fewer bytes are in it than fit.
    pub fn full_by_pages(&self) -> bool {
        self.bytes.value < self.bytes.max
            && self.bytes.origin == Origin::Live
            && self
                .pages
                .as_ref()
                .is_some_and(|pages| pages.max > 0 && pages.value >= pages.max)
    }

    /// Places of the scale's lines, and how many pages lie between two of them.
    pub fn ticks(&self) -> (Vec<u64>, u64) {
        let pages = self.bytes.max.div_ceil(PAGE_SIZE);
        let each = pages.div_ceil(MOST_LINES).max(1);
        (
            (1..pages.div_ceil(each))
                .map(|at| at * each * PAGE_SIZE)
                .collect(),
            each,
        )
    }

    /// A place in percent of the tube, from its left end, where bytes go in.
    pub fn percent(&self, place: u64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a pipe has at most a mebibyte")]
        let part = place.min(self.bytes.max) as f64 / self.bytes.max.max(1) as f64;
        100.0 - 100.0 * part
    }
}

/// Bytes that a blocked write still has to put in: all of them where it must be atomic, else as far as can be told.
pub fn remainder(run: &RunState, worker: &Worker) -> Option<u64> {
    let call = worker
        .now
        .as_ref()
        .filter(|call| call.name.starts_with("write"))?;
    let asleep = worker.because == Some(Wait::PipeFull) || call.paused;
    let len = call.len.filter(|len| asleep && *len > 0)?;
    let object = call
        .object
        .as_ref()
        .and_then(|id| run.object(id))
        .or(run.objects.first())?;
    let blocked = run
        .workers
        .iter()
        .filter(|other| other.because == Some(Wait::PipeFull))
        .count();
    // What the kernel holds beyond the writes that returned came from the one that has not, if there is one only.
    let inside = match object.reading("bytes") {
        Some(reading) if len > PAGE_SIZE && blocked <= 1 => {
            reading.value.saturating_sub(object.bytes())
        }
        _ => 0,
    };
    Some(len.saturating_sub(inside))
}

fn figure(object: &Object, name: &str) -> Option<Figure> {
    let reading = object.reading(name)?;
    Some(Figure {
        value: reading.value,
        max: reading.max.unwrap_or_default(),
        origin: reading.origin,
        how: reading.how.clone(),
    })
}

/// Bytes in the pipe now. A reading is as old as the last look at the pipe, while every traced call is counted: so the
/// count stands where calls are seen, and is called live as long as the kernel's own figure says the same.
fn bytes(run: &RunState, object: Option<&Object>, capacity: u64) -> Figure {
    let Some(object) = object else {
        return Figure {
            value: 0,
            max: capacity,
            origin: Origin::Model,
            how: String::new(),
        };
    };
    let counted = object.bytes();
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

/// What the kernel holds beyond the count came from a long write that sleeps in the middle.
fn inside(run: &RunState, held: u64, counted: u64) -> bool {
    let open = run
        .workers
        .iter()
        .filter(|worker| worker.because == Some(Wait::PipeFull) || worker.frozen);
    let long = open
        .filter_map(|worker| worker.now.as_ref()?.len)
        .filter(|len| *len > PAGE_SIZE)
        .sum::<u64>();
    held > counted && held <= counted.saturating_add(long)
}

/// What lies in the tube by writer, and where writes meet.
fn ribbon(run: &RunState, object: Option<&Object>, held: u64) -> (Vec<Block>, Vec<u64>, bool) {
    let mut blocks: Vec<Block> = Vec::new();
    let mut boundaries = Vec::new();
    let mut at = 0;
    let sole = sole_writer(run);
    let mut put = |len: u64, letter: Option<char>, at: &mut u64| {
        let to = (*at + len).min(held);
        match blocks.last_mut() {
            Some(last) if last.letter == letter => last.to = to,
            _ if to > *at => blocks.push(Block {
                from: *at,
                to,
                letter,
            }),
            _ => {}
        }
        *at = to;
    };
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
        put(
            part.to.saturating_sub(part.from),
            writer.map_or(sole, |worker| worker.letter),
            &mut at,
        );
    }
    // Bytes that the kernel holds already of a write that has not returned.
    let rest = held.saturating_sub(at);
    let mut blocked = run
        .workers
        .iter()
        .filter(|worker| worker.because == Some(Wait::PipeFull));
    let letter = match (blocked.next(), blocked.next()) {
        (Some(only), None) => only.letter,
        _ => sole,
    };
    put(rest, letter, &mut at);
    let crowded = boundaries.len() as u64 > MOST_LINES;
    if crowded {
        boundaries.clear();
    }
    (blocks, boundaries, crowded)
}

/// The letter of the only process that ever wrote; bytes of forgotten messages are its own too.
fn sole_writer(run: &RunState) -> Option<char> {
    let mut wrote = run.workers.iter().filter(|worker| worker.bytes_out > 0);
    match (wrote.next(), wrote.next()) {
        (Some(only), None) => only.letter,
        _ => None,
    }
}

fn mouth(run: &RunState, object: Option<&Object>, end: End, forgotten: Forgotten) -> Mouth {
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
    let used = object.is_some_and(|object| !object.holders.is_empty() || object.written > 0);
    Mouth {
        end,
        opening,
        closed: holders.is_empty() && used,
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

/// Roles that stand on the left, in front of the write end.
pub fn writes(worker: &Worker) -> bool {
    worker.role == "writer"
}

/// A process that will be there once the run starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Its name.
    pub id: WorkerId,
    /// Its role.
    pub role: &'static str,
    /// Its letter.
    pub letter: Option<char>,
}

/// The processes that a run with these parameters will have.
pub fn expected(run: &RunState) -> Vec<Expected> {
    let writers = Params::new(&run.params).map_or(1, |params| params.writers);
    let letters = 'A'..='Z';
    let mut all: Vec<_> = (1..=writers)
        .zip(letters)
        .map(|(n, letter)| Expected {
            id: WorkerId::new(if n == 1 {
                "writer".to_owned()
            } else {
                format!("writer-{n}")
            }),
            role: "writer",
            letter: Some(letter),
        })
        .collect();
    let last = all.last().and_then(|writer| writer.letter).unwrap_or('A');
    all.push(Expected {
        id: "reader".into(),
        role: "reader",
        letter: char::from_u32(u32::from(last) + 1),
    });
    all.push(Expected {
        id: "parent".into(),
        role: "parent",
        letter: None,
    });
    all
}

/// Verbs of the pipe that make sense for a process now: which end it can close, and under which descriptor.
pub fn closable(run: &RunState, worker: &Worker) -> Vec<(End, i32)> {
    if !worker.alive() || worker.state == ProcState::Zombie {
        return Vec::new();
    }
    let mut ends: Vec<_> = run
        .objects
        .first()
        .iter()
        .flat_map(|object| &object.holders)
        .filter(|holder| holder.worker == worker.id)
        .map(|holder| (holder.end, holder.fd))
        .collect();
    ends.sort_unstable();
    ends
}

/// The entry whose picture this is.
pub const PICTURED: &str = ENTRY.id;
