//! The books of a ring in shared memory: which message lies in which slot.
//!
//! Nobody can see a store or a load: those who make them say so, while they have the lock that keeps all others out. So
//! what is said of one slot comes in the order in which it was done, and a slot has one message at a time. What lies there
//! is read from memory, and gets a name only where it is what was stored.

use super::Tied;
use crate::{
    event::{Item, Part, Preview, Tie},
    ids::{MsgId, WorkerId},
};
use std::collections::BTreeMap;

/// Messages that were put and not stored, of all producers together; what is beyond is not followed.
const MAX_ANNOUNCED: usize = 20_000;
/// Bytes of each that are kept for comparing; what is told of a message is no more either.
const MAX_CONTENT: usize = 256;

/// A message on its way into a slot.
#[derive(Clone, Debug)]
struct Announced {
    worker: WorkerId,
    len: u64,
    /// Its producer has gone on: it is in the row of the feeder.
    put: bool,
}

/// A message in a slot.
#[derive(Clone, Debug)]
struct Stored {
    msg: Option<MsgId>,
    /// How many had been stored before it, into any slot.
    number: u32,
    len: u64,
    content: Vec<u8>,
}

/// The books of one ring.
#[derive(Clone, Debug, Default)]
pub struct Ring {
    announced: BTreeMap<MsgId, Announced>,
    slots: BTreeMap<u32, Stored>,
    /// Stores that were told of. The memory may be ahead of that.
    told: u32,
}

impl Ring {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// A producer is about to put that.
    pub fn announced(&mut self, msg: MsgId, worker: &WorkerId, len: u64) {
        if self.announced.len() < MAX_ANNOUNCED {
            let worker = worker.clone();
            let put = false;
            self.announced.insert(msg, Announced { worker, len, put });
        }
    }

    /// Its producer goes on, having put it, or not: then it is no message any more.
    pub fn put(&mut self, msg: MsgId, done: bool) {
        if !done {
            self.announced.remove(&msg);
        } else if let Some(announced) = self.announced.get_mut(&msg) {
            announced.put = true;
        }
    }

    /// So many bytes were stored into a slot, one of `slots`, which are used one after the other.
    pub fn stored(
        &mut self,
        slot: u32,
        slots: u32,
        msg: Option<MsgId>,
        len: u64,
        bytes: &[u8],
    ) -> Tied {
        msg.map(|msg| self.announced.remove(&msg));
        let content = bytes.get(..MAX_CONTENT).unwrap_or(bytes).to_vec();
        // Of a flood, some may not have been told.
        let missed = (slot + slots).wrapping_sub(self.told % slots.max(1)) % slots.max(1);
        let number = self.told.wrapping_add(missed);
        self.told = number.wrapping_add(1);
        let stored = Stored {
            msg,
            number,
            len,
            content,
        };
        self.slots.insert(slot, stored);
        Tied {
            parts: vec![Part {
                msg,
                from: 0,
                to: len,
            }],
            ..Tied::default()
        }
    }

    /// So many bytes were taken out of a slot.
    pub fn loaded(&mut self, slot: u32, len: u64, bytes: &[u8]) -> Tied {
        let there = self.slots.remove(&slot);
        let msg = there.filter(|there| there.is(len, bytes));
        let msg = msg.and_then(|there| there.msg);
        Tied {
            parts: vec![Part {
                msg,
                from: 0,
                to: len,
            }],
            complete: msg.into_iter().collect(),
            tie: msg.map_or(Tie::Unknown, |_| Tie::Certain),
            ..Tied::default()
        }
    }

    /// What lies in a slot, as it was read: number `number` of all. Memory may be ahead of what was told: then it has no name.
    pub fn item(&self, slot: u32, number: u32, len: u64, bytes: &[u8]) -> Item {
        let there = self.slots.get(&slot);
        let there = there.filter(|there| there.number == number && there.is(len, bytes));
        Item {
            msg: there.and_then(|there| there.msg),
            len,
            key: None,
            preview: Preview::of(bytes, len),
        }
    }

    /// A process is gone: what it had put, and its feeder had not stored, nobody will ever get.
    pub fn exit(&mut self, worker: &WorkerId) -> Vec<Part> {
        let theirs = |_: &MsgId, announced: &mut Announced| announced.worker == *worker;
        let gone = self.announced.extract_if(.., theirs);
        let lost = gone.filter(|(_, announced)| announced.put);
        lost.map(|(msg, announced)| Part {
            msg: Some(msg),
            from: 0,
            to: announced.len,
        })
        .collect()
    }

    /// The memory is gone, and what nobody has taken.
    pub fn unread(&self) -> Vec<Part> {
        let all = self.slots.values().filter(|there| there.msg.is_some());
        all.map(|there| Part {
            msg: there.msg,
            from: 0,
            to: there.len,
        })
        .collect()
    }
}

impl Stored {
    /// Length and first bytes are those.
    fn is(&self, len: u64, bytes: &[u8]) -> bool {
        self.len == len && self.content.iter().zip(bytes).all(|(a, b)| a == b)
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, Ring, Tie};

    fn whole(msg: u64, len: u64) -> Vec<Part> {
        vec![Part {
            msg: Some(msg),
            from: 0,
            to: len,
        }]
    }

    #[test]
    fn what_is_taken_is_what_was_stored_in_that_slot() {
        let mut ring = Ring::new();
        for (msg, slot) in [(7, 0), (8, 1)] {
            ring.announced(msg, &"producer".into(), 5);
            assert_eq!(
                ring.stored(slot, 4, Some(msg), 5, b"hello").parts,
                whole(msg, 5)
            );
        }
        assert_eq!(ring.item(1, 1, 5, b"hello").msg, Some(8));
        assert_eq!(ring.item(1, 1, 5, b"other").msg, None);
        let taken = ring.loaded(1, 5, b"hello");
        assert_eq!((taken.parts, taken.complete), (whole(8, 5), vec![8]));
        assert_eq!(taken.tie, Tie::Certain);
        assert_eq!(ring.loaded(1, 5, b"hello").tie, Tie::Unknown, "it is gone");
        assert_eq!(ring.unread(), whole(7, 5));
    }

    #[test]
    fn memory_that_is_ahead_of_what_was_told_has_no_names() {
        let mut ring = Ring::new();
        for slot in [0, 1, 0, 1] {
            ring.stored(slot, 2, Some(u64::from(slot)), 4, b"same");
        }
        assert_eq!(ring.item(0, 2, 4, b"same").msg, Some(0));
        assert_eq!(ring.item(0, 4, 4, b"same").msg, None, "the next round");
        // One of three was not told of.
        ring.stored(1, 2, Some(9), 4, b"same");
        assert_eq!(ring.item(1, 5, 4, b"same").msg, Some(9));
    }

    #[test]
    fn another_program_may_have_stored_there() {
        let mut ring = Ring::new();
        ring.stored(3, 4, None, 2, b"hm");
        assert_eq!(ring.loaded(3, 2, b"hm").tie, Tie::Unknown);
        ring.stored(3, 4, Some(1), 2, b"hm");
        assert!(ring.loaded(3, 4, b"hmhm").complete.is_empty());
        assert_eq!(ring.unread(), []);
    }

    #[test]
    fn what_its_feeder_had_not_stored_dies_with_a_producer() {
        let mut ring = Ring::new();
        for (msg, worker) in [
            (1, "producer"),
            (2, "producer"),
            (3, "producer-2"),
            (4, "producer"),
        ] {
            ring.announced(msg, &worker.into(), 6);
            ring.put(msg, msg != 4);
        }
        ring.stored(0, 4, Some(1), 6, b"stored");
        ring.announced(5, &"producer".into(), 6);
        // It never came back from its put.
        assert_eq!(ring.exit(&"producer".into()), whole(2, 6));
        assert_eq!(ring.exit(&"producer".into()), []);
        assert_eq!(ring.exit(&"producer-2".into()), whole(3, 6));
    }
}
