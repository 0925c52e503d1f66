//! What workers say of memory that no call touches, checked by reading that memory.

use super::{
    Supervisor,
    objects::{Touch, Where},
};
use crate::{gauge::peek, worker::wire::Touched};
use shared::event::{Kind, PREVIEW, Source};

impl Supervisor {
    /// A worker says that it stored or loaded bytes where others see them.
    pub(super) fn touched(&mut self, worker: usize, touched: &Touched, stored: bool) {
        let Some(found) = self.whereabouts(worker, touched) else {
            // It is mapped nowhere that others could see.
            return self.journal.skip("reports", 1);
        };
        let bytes = touched.preview.bytes();
        let confirmed = self.agrees(worker, &found, &bytes);
        let touch = Touch {
            stored,
            msg: touched.msg.filter(|_| stored),
            at: found.at,
            len: touched.len,
            bytes: &bytes,
        };
        let tied = self
            .with(found.object, |nature, scene| {
                nature.touched(scene, worker, &touch)
            })
            .unwrap_or_default();
        let (at, len, preview) = (found.at, touched.len, touched.preview.clone());
        let kind = if stored {
            self.journal.counts.bytes_sent += len;
            Kind::MemoryStored {
                msg: touch.msg,
                at,
                len,
                preview,
            }
        } else {
            self.journal.counts.bytes_received += len;
            self.journal.counts.received += tied.complete.len() as u64;
            Kind::MemoryLoaded {
                at,
                len,
                preview,
                complete: tied.complete,
                tie: tied.tie,
            }
        };
        let source = if confirmed {
            Source::Memory
        } else {
            Source::Report
        };
        let object = self.objects.all.get(found.object);
        let id = object.map(|object| object.id.clone());
        let fact = self.crew[worker]
            .fact(source, kind)
            .object(id)
            .parts(super::receipts::merged(&tied.parts));
        self.journal.tell_if_room("reports", fact);
        self.objects.stir();
        self.with(found.object, |nature, scene| nature.sample(scene));
    }

    /// A worker is about to load from whatever it has mapped.
    pub(super) fn loading(&mut self, worker: usize) {
        for at in 0..self.objects.all.len() {
            self.with(at, |nature, scene| nature.loading(scene, worker));
        }
    }

    /// The memory that a worker sends into without a descriptor: what it has mapped, of a mechanism that maps memory.
    pub(super) fn in_memory(&mut self, worker: usize, fd: i32) -> Option<usize> {
        if fd >= 0 || !self.play.mechanism.maps_memory() {
            return None;
        }
        let anywhere = Touched::default();
        Some(self.whereabouts(worker, &anywhere)?.object)
    }

    /// Whether that memory has those bytes now. Somebody else may have stored there since, and then it cannot be said.
    fn agrees(&self, worker: usize, found: &Where, bytes: &[u8]) -> bool {
        let Some(address) = found.address.filter(|_| !bytes.is_empty()) else {
            return false;
        };
        let len = bytes.len().min(PREVIEW);
        peek::memory(self.crew[worker].host, address, len) == bytes
    }
}
