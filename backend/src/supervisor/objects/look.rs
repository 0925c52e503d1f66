//! Looks at the objects: who holds and maps them, under which names, and what of it has changed since it was last told.

use super::State;
use crate::{
    gauge::{self, Mapped, named::Named},
    supervisor::{Supervisor, crew::Stage},
};
use shared::{
    event::{Holder, Kind, Mapping, Offset, Source},
    ids::ObjectId,
    ledger::Inode,
};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// Longest pause until everything is read again though nothing was seen: a program may close what no filter shows.
pub(super) const AGAIN: Duration = Duration::from_secs(1);
/// Pause after something has changed that no call tells of; doubled as long as nothing does.
pub(super) const SAMPLE: Duration = Duration::from_millis(20);

/// Connections in TIME_WAIT that are shown at once.
const PAST: usize = 8;
/// Mappings of an object that are remembered after they are gone: one for each role of a run, and for those started again.
const LEFT: usize = 16;

/// What was found of one object.
#[derive(Debug, Default)]
struct Found {
    holders: Vec<Holder>,
    offsets: Vec<Offset>,
    mapped: Vec<Mapped>,
}

impl Supervisor {
    /// Tells what has changed about the objects since it was last told.
    pub(in crate::supervisor) fn look_at_objects(&mut self) {
        let now = Instant::now();
        let due = self.objects.again.is_none_or(|again| again <= now);
        if self.objects.moved || due {
            self.objects.moved = false;
            let (first, last) = self.paces();
            self.objects.pace = (self.objects.pace * 2).clamp(first, last);
            self.objects.again = None;
            self.look_at_holders();
            for at in 0..self.objects.all.len() {
                if self
                    .objects
                    .all
                    .get(at)
                    .is_some_and(|object| !object.removed)
                {
                    self.with(at, |nature, scene| nature.sample(scene));
                }
            }
            let again = now + self.objects.pace;
            self.objects.again = Some(self.objects.again.map_or(again, |soon| soon.min(again)));
        }
        for at in 0..self.objects.all.len() {
            self.tell_readings(at);
        }
    }

    fn look_at_holders(&mut self) {
        let mut found: BTreeMap<ObjectId, Found> = BTreeMap::new();
        for held in gauge::holders(&self.crew.pids(), &self.objects.scope) {
            let Some(worker) = self.crew.by_pid(held.pid) else {
                continue;
            };
            if !self.tracer.traces() {
                self.opened(worker, &held);
            }
            let Some((object, _)) = self.object_behind(&held) else {
                continue;
            };
            let worker = self.crew[worker].id.clone();
            let all = found.entry(object).or_default();
            if held.object_type == "file" {
                all.offsets.push(Offset {
                    worker: worker.clone(),
                    fd: held.fd,
                    pos: held.pos,
                });
            }
            all.holders.push(Holder {
                worker,
                fd: held.fd,
                end: held.end,
            });
        }
        if self.play.mechanism.maps_memory() {
            self.look_at_mappings(&mut found);
        }
        let names = self.find_named(Source::Gauge);
        self.find_numbered(Source::Gauge);
        let numbers = if self.play.mechanism.has_numbers() {
            gauge::numbered_objects(&self.names)
        } else {
            Vec::new()
        };
        for at in 0..self.objects.all.len() {
            let Some(object) = self.objects.all.get(at).filter(|object| !object.removed) else {
                continue;
            };
            let now = found.remove(&object.id).unwrap_or_default();
            let mut names = of(&names, object.inode);
            let numbered = numbers.iter().find(|one| one.inode == object.inode);
            names.extend(numbered.map(|one| format!("key {:#010x}", one.key)));
            self.look_at(at, now, names);
        }
        self.forget_past_connections();
    }

    /// A connection that is over stays in the kernel for a minute. Of a server that gets one for every call, the last few
    /// are enough to see that.
    fn forget_past_connections(&mut self) {
        let over = |object: &super::Object| {
            let state = object.state.socket.as_ref();
            !object.removed
                && !object.held
                && state.is_some_and(|socket| socket.state == "TIME_WAIT")
        };
        let all = self.objects.all.iter().enumerate();
        let past: Vec<usize> = all
            .filter(|(_, object)| over(object))
            .map(|(at, _)| at)
            .collect();
        for at in past.iter().rev().skip(PAST) {
            self.object_gone(*at);
        }
    }

    fn look_at_mappings(&mut self, found: &mut BTreeMap<ObjectId, Found>) {
        for pid in self.crew.pids() {
            for map in gauge::mapped(pid, &self.objects.scope) {
                let id = self.ledger.known(map.inode, map.object_type).object;
                let name = map.name.clone();
                self.created(id.clone(), map.inode, map.object_type, name, Source::Gauge);
                found.entry(id).or_default().mapped.push(map);
            }
        }
    }

    fn look_at(&mut self, at: usize, now: Found, names: Vec<String>) {
        // Who was forked and has not said so yet may hold what its parent has closed already.
        let hands = &self.crew.hands;
        let being_born = hands.iter().any(|hand| hand.stage == Stage::Unborn)
            && hands.iter().any(crate::supervisor::crew::Hand::alive);
        let Some(object) = self.objects.all.get_mut(at) else {
            return;
        };
        let held = !now.holders.is_empty() || !now.mapped.is_empty();
        if being_born && !held {
            return;
        }
        let crew = &self.crew;
        let mapping = |map: &Mapped| {
            let worker = crew.by_pid(map.pid)?;
            Some(Mapping {
                worker: crew[worker].id.clone(),
                address: format!("{:#x}", map.start),
                len: map.len,
            })
        };
        let (peer, socket) = (object.state.peer.take(), object.state.socket.take());
        let old = std::mem::replace(
            &mut object.state,
            State {
                mappings: now.mapped.iter().filter_map(mapping).collect(),
                holders: now.holders,
                offsets: now.offsets,
                names,
                locks: Vec::new(),
                peer,
                socket,
            },
        );
        object.state.holders.sort();
        for map in std::mem::replace(&mut object.mapped, now.mapped) {
            if !object.mapped.contains(&map) {
                object.left.retain(|left| *left != map);
                object.left.insert(0, map);
            }
        }
        object.left.truncate(LEFT);
        if !self.tracer.traces() {
            for left in old
                .holders
                .iter()
                .filter(|left| !object.state.holders.contains(left))
            {
                self.ledger.close(&left.worker, left.fd);
            }
        }
        let let_go = object.held && !held;
        object.held = held;
        self.with(at, |nature, scene| nature.look(scene));
        self.tell_object(at);
        if let_go {
            self.with(at, |nature, scene| nature.let_go(scene));
        }
        let Some(object) = self.objects.all.get(at) else {
            return;
        };
        if !held
            && object.state.names.is_empty()
            && self.with(at, |nature, scene| nature.lives_on(scene)) != Some(true)
        {
            // Without X-ray: whoever had it has said what came out of it before closing it, and that may lie unread.
            if !self.tracer.traces() {
                if self.taking {
                    // In the middle of what was said: what comes after it must not be taken before it.
                    self.objects.moved = true;
                    return;
                }
                self.drain_all();
            }
            self.with(at, |nature, scene| nature.removed(scene));
            self.object_gone(at);
        }
    }

    fn object_gone(&mut self, at: usize) {
        if let Some(object) = self.objects.all.get_mut(at) {
            object.removed = true;
            let _nothing_is_left_in_it = self.ledger.removed(&object.id);
            let gone = Self::about(&object.id, Source::Gauge, Kind::ObjectRemoved {});
            self.journal.tell(gone);
        }
    }
}

/// The names that lead to an object.
fn of(names: &[Named], inode: Inode) -> Vec<String> {
    let names = names.iter().filter(|named| named.inode == inode);
    names.map(|named| named.name.clone()).collect()
}
