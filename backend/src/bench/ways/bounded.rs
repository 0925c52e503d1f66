//! The bounded queue in shared memory, by the steps that its roles take; without a feeder, as `feeder=off`.

use crate::{
    bench::way::Way,
    mechanism::queue::shared::bounded::{Bounded, GUARDED, make},
    sys::{
        calls::close,
        guard::Got,
        memory::Mapping,
        segment::{ftruncate, memfd_create},
    },
};
use nix::errno::Errno;
use shared::mechanism::queue::layout;

/// Slots, as many as a learner can choose.
const SLOTS: u32 = 64;

/// A queue, seen from either side.
#[derive(Debug)]
pub(super) struct Queue(Bounded<'static>);

pub(super) fn queue(size: usize) -> Result<Queue, Errno> {
    let slot = size.max(1);
    let len = layout::bytes(SLOTS as usize, slot);
    let fd = memfd_create("queue")?;
    ftruncate(fd, len)?;
    let memory = Mapping::map(fd, len, GUARDED, 0)?;
    close(fd)?;
    make(&memory, SLOTS, slot, false)?;
    // It lives as long as this process, which only measures.
    Ok(Queue(Bounded::open(Box::leak(Box::new(memory)))?))
}

impl Way for Queue {
    fn put(&mut self, payload: &[u8]) -> Result<(), Errno> {
        self.0.wait_for_place()?;
        self.0.store(payload, |_| {}).map(drop)
    }

    fn take(&mut self, buffer: &mut [u8]) -> Result<(), Errno> {
        if self.0.lock_readers()? == Got::OwnerDied {
            self.0.mend()?;
        }
        self.0.wait_for_item()?;
        self.0.take(buffer, |_, _| {})?;
        self.0.let_go()
    }
}
