//! Model of a pipe's slots: why a pipe can be full before its byte capacity is reached.

use std::collections::VecDeque;

/// Bytes of a slot.
const PAGE: u64 = shared::os::PAGE_SIZE;

/// Mirrors what the kernel does with the pages of a pipe, `fs/pipe.c`: the last page takes the odd rest of a write if it
/// fits in whole; all else takes a page each; a page is free again when its last byte is read.
///
/// An explanation, not a reading: it is told what calls did, and follows the kernel as long as it is told all of them in
/// the order of their effect. A write that waits for room is told at its entry, since its first bytes are in already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlotModel {
    slots: usize,
    pages: VecDeque<Page>,
    /// Writes that have not returned, in the order of their entry.
    writing: Vec<Writing>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Page {
    /// Bytes in it that were read already.
    from: u64,
    /// One past the last byte in it.
    to: u64,
    packet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Writing {
    writer: i32,
    left: u64,
    placed: u64,
    packet: bool,
    /// The rest that could go into the last page was tried: that happens once a call.
    begun: bool,
}

impl SlotModel {
    /// An empty pipe of that many bytes of capacity (F_GETPIPE_SZ).
    pub fn new(capacity: u64) -> Self {
        let mut model = Self::default();
        model.resize(capacity);
        model
    }

    /// The capacity changed (F_SETPIPE_SZ); it is a power of two of pages.
    pub fn resize(&mut self, capacity: u64) {
        self.slots = usize::try_from(capacity / PAGE)
            .unwrap_or(usize::MAX)
            .max(1);
        self.go_on();
    }

    /// A writer entered a call that is to write `bytes`; `packet` if O_DIRECT is set.
    pub fn enters(&mut self, writer: i32, bytes: u64, packet: bool) {
        self.writing.retain(|writing| writing.writer != writer);
        let mut writing = Writing {
            writer,
            left: bytes,
            placed: 0,
            packet,
            begun: false,
        };
        self.place(&mut writing);
        self.writing.push(writing);
    }

    /// That call returned and had written `bytes`, 0 if it failed.
    pub fn returned(&mut self, writer: i32, bytes: u64) {
        let Some(at) = self
            .writing
            .iter()
            .position(|writing| writing.writer == writer)
        else {
            return;
        };
        let writing = self.writing.remove(at);
        if writing.placed > bytes {
            self.take_back(writing.placed - bytes);
        } else if writing.placed < bytes {
            // A read that made room returned, and was told of, later than this write.
            self.put(bytes - writing.placed, writing.packet);
        }
        self.go_on();
    }

    /// A write of `bytes` was done, all at once; says how many of them found room.
    pub fn put(&mut self, bytes: u64, packet: bool) -> u64 {
        let mut writing = Writing {
            writer: 0,
            left: bytes,
            placed: 0,
            packet,
            begun: false,
        };
        self.place(&mut writing);
        writing.placed
    }

    /// A read took `bytes` out.
    pub fn took(&mut self, bytes: u64) {
        let mut left = bytes;
        while left > 0 {
            let Some(page) = self.pages.front_mut() else {
                break;
            };
            let here = left.min(page.to - page.from);
            page.from += here;
            left -= here;
            // Of a packet, what the reader's buffer has no room for is gone; and a read takes one packet.
            if page.packet {
                left = 0;
            }
            if page.packet || page.from == page.to {
                self.pages.pop_front();
            }
        }
        self.go_on();
    }

    /// Slots in use.
    pub fn used(&self) -> u64 {
        u64::try_from(self.pages.len()).unwrap_or(u64::MAX)
    }

    /// Slots there are.
    pub fn slots(&self) -> u64 {
        u64::try_from(self.slots).unwrap_or(u64::MAX)
    }

    /// Bytes in it.
    pub fn bytes(&self) -> u64 {
        self.pages.iter().map(|page| page.to - page.from).sum()
    }

    /// The first that waits goes on; and the next, if it is done. One that must wait again does so behind the others,
    /// which is how a large write comes to be cut in two by another's.
    fn go_on(&mut self) {
        while let Some(at) = self.writing.iter().position(|writing| writing.left > 0) {
            let mut writing = self.writing.remove(at);
            let before = writing.placed;
            self.place(&mut writing);
            if writing.left > 0 {
                let back = if writing.placed > before {
                    self.writing.len()
                } else {
                    at
                };
                self.writing.insert(back, writing);
                return;
            }
            self.writing.insert(at, writing);
        }
    }

    fn place(&mut self, writing: &mut Writing) {
        let rest = writing.left % PAGE;
        if !std::mem::replace(&mut writing.begun, true)
            && rest > 0
            && let Some(last) = self.pages.back_mut()
            && !last.packet
            && last.to + rest <= PAGE
        {
            last.to += rest;
            writing.left -= rest;
            writing.placed += rest;
        }
        while writing.left > 0 && self.pages.len() < self.slots {
            let here = writing.left.min(PAGE);
            self.pages.push_back(Page {
                from: 0,
                to: here,
                packet: writing.packet,
            });
            writing.left -= here;
            writing.placed += here;
        }
    }

    fn take_back(&mut self, mut bytes: u64) {
        while bytes > 0 {
            let Some(last) = self.pages.back_mut() else {
                return;
            };
            let here = bytes.min(last.to - last.from);
            last.to -= here;
            bytes -= here;
            if last.from == last.to {
                self.pages.pop_back();
            }
        }
    }
}

#[cfg(test)]
mod tests;
