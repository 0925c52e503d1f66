//! The stage picture of the pipe: a tube with a scale, its ribbon of bytes, the holders at its two mouths.
//!
//! Places are counted in bytes from the read end, where bytes leave; the tube is drawn with that end on the right.

mod ends;
mod ribbon;

pub use ends::{Mouth, closable};
pub use ribbon::{Block, remainder};

use super::count;
use shared::{
    event::{End, Origin},
    ids::MsgId,
    mechanism::pipe::{Forgotten, Params},
    os::PAGE_SIZE,
    state::{Object, RunState},
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
    /// The picture of a run's pipe; an empty one before there is a pipe.
    pub fn of(run: &RunState) -> Self {
        let object = run.objects.first();
        let params = Params::new(&run.params)
            .or_else(|_| Params::new(&Default::default()))
            .ok();
        let wanted = params.as_ref().map_or(0, |params| params.capacity);
        let bytes = ribbon::bytes(
            run,
            object,
            if wanted == 0 { USUAL_CAPACITY } else { wanted },
        );
        let (blocks, boundaries, crowded) = ribbon::ribbon(run, object, bytes.value);
        let mut ids: Vec<_> = object
            .iter()
            .flat_map(|object| &object.ribbon)
            .filter_map(|part| part.msg)
            .collect();
        ids.dedup();
        let fresh = object.is_some_and(|object| ribbon::fresh(object, &bytes));
        let pages = ribbon::pages(object, &bytes, fresh);
        let forgotten = params.map_or(Forgotten::None, |params| params.forgotten);
        Self {
            id: object.map(|object| object.id.to_string()),
            name: object.and_then(|object| object.name.clone()),
            removed: object.is_some_and(|object| object.removed),
            pages_at_least: pages.is_some() && !fresh,
            pages,
            next: object
                .and_then(|object| object.ribbon.front())
                .and_then(|part| Some((part.msg?, part.from))),
            messages: ids.len(),
            write: ends::mouth(run, object, End::Write, forgotten),
            read: ends::mouth(run, object, End::Read, forgotten),
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

fn figure(object: &Object, name: &str) -> Option<Figure> {
    let reading = object.reading(name)?;
    Some(Figure {
        value: reading.value,
        max: reading.max.unwrap_or_default(),
        origin: reading.origin,
        how: reading.how.clone(),
    })
}
