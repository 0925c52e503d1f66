//! What a hook is given: one object, and all there is around it.

use super::{Object, Objects, State};
use crate::{
    gauge::{Mapped, peek, socket::Nets},
    supervisor::{
        Supervisor,
        crew::{Crew, Hand},
        journal::{Fact, Journal},
    },
};
use nix::unistd::Pid;
use shared::{
    event::{End, Kind, Part, Source},
    ids::{MsgId, ObjectId, WorkerId},
    ledger::{Inode, Ledger},
};
use std::path::Path;

/// One object and its surroundings, for a hook of its nature.
#[derive(Debug)]
pub(in crate::supervisor) struct Scene<'a> {
    /// What the kernel calls it.
    pub(in crate::supervisor) id: &'a ObjectId,
    pub(in crate::supervisor) inode: Inode,
    pub(in crate::supervisor) object_type: &'static str,
    /// Holders, names, mappings as last read; what it says after `look` is told if it changed.
    pub(in crate::supervisor) state: &'a mut State,
    /// The mappings with numbers.
    pub(in crate::supervisor) mapped: &'a [Mapped],
    pub(in crate::supervisor) crew: &'a Crew,
    pub(in crate::supervisor) ledger: &'a mut Ledger,
    pub(in crate::supervisor) journal: &'a mut Journal,
    /// What the kernel says of sockets.
    pub(in crate::supervisor) nets: &'a Nets,
    /// Calls are seen.
    pub(in crate::supervisor) traced: bool,
    dirty: &'a mut bool,
    stirred: bool,
}

impl Scene<'_> {
    /// A worker by its number.
    pub(in crate::supervisor) fn worker(&self, worker: usize) -> &Hand {
        &self.crew[worker]
    }

    /// The host's pid of a worker that lives.
    pub(in crate::supervisor) fn host(&self, worker: &WorkerId) -> Option<Pid> {
        let mut hands = self.crew.hands.iter();
        let hand = hands.find(|hand| hand.id == *worker && hand.alive())?;
        Some(hand.host)
    }

    /// The worker with that pid in the supervisor's namespace.
    pub(in crate::supervisor) fn by_pid(&self, pid: Pid) -> Option<&WorkerId> {
        Some(&self.crew[self.crew.by_pid(pid)?].id)
    }

    /// Tells something about the object, as far as there is room.
    pub(in crate::supervisor) fn tell(&mut self, source: Source, kind: Kind) {
        let fact = Fact::new(source, kind).object(Some(self.id.clone()));
        self.journal.tell_if_room("gauges", fact);
    }

    /// Tells that nobody will ever get these bytes.
    pub(in crate::supervisor) fn lost(&mut self, parts: Vec<Part>) {
        for part in parts {
            if let Some(msg) = part.msg {
                self.journal.counts.lost += 1;
                let kind = Kind::MessageLost {
                    msg,
                    from: part.from,
                    to: part.to,
                };
                let fact = Fact::new(Source::Gauge, kind).object(Some(self.id.clone()));
                self.journal.tell(fact);
            }
        }
    }

    /// The message that a worker has announced for that descriptor (-1: for none), and its priority, type or place.
    pub(in crate::supervisor) fn announced(
        &self,
        worker: usize,
        fd: i32,
    ) -> Option<(MsgId, Option<i64>)> {
        let sending = self.crew[worker].announced(fd)?;
        Some((sending.msg, sending.key))
    }

    /// The figures may have changed: `readings` will be asked.
    pub(in crate::supervisor) fn changed(&mut self) {
        *self.dirty = true;
    }

    /// Something is going on that nothing tells of: look soon, and often for a while.
    pub(in crate::supervisor) fn stir(&mut self) {
        self.stirred = true;
    }

    /// Bytes of the object from `at` on, and how many it has in all: through a mapping of a worker, a descriptor that can
    /// be read, or its name, in this order. `None` if there is no way.
    pub(in crate::supervisor) fn read(&self, at: u64, len: usize) -> Option<(Vec<u8>, u64)> {
        let wanted = u64::try_from(len).ok()?;
        for map in self.mapped {
            let Some(from) = at.checked_sub(map.offset) else {
                continue;
            };
            let there = map.len.saturating_sub(from).min(wanted);
            let bytes = peek::memory(map.pid, map.start + from, usize::try_from(there).ok()?);
            if !bytes.is_empty() {
                return Some((bytes, map.offset + map.len));
            }
        }
        for holder in self
            .state
            .holders
            .iter()
            .filter(|one| one.end != End::Write)
        {
            let host = self.host(&holder.worker);
            if let Some(Ok(read)) = host.map(|host| peek::file(host, holder.fd, at, len)) {
                return Some(read);
            }
        }
        let mut names = self.state.names.iter();
        names.find_map(|name| peek::named(Path::new(name), at, len).ok())
    }
}

impl Supervisor {
    /// Runs a hook of one object.
    pub(in crate::supervisor) fn with<R>(
        &mut self,
        object: usize,
        hook: impl FnOnce(&mut dyn super::Nature, &mut Scene<'_>) -> R,
    ) -> Option<R> {
        let Objects { all, nets, .. } = &mut self.objects;
        let Object {
            id,
            inode,
            object_type,
            state,
            mapped,
            dirty,
            nature,
            ..
        } = all.get_mut(object)?;
        let mut scene = Scene {
            id,
            inode: *inode,
            object_type,
            state,
            mapped,
            crew: &self.crew,
            ledger: &mut self.ledger,
            journal: &mut self.journal,
            nets,
            traced: self.tracer.traces(),
            dirty,
            stirred: false,
        };
        let done = hook(nature.as_mut(), &mut scene);
        if scene.stirred {
            self.objects.stir();
        }
        Some(done)
    }
}
