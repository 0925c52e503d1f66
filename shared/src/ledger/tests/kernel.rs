//! A pipe as pipe(7) and fs/pipe.c have it: slots of a page, small writes merged into the last page, atomic up to
//! `PIPE_BUF`, a reader that takes all there is up to its buffer.

use crate::ids::MsgId;
use std::collections::VecDeque;

const PAGE: usize = 4096;

/// A byte, and the truth about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Byte {
    pub(super) value: u8,
    pub(super) msg: MsgId,
    pub(super) at: u64,
}

#[derive(Debug)]
pub(super) struct Pipe {
    slots: VecDeque<Vec<Byte>>,
    most: usize,
}

impl Pipe {
    pub(super) fn new(slots: usize) -> Self {
        Self {
            slots: VecDeque::new(),
            most: slots,
        }
    }

    pub(super) fn bytes(&self) -> Vec<Byte> {
        self.slots.iter().flatten().copied().collect()
    }

    /// Puts in what fits now; how much. `first`: the call has put in nothing yet.
    pub(super) fn write(&mut self, data: &[Byte], first: bool) -> usize {
        let mut done = 0;
        let odd = data.len() % PAGE;
        if first
            && odd > 0
            && let Some(last) = self.slots.back_mut()
            && last.len() + odd <= PAGE
        {
            last.extend(&data[..odd]);
            done = odd;
        }
        while done < data.len() && self.slots.len() < self.most {
            let n = (data.len() - done).min(PAGE);
            self.slots.push_back(data[done..done + n].to_vec());
            done += n;
        }
        done
    }

    pub(super) fn read(&mut self, most: usize) -> Vec<Byte> {
        let mut got = Vec::new();
        while got.len() < most {
            let Some(slot) = self.slots.front_mut() else {
                break;
            };
            let n = slot.len().min(most - got.len());
            got.extend(slot.drain(..n));
            if slot.is_empty() {
                self.slots.pop_front();
            }
        }
        got
    }
}
