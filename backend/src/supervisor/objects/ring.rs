//! A ring in shared memory: what lies in it, read from the memory itself. Who stored and took what, its users say.

use super::{Nature, Scene, Sending, Touch};
use shared::{
    event::{Item, Kind, Origin, Reading, Source, Tie},
    ids::MsgId,
    ledger::{Tied, ring},
    mechanism::{
        memory::Means,
        queue::layout::{FIRST, HEAD, HEADER, Header, stride},
    },
};

/// Items that one event names: it is at most 8 KiB, and each can have a preview of 32 bytes.
const MOST_ITEMS: u32 = 40;
/// Bytes of each item that are told; the whole message was told when it was put.
const ITEM_PREVIEW: usize = 32;
/// How often the memory is read again where it changed meanwhile; after that, the next look finds it.
const TRIES: u32 = 3;

/// What is remembered of one.
#[derive(Debug, Default)]
pub(super) struct Ring {
    books: ring::Ring,
    header: Option<Header>,
    /// What was last told to be in it, and how many more.
    told: (Vec<Item>, u64),
    /// Calls of the run when it was first stored to or loaded from.
    calls: Option<u64>,
}

impl Ring {
    fn header(scene: &Scene<'_>) -> Option<Header> {
        let (bytes, _) = scene.read(0, HEADER)?;
        Header::read(&bytes)
    }

    /// Which slot has its message at that place.
    fn slot(&self, at: u64) -> Option<u32> {
        let header = self.header?;
        let at = usize::try_from(at).ok()?.checked_sub(FIRST + HEAD)?;
        let stride = stride(header.slot as usize);
        let slot = u32::try_from(at / stride).ok()?;
        (at % stride == 0 && slot < header.slots).then_some(slot)
    }

    /// What lies in the ring, the next to be taken first; nothing where it could not be read.
    fn items(&self, scene: &Scene<'_>, header: Header) -> Option<Vec<Item>> {
        let item = |n| {
            let count = header.popped.wrapping_add(n);
            let at = header.place(count) as u64;
            let (bytes, _) = scene.read(at, HEAD + (header.slot as usize).min(ITEM_PREVIEW))?;
            let (len, rest) = bytes.split_first_chunk()?;
            let len = u32::from_le_bytes(*len).min(header.slot);
            let message = rest.get(HEAD - size_of::<u32>()..)?;
            let first = message.get(..len as usize).unwrap_or(message);
            let slot = count % header.slots;
            Some(self.books.item(slot, count, len.into(), first))
        };
        (0..header.held().min(MOST_ITEMS)).map(item).collect()
    }

    /// Reads it, and tells what has changed.
    fn show(&mut self, scene: &mut Scene<'_>) {
        for _ in 0..TRIES {
            let Some(header) = Self::header(scene) else {
                return;
            };
            let items = self.items(scene, header);
            let after = Self::header(scene);
            let still = after.is_some_and(|after| {
                (after.pushed, after.popped) == (header.pushed, header.popped)
            });
            if self.header != Some(header) {
                self.header = Some(header);
                scene.changed();
                scene.stir();
            }
            if let Some(items) = items.filter(|_| still) {
                return self.tell(scene, items, header);
            }
        }
        scene.stir();
    }

    fn tell(&mut self, scene: &mut Scene<'_>, items: Vec<Item>, header: Header) {
        let now = (items, header.held().saturating_sub(MOST_ITEMS).into());
        if now != self.told {
            self.told.clone_from(&now);
            let kind = Kind::ObjectItems {
                items: now.0,
                more: now.1,
                origin: Origin::Live,
            };
            scene.tell(Source::Gauge, kind);
        }
    }
}

impl Nature for Ring {
    fn sending(&mut self, scene: &mut Scene<'_>, worker: usize, said: &Sending<'_>) -> Option<()> {
        self.calls.get_or_insert(scene.journal.counts.calls);
        let id = &scene.worker(worker).id;
        self.books.announced(said.msg, id, said.len);
        Some(())
    }

    fn sent(&mut self, scene: &mut Scene<'_>, _worker: usize, msg: MsgId, n: u64) -> Option<Tied> {
        self.books.put(msg, n > 0);
        Some(Tied {
            object: Some(scene.id.clone()),
            ..Tied::default()
        })
    }

    fn touched(&mut self, scene: &mut Scene<'_>, _worker: usize, touch: &Touch<'_>) -> Tied {
        if self.header.is_none() {
            self.header = Self::header(scene);
        }
        let Some(slot) = self.slot(touch.at) else {
            return Tied {
                tie: Tie::Unknown,
                ..Tied::default()
            };
        };
        if touch.stored {
            let slots = self.header.map_or(1, |header| header.slots);
            self.books
                .stored(slot, slots, touch.msg, touch.len, touch.bytes)
        } else {
            self.books.loaded(slot, touch.len, touch.bytes)
        }
    }

    fn look(&mut self, scene: &mut Scene<'_>) {
        scene.changed();
    }

    fn sample(&mut self, scene: &mut Scene<'_>) {
        self.show(scene);
    }

    fn readings(&mut self, scene: &mut Scene<'_>) -> Option<(Source, Vec<Reading>)> {
        let mut readings = Vec::new();
        let mut live = |figure: &str, value: u64, max: Option<u32>, how: &str| {
            readings.push(Reading {
                figure: figure.to_owned(),
                value,
                max: max.map(u64::from),
                origin: Origin::Live,
                how: how.to_owned(),
            });
        };
        if let Some(header) = self.header {
            let slots = Some(header.slots);
            live(
                "messages",
                header.held().into(),
                slots,
                "reading its memory",
            );
            live("items", header.items.into(), slots, "reading its memory");
            live("places", header.places.into(), slots, "reading its memory");
            for (lock, means) in [("readers", header.readers), ("writers", header.writers)] {
                live(lock, owner(means), None, "reading its memory");
                let died = matches!(means, Means::OwnerDied { .. });
                live(
                    &format!("{lock}_died"),
                    died.into(),
                    None,
                    "reading its memory",
                );
            }
        }
        if let Some(before) = self.calls.filter(|_| scene.traced) {
            let since = scene.journal.counts.calls.saturating_sub(before);
            live("calls", since, None, "X-ray");
        }
        Some((Source::Gauge, readings))
    }

    fn left(&mut self, scene: &mut Scene<'_>, worker: usize) {
        let lost = self.books.exit(&scene.worker(worker).id);
        scene.lost(lost);
        scene.changed();
        scene.stir();
    }

    fn removed(&mut self, scene: &mut Scene<'_>) {
        let unread = self.books.unread();
        scene.lost(unread);
    }
}

/// The thread that has the lock; 0 where nobody has it.
fn owner(means: Means) -> u64 {
    match means {
        Means::Held { owner, .. } => owner.map_or(0, u64::from),
        Means::NoGuard
        | Means::Free
        | Means::OwnerDied { .. }
        | Means::Count { .. }
        | Means::Sequence { .. } => 0,
    }
}
