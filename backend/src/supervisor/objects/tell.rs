//! Tells state and figures of an object, where they changed.

use super::Scene;
use crate::supervisor::Supervisor;
use shared::event::{Item, Kind, Origin, Preview, Source};

/// Holders, names, mappings, locks or offsets that one event names: it is at most 8 KiB.
const MOST: usize = 20;
/// Items that one event names: it is at most 8 KiB, and each can have a preview of 32 bytes.
const MOST_ITEMS: usize = 40;
/// Bytes of each item that are told; the whole message was told when it was sent.
const ITEM_PREVIEW: usize = 32;

impl Supervisor {
    pub(super) fn tell_object(&mut self, at: usize) {
        let Some(object) = self.objects.all.get_mut(at) else {
            return;
        };
        let mut now = object.state.clone();
        now.holders.truncate(MOST * 2);
        now.names.truncate(MOST);
        now.mappings.truncate(MOST);
        now.locks.truncate(MOST);
        now.offsets.truncate(MOST);
        if now == object.told {
            return;
        }
        object.told.clone_from(&now);
        let kind = Kind::ObjectState {
            holders: now.holders,
            names: now.names,
            mappings: now.mappings,
            locks: now.locks,
            offsets: now.offsets,
            peer: now.peer,
            socket: now.socket,
        };
        let state = Self::about(&object.id, Source::Gauge, kind);
        self.objects.pace = std::time::Duration::ZERO;
        self.journal.tell(state);
    }

    pub(super) fn tell_readings(&mut self, at: usize) {
        let object = self.objects.all.get_mut(at);
        let asked = object
            .is_some_and(|object| !object.removed && std::mem::replace(&mut object.dirty, false));
        if !asked {
            return;
        }
        let read = self.with(at, |nature, scene| nature.readings(scene));
        let Some(object) = self.objects.all.get_mut(at) else {
            return;
        };
        let Some((source, readings)) = read.flatten() else {
            // Asked again when the kernel has answered.
            object.dirty = true;
            return;
        };
        if object.readings == readings {
            return;
        }
        object.readings.clone_from(&readings);
        let fact = Self::about(&object.id, source, Kind::Gauge { readings });
        self.journal.tell_if_room("gauges", fact);
    }
}

/// How a figure is known that was counted rather than read.
pub(super) fn counted(traced: bool) -> Source {
    if traced { Source::Call } else { Source::Report }
}

/// Tells what lies in something that keeps messages apart, if that is not what was `told` last.
pub(super) fn tell_items(scene: &mut Scene<'_>, mut items: Vec<Item>, told: &mut Vec<Item>) {
    let more = items.len().saturating_sub(MOST_ITEMS) as u64;
    items.truncate(MOST_ITEMS);
    for item in &mut items {
        let bytes = item.preview.bytes();
        let short = bytes.get(..ITEM_PREVIEW).unwrap_or(&bytes);
        item.preview = Preview::of(short, item.len);
    }
    if items != *told {
        told.clone_from(&items);
        let kind = Kind::ObjectItems {
            items,
            more,
            origin: Origin::Model,
        };
        scene.tell(counted(scene.traced), kind);
    }
}
