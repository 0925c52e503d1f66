//! The stage picture of the pipe: a tube with a scale, its ribbon of bytes, the holders at its two mouths.
//!
//! Places are counted in bytes from the read end, where bytes leave; the tube is drawn with that end on the right.

mod ends;
mod ribbon;

pub use ends::{Mouth, Open, open_ends};
pub use ribbon::{Block, remainder};

use super::count;
use shared::{
    event::{End, Origin},
    ids::MsgId,
    mechanism::pipe::{Forgotten, Params, Via},
    os::PAGE_SIZE,
    state::{Object, RunState},
};

/// What the kernel gives a pipe where nobody asks for another size, pipe(7).
const USUAL_CAPACITY: u64 = 65_536;
/// Python's objects are small in buffers that are large: the tube shows at least so many bytes, and as many as lie in it.
const CLOSEST: u64 = 64;
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

/// A pipe, ready to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// What the kernel calls it: `pipe:[41207]`.
    pub id: Option<String>,
    /// It is the buffer of a socket: full when the memory is used up that its sender may take.
    pub socket: bool,
    /// Bytes go through it from right to left.
    pub backward: bool,
    /// Objects lie in it, each behind its length.
    pub framed: bool,
    /// Bytes that the tube is drawn for; fewer than fit where what lies in it would be too small to see.
    pub scale: u64,
    /// Memory that what lies in a socket takes.
    pub memory: Option<Figure>,
    /// Its name in the file system.
    pub name: Option<String>,
    /// It is gone.
    pub removed: bool,
    /// Bytes in it.
    pub bytes: Figure,
    /// Pages in use, where that is known.
    pub pages: Option<Figure>,
    /// Pages were last counted before the last call: there are at least as many.
    pub pages_at_least: bool,
    /// What it holds, from the read end.
    pub blocks: Vec<Block>,
    /// Where one write ends and the next begins; the kernel does not keep this.
    pub boundaries: Vec<u64>,
    /// There are more boundaries than can be drawn.
    pub crowded: bool,
    /// The oldest message of which bytes are in it, and its first byte that is.
    pub next: Option<(MsgId, u64)>,
    /// Messages of which bytes are in it.
    pub messages: usize,
    /// Where bytes go in.
    pub write: Mouth,
    /// Where they come out.
    pub read: Mouth,
}

impl Picture {
    /// The picture of a run's first pipe; an empty one before there is a pipe.
    pub fn of(run: &RunState) -> Self {
        Self::new(run, run.objects.first(), false)
    }

    /// All pipes of a run, in the order in which bytes go through them. Of a pair of sockets the way there, and the way back.
    pub fn all(run: &RunState) -> Vec<Self> {
        let params = Params::new(&run.params).ok();
        let object = |at: usize| run.objects.get(at);
        if run.variant == "python" && params.as_ref().is_none_or(|params| params.duplex) {
            // The sender's end is made first; what it receives is what comes back.
            return vec![
                Self::new(run, object(1), false),
                Self::new(run, object(0), true),
            ];
        }
        let via = params
            .filter(|_| run.variant == "anonymous")
            .map_or(Via::None, |params| params.via);
        let pipes = match via {
            Via::None => 1,
            Via::Copy | Via::Splice => 2,
            Via::Tee => 3,
        };
        (0..pipes)
            .map(|at| Self::new(run, object(at), false))
            .collect()
    }

    /// The buffer that an end of a connection receives into: drawn as a tube without pages, for as many bytes as lie in it.
    pub fn of_end(run: &RunState, object: Option<&Object>, backward: bool) -> Self {
        let mut picture = Self::new(run, object, backward);
        // Of what was sent a part may still lie in the buffer of its sender: only the kernel knows how much.
        let live = object.filter(|object| !object.removed && object.is_live("bytes"));
        if let Some(read) = live.and_then(|object| figure(object, "bytes")) {
            let (blocks, boundaries, crowded) = ribbon::ribbon(run, object, read.value, false);
            (picture.blocks, picture.boundaries, picture.crowded) = (blocks, boundaries, crowded);
            picture.bytes = Figure {
                max: picture.bytes.max,
                ..read
            };
        }
        picture.socket = true;
        picture.scale = picture.bytes.value.next_power_of_two().max(CLOSEST);
        picture
    }

    fn new(run: &RunState, object: Option<&Object>, backward: bool) -> Self {
        let params = Params::new(&run.params)
            .or_else(|_| Params::new(&Default::default()))
            .ok();
        let wanted = params.as_ref().map_or(0, |params| params.capacity);
        let memory = object.and_then(|object| figure(object, "memory"));
        let usual = memory.as_ref().map_or(USUAL_CAPACITY, |memory| memory.max);
        let bytes = ribbon::bytes(run, object, if wanted == 0 { usual } else { wanted });
        let framed = run.variant == "python";
        let (blocks, boundaries, crowded) = ribbon::ribbon(run, object, bytes.value, framed);
        let mut ids: Vec<_> = object
            .iter()
            .flat_map(|object| &object.ribbon)
            .filter_map(|part| part.msg)
            .collect();
        ids.dedup();
        let fresh = object.is_some_and(|object| ribbon::fresh(object, &bytes));
        let pages = ribbon::pages(object, &bytes, fresh);
        let forgotten = params
            .as_ref()
            .map_or(Forgotten::None, |params| params.forgotten);
        let peer = object.and_then(|object| run.object(object.peer.as_ref()?));
        // What Python's queue has inside is a pipe always.
        let pair = framed && run.entry == "pipe";
        let socket = pair && params.is_some_and(|params| params.duplex);
        // What is written through one end of a pair lies in the other.
        let into = if socket { peer } else { object };
        let scale = if framed {
            bytes.value.next_power_of_two().max(CLOSEST)
        } else {
            bytes.max
        };
        Self {
            id: object.map(|object| object.id.to_string()),
            socket,
            backward,
            framed,
            scale,
            memory,
            name: object.and_then(|object| object.name.clone()),
            removed: object.is_some_and(|object| object.removed),
            pages_at_least: pages.is_some() && !fresh,
            pages,
            next: object
                .and_then(|object| object.ribbon.front())
                .and_then(|part| Some((part.msg?, part.from))),
            messages: ids.len(),
            write: ends::mouth(run, into, End::Write, forgotten),
            read: ends::mouth(run, object, End::Read, forgotten),
            bytes,
            blocks,
            boundaries,
            crowded,
        }
    }

    /// No more can go in, in bytes or in pages.
    pub fn full(&self) -> bool {
        match &self.memory {
            Some(memory) => memory.value > memory.max,
            None => self.bytes.value >= self.bytes.max || self.full_by_pages(),
        }
    }

    /// How much memory a socket's bytes take, in words.
    pub fn memory_in_words(&self) -> Option<String> {
        let memory = self.memory.as_ref()?;
        Some(format!(
            "{} of the sender's {} bytes of memory",
            count(memory.value),
            count(memory.max)
        ))
    }

    /// How many pages are in use, in words.
    pub fn pages_in_words(&self) -> Option<String> {
        let pages = self.pages.as_ref()?;
        let least = if self.pages_at_least && pages.value > 0 {
            "at least "
        } else {
            ""
        };
        Some(format!(
            "{least}{} of {} pages in use",
            count(pages.value),
            count(pages.max)
        ))
    }

    /// All pages are in use though fewer bytes are in it than fit.
    pub fn full_by_pages(&self) -> bool {
        self.bytes.value < self.bytes.max
            && !self.pages_at_least
            && self
                .pages
                .as_ref()
                .is_some_and(|pages| pages.max > 0 && pages.value >= pages.max)
    }

    /// Places of the scale's lines, and how many pages lie between two of them.
    pub fn ticks(&self) -> (Vec<u64>, u64) {
        if self.framed || self.socket {
            return (Vec::new(), 1);
        }
        let pages = self.bytes.max.div_ceil(PAGE_SIZE);
        let each = pages.div_ceil(MOST_LINES).max(1);
        (
            (1..pages.div_ceil(each))
                .map(|at| at * each * PAGE_SIZE)
                .collect(),
            each,
        )
    }

    /// A place in percent of the tube, from its left end.
    pub fn percent(&self, place: u64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a pipe has at most a mebibyte")]
        let part = place.min(self.scale) as f64 / self.scale.max(1) as f64;
        if self.backward {
            100.0 * part
        } else {
            100.0 - 100.0 * part
        }
    }
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

#[cfg(test)]
mod tests;
