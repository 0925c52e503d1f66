//! The picture of a file, without drawing it: inodes with their names, a strip of bytes by place, carets where open files
//! stand, brackets where something is locked.

mod strip;
#[cfg(test)]
mod tests;

pub use strip::{Block, Bracket, Caret, Run};

use shared::{
    event::Origin,
    os::PAGE_SIZE,
    state::{Object, RunState},
};

/// Shortest strip, in bytes: a file of five bytes is not stretched over its whole width.
const SHORTEST: u64 = 64;
/// More lines than this in one strip are a gray blur.
const MOST_TICKS: u64 = 64;

/// What is between the processes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// The files: the one with the name first, then those that are to get it, then those that had it.
    pub files: Vec<Inode>,
    /// Who has asked to be told of changes.
    pub watchers: Vec<String>,
}

/// What a file is at the moment, by its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It has the name that readers use.
    Named,
    /// It is being made beside.
    Beside,
    /// No name leads to it, and somebody has it open.
    Nameless,
    /// It is gone.
    Gone,
}

/// How the reads were that began at the first byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looks {
    /// How many.
    pub all: u64,
    /// That found nothing.
    pub empty: u64,
    /// That brought nothing new.
    pub vain: u64,
    /// That brought a part.
    pub torn: u64,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inode {
    /// What the kernel calls it: `file:[41207]`.
    pub id: String,
    /// Its number.
    pub number: String,
    /// Names that lead to it.
    pub names: Vec<String>,
    /// What it is by those.
    pub standing: Standing,
    /// Bytes in it, and how that is known.
    pub size: Option<(u64, Origin)>,
    /// Names that lead to it, as the kernel counts.
    pub links: Option<u64>,
    /// Bytes that the strip is long.
    pub span: u64,
    /// Where a page begins.
    pub pages: Vec<u64>,
    /// Who wrote what.
    pub blocks: Vec<Block>,
    /// Where open files stand.
    pub carets: Vec<Caret>,
    /// What is locked, and by whom.
    pub brackets: Vec<Bracket>,
    /// The first bytes as text, by who wrote them.
    pub text: Vec<Run>,
    /// Who has it mapped, and where.
    pub mapped: Vec<(String, String)>,
    /// How reads went.
    pub looks: Option<Looks>,
}

impl Picture {
    /// The picture of a run.
    pub fn of(run: &RunState) -> Self {
        let objects = run.objects.iter();
        let files = objects.filter(|object| object.object_type == "file");
        let mut files: Vec<_> = files.map(|object| inode(run, object)).collect();
        let last = files.pop();
        // What is gone is shown only if there is nothing else.
        files.retain(|file| file.standing != Standing::Gone);
        files.extend(last.filter(|last| files.is_empty() || last.standing != Standing::Gone));
        shared::sort_few(&mut files, |file| file.standing);
        let watchers = run
            .objects
            .iter()
            .filter(|object| object.object_type == "inotify" && !object.removed);
        let watchers = watchers.flat_map(|object| &object.holders);
        Self {
            files,
            watchers: watchers.map(|holder| holder.worker.to_string()).collect(),
        }
    }
}

fn inode(run: &RunState, object: &Object) -> Inode {
    let figure = |name: &str| object.reading(name).map(|reading| reading.value);
    let size = object
        .reading("size")
        .map(|size| (size.value, size.origin))
        .or_else(|| Some((object.content.as_ref()?.total, Origin::Live)));
    let names = names(object);
    let standing = match names.as_slice() {
        _ if object.removed => Standing::Gone,
        [] => Standing::Nameless,
        names if names.iter().any(|name| !is_beside(name)) => Standing::Named,
        _ => Standing::Beside,
    };
    let carets = strip::carets(run, object);
    let brackets = strip::brackets(run, object);
    let len = size.map_or(0, |(size, _)| size);
    let shown = strip::used(object).map_or(len, |used| used.min(len));
    let span = span(shown, &carets, &brackets);
    let number = object.id.as_str();
    let number = number
        .split_once('[')
        .map_or(number, |(_, rest)| rest.trim_end_matches(']'));
    Inode {
        id: object.id.to_string(),
        number: number.split('#').next().unwrap_or_default().to_owned(),
        names,
        standing,
        size,
        links: figure("links"),
        pages: pages(span),
        span,
        blocks: strip::blocks(run, object, len.min(span)),
        carets,
        brackets,
        text: strip::text(run, object),
        mapped: object
            .mappings
            .iter()
            .map(|map| (map.worker.to_string(), map.address.clone()))
            .collect(),
        looks: figure("reads").map(|all| Looks {
            all,
            empty: figure("empty").unwrap_or(0),
            vain: figure("vain").unwrap_or(0),
            torn: figure("torn").unwrap_or(0),
        }),
    }
}

/// Names that lead to it; before anybody looked, the one it was made with.
fn names(object: &Object) -> Vec<String> {
    let looked = !object.names.is_empty() || !object.readings.is_empty();
    if looked {
        object.names.clone()
    } else {
        object.name.iter().cloned().collect()
    }
}

/// A file that is made to take another's place is called `….new1` until then.
fn is_beside(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    last.contains(".new")
}

/// A length that all that is to be seen fits into, and that does not change with every byte.
fn span(len: u64, carets: &[Caret], brackets: &[Bracket]) -> u64 {
    let carets = carets.iter().map(|caret| caret.pos);
    let brackets = brackets
        .iter()
        .map(|bracket| bracket.to.unwrap_or(bracket.from));
    let most = carets.chain(brackets).fold(len, u64::max);
    most.max(SHORTEST)
        .checked_next_power_of_two()
        .unwrap_or(most)
}

fn pages(span: u64) -> Vec<u64> {
    let pages = span / PAGE_SIZE;
    let each = pages.div_ceil(MOST_TICKS).max(1);
    (1..pages.div_ceil(each))
        .map(|page| page * each * PAGE_SIZE)
        .collect()
}

impl Inode {
    /// The strip is shorter than the file: behind it are zeros.
    pub fn zeros_follow(&self) -> bool {
        self.size.is_some_and(|(size, _)| size > self.span)
    }

    /// A place in thousandths of a percent of the strip.
    pub fn place(&self, at: u64) -> u64 {
        at.min(self.span).saturating_mul(100_000) / self.span.max(1)
    }
}
