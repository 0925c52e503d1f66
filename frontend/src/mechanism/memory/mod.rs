//! The picture of shared memory, without drawing it: one page, the addresses it has in each process, the word of its guard,
//! and the cells with who stored last.

#[cfg(test)]
mod tests;

use super::count;
use shared::{
    event::Origin,
    mechanism::memory::{CELL_LEN, CELLS, Guard, Means, RECORD, word},
    state::{Object, RunState},
};

/// Rows of free memory that are shown behind the record, if there is anything in them.
const FREE_ROWS: usize = 8;

/// What is between the processes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// The memory; one of which nothing is left comes last.
    pub pages: Vec<Page>,
}

/// One piece of memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// What the kernel calls it.
    pub id: String,
    /// Names that lead to it.
    pub names: Vec<String>,
    /// Nothing of it is left.
    pub removed: bool,
    /// Where it is mapped.
    pub addresses: Vec<Address>,
    /// The word of its guard, if it has one.
    pub guard: Option<GuardCell>,
    /// The record, and behind it as much as there is anything.
    pub cells: Vec<Cell>,
    /// The record is of several processes.
    pub mixed: bool,
    /// Bytes in all.
    pub total: u64,
    /// Calls of all processes since the first store.
    pub calls: Option<(u64, Origin)>,
    /// Who has it attached, as the kernel counts; and whether it is to go with them.
    pub attached: Option<(u64, bool)>,
}

/// Where a process has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Whose letter.
    pub letter: Option<char>,
    /// Who.
    pub who: String,
    /// Its first address there.
    pub address: String,
}

/// The guard's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuardCell {
    /// What it is called.
    pub name: &'static str,
    /// The word as a number.
    pub raw: String,
    /// What that means.
    pub means: String,
    /// Somebody has it, or had it when it died.
    pub taken: bool,
    /// The letter of who has it.
    pub holder: Option<char>,
}

/// Eight bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Where.
    pub at: u64,
    /// The bytes, hexadecimal.
    pub hex: String,
    /// As text, what cannot be printed as a dot.
    pub text: String,
    /// As a number, where that says more than the text.
    pub number: Option<i64>,
    /// Who stored last; several where it is mixed.
    pub writers: Vec<char>,
}

impl Picture {
    /// The picture of a run.
    pub fn of(run: &RunState) -> Self {
        let is_memory = |object: &&Object| matches!(object.object_type.as_str(), "memory" | "file");
        let mut pages: Vec<Page> = Vec::new();
        for object in run.objects.iter().filter(is_memory) {
            let page = page(run, object);
            let place = if page.removed { pages.len() } else { 0 };
            pages.insert(place, page);
        }
        Self { pages }
    }
}

fn page(run: &RunState, object: &Object) -> Page {
    let content = object.content.as_ref().filter(|content| content.at == 0);
    let bytes = content.map_or_else(Vec::new, |content| unhex(&content.hex));
    let guard = run.params.get("guard").and_then(|guard| guard.as_str());
    let cells = cells(run, object, &bytes);
    let mut of_record: Vec<char> = Vec::new();
    for cell in cells.iter().take(CELLS) {
        for letter in &cell.writers {
            if !of_record.contains(letter) {
                of_record.push(*letter);
            }
        }
    }
    let reading = |figure: &str| object.reading(figure);
    Page {
        id: object.id.to_string(),
        names: object.names.clone(),
        removed: object.removed,
        addresses: object
            .mappings
            .iter()
            .map(|mapping| Address {
                letter: run.worker(&mapping.worker).and_then(|who| who.letter),
                who: mapping.worker.to_string(),
                address: mapping.address.clone(),
            })
            .collect(),
        guard: guard_cell(run, Guard::of(guard.unwrap_or_default()), &bytes),
        mixed: of_record.len() > 1 && whole_record_is_of_letters(&cells),
        cells,
        total: content.map_or(0, |content| content.total),
        calls: reading("calls").map(|reading| (reading.value, reading.origin)),
        attached: reading("attached").map(|reading| {
            (
                reading.value,
                object.reading("removed").is_some_and(|r| r.value > 0),
            )
        }),
    }
}

/// A record that is filled to the end, so that two writers mean two halves and not two messages beside each other.
fn whole_record_is_of_letters(cells: &[Cell]) -> bool {
    let mut record = cells.iter().take(CELLS);
    record.all(|cell| !cell.writers.is_empty() && cell.number.is_none())
}

fn cells(run: &RunState, object: &Object, bytes: &[u8]) -> Vec<Cell> {
    let Some(content) = &object.content else {
        return Vec::new();
    };
    let behind = bytes.get(RECORD..).unwrap_or_default();
    let last = behind.iter().rposition(|byte| *byte != 0).unwrap_or(0);
    let rows = (last / CELL_LEN + 1).clamp(CELLS, CELLS + FREE_ROWS);
    let letter_at = |at: u64| {
        let mut writers = content.writers.iter();
        let wrote = writers.find(|wrote| wrote.from <= at && at < wrote.to)?;
        run.worker(wrote.worker.as_ref()?)?.letter
    };
    let mut cells = Vec::new();
    for (row, bytes) in behind.chunks(CELL_LEN).take(rows).enumerate() {
        let at = (RECORD + row * CELL_LEN) as u64;
        let mut writers = Vec::new();
        for byte in 0..bytes.len() as u64 {
            if let Some(letter) = letter_at(at + byte)
                && !writers.contains(&letter)
            {
                writers.push(letter);
            }
        }
        cells.push(Cell {
            at,
            hex: spaced(bytes),
            text: printed(bytes),
            number: number(bytes),
            writers,
        });
    }
    cells
}

fn guard_cell(run: &RunState, guard: Guard, bytes: &[u8]) -> Option<GuardCell> {
    let word = word(guard, bytes);
    let who = |thread: u32| {
        let pid = i32::try_from(thread).ok();
        run.workers.iter().find(|worker| Some(worker.pid) == pid)
    };
    let mut holder = None;
    let (taken, means) = match word.means {
        Means::NoGuard => return None,
        Means::Free => (false, "free".to_owned()),
        Means::Held { owner, waiters } => {
            let mut says = "taken".to_owned();
            if let Some(owner) = owner {
                says = format!("thread {owner}");
                if let Some(worker) = who(owner) {
                    holder = worker.letter;
                    says = format!("{} has it (thread {owner})", worker.id);
                    if !worker.alive() {
                        says = format!("{} had it, and is dead (thread {owner})", worker.id);
                    }
                }
            }
            if waiters {
                says.push_str(" · others sleep for it");
            }
            (true, says)
        }
        Means::OwnerDied { .. } => (true, "its owner died: EOWNERDEAD for the next".to_owned()),
        Means::Count { free, waiters } => {
            let mut says = format!("{free} free");
            if waiters > 0 {
                says.push_str(&format!(" · {waiters} asleep"));
            }
            (free == 0, says)
        }
        Means::Sequence { writing, writes } => {
            let says = if writing {
                "odd: somebody is in the middle of a write".to_owned()
            } else {
                format!("even: {} writes, all complete", count(writes))
            };
            (writing, says)
        }
    };
    let name = match guard {
        Guard::None | Guard::Atomics => "",
        Guard::Mutex => "mutex",
        Guard::Robust => "robust mutex",
        Guard::Semaphore => "semaphore",
        Guard::Seqlock => "sequence",
    };
    Some(GuardCell {
        name,
        raw: match guard {
            Guard::Robust => format!("0x{:08x}", word.raw),
            Guard::Semaphore => (word.raw & 0xffff_ffff).to_string(),
            Guard::None | Guard::Atomics | Guard::Mutex | Guard::Seqlock => word.raw.to_string(),
        },
        means,
        taken,
        holder,
    })
}

fn unhex(hex: &str) -> Vec<u8> {
    let two = |at: usize| u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok();
    (0..hex.len() / 2).filter_map(two).collect()
}

fn spaced(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        if !text.is_empty() {
            text.push(' ');
        }
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
    }
    text
}

fn printed(bytes: &[u8]) -> String {
    let shown = |byte: &u8| match byte {
        b' '..=b'~' => char::from(*byte),
        _ => '·',
    };
    bytes.iter().map(shown).collect()
}

/// Of bytes that are text, the number says nothing.
fn number(bytes: &[u8]) -> Option<i64> {
    let number = i64::from_le_bytes(*bytes.first_chunk()?);
    let end = bytes.iter().rposition(|byte| *byte != 0);
    let there = end.and_then(|end| bytes.get(..=end)).unwrap_or_default();
    // Two letters may as well be a number; three hardly are.
    let is_text = there.len() > 2 && there.iter().all(|byte| (b' '..=b'~').contains(byte));
    (!is_text).then_some(number)
}
