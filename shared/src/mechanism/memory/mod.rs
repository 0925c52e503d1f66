//! Shared memory: the same page of memory at an address of each process. shm_overview(7), mmap(2), memfd_create(2), shmget(2).

mod acts;
mod entry;
mod layout;
mod params;

pub use acts::{Name, Order};
pub use entry::ENTRY;
pub use layout::{CELL_LEN, CELLS, FREE, GUARD, GUARD_LEN, Means, RECORD, RECORD_LEN, Word, word};
pub use params::{Guard, Kind, Params, Reader};

use super::{Member, Seat};
use crate::command::Values;

/// Who takes part: the parent, the writers on the left, the reader on the right. Their names say where they sit, not what
/// they can do: each can store and load.
pub(super) fn cast(_variant: &str, given: &Values) -> Vec<Member> {
    let writers = Params::new(given).map_or(1, |params| params.writers);
    let mut cast = vec![Member::parent()];
    cast.extend((1..=writers).map(|number| Member::numbered("writer", number, Seat::Left, true)));
    cast.push(Member::new("reader", "reader", Seat::Right, true));
    cast
}

/// The letter of the worker that was born as that one of the cast: A for the first after the parent.
pub fn letter(number: usize) -> u8 {
    let last = u8::try_from(number.saturating_sub(1)).unwrap_or(0);
    b'A' + last.min(25)
}

#[cfg(test)]
mod tests;
