//! What a process can do with memory it has mapped: come to it, store, load, be alone with it, leave it.

use super::{
    guarded::{enter, leave, load_whole, mended},
    moves::Step,
    way::{Way, attach, remove},
};
use crate::{
    sys::{
        guard::Got,
        memory::{Mapping, load_anywhere},
    },
    worker::Worker,
};
use nix::errno::Errno;
use serde_json::json;
use shared::{
    ids::MsgId,
    mechanism::memory::{CELL_LEN, Guard, Name, Order, Params, RECORD, letter},
};

/// One process, and how far it is.
#[derive(Debug)]
pub(super) struct Hands<'a> {
    pub(super) params: &'a Params,
    way: &'a Way,
    wrong: &'a Way,
    pub(super) letter: u8,
    /// An address that would do.
    wish: usize,
    pub(super) memory: Option<Mapping>,
    /// Where it was mapped last.
    was: usize,
    /// It has the guard, and keeps it.
    pub(super) inside: bool,
    /// An add that is done step by step: the next step, and the register.
    pub(super) add: Option<(Step, u64)>,
    /// The half of a record that was held back.
    pub(super) rest: Vec<u8>,
}

/// Addresses that nothing uses on the machines we run on, and their distance.
const WISH: usize = 0x7e00_0000_0000;
const APART: usize = 0x10_0000_0000;
impl<'a> Hands<'a> {
    /// Those of the `number`th of the cast.
    pub(super) fn new(number: usize, way: &'a Way, wrong: &'a Way, params: &'a Params) -> Self {
        Self {
            params,
            way,
            wrong,
            letter: letter(number),
            wish: WISH + APART * number,
            memory: None,
            was: 0,
            inside: false,
            add: None,
            rest: Vec::new(),
        }
    }

    /// Maps the memory; false if it cannot.
    #[track_caller]
    pub(super) fn attach(&mut self, me: &mut Worker, name: Name) -> bool {
        let way = if name == Name::Right {
            self.way
        } else {
            self.wrong
        };
        let size = usize::try_from(self.params.size).unwrap_or(0);
        match attach(way, size, self.wish) {
            Ok(memory) => {
                self.was = memory.address();
                me.said(
                    "mapped",
                    json!({"address": format!("{:#x}", self.was), "len": size}),
                );
                self.memory = Some(memory);
                true
            }
            Err(errno) => {
                me.failed("attach", errno);
                me.said("refused", json!({"errno": shared::os::Errno(errno as i32)}));
                false
            }
        }
    }

    /// Stores a message where it is to lie.
    #[track_caller]
    pub(super) fn send(&mut self, me: &mut Worker, msg: MsgId, at: usize, payload: &[u8]) {
        me.sending_as(msg, -1, payload, i64::try_from(at).ok());
        let Some(memory) = self.memory.take() else {
            return me.sent(msg, 0, Some(Errno::EFAULT));
        };
        // Nobody else looks at its size: a store beyond the last page would be the end of this process.
        let fits = at + payload.len() <= memory.len();
        if !fits {
            me.sent(msg, 0, Some(Errno::ENOSPC));
        } else if self.enter(me, &memory) {
            memory.store(at, payload);
            self.leave(me, &memory);
            me.stored(Some(msg), memory.address() + at, payload);
            me.sent(msg, payload.len(), None);
        } else {
            me.sent(msg, 0, Some(Errno::EDEADLK));
        }
        self.memory = Some(memory);
    }

    /// Does what it is told.
    #[track_caller]
    pub(super) fn obey(&mut self, me: &mut Worker, order: Order) {
        match order {
            Order::Attach { name } => {
                self.attach(me, name);
                return;
            }
            Order::Unlink => {
                match remove(self.way) {
                    Ok(()) => me.said("unlinked", json!({})),
                    Err(errno) => me.failed("unlink", errno),
                }
                return;
            }
            Order::Touch => {
                let byte = load_anywhere(self.was);
                me.said("touched", json!({"byte": byte}));
                return;
            }
            Order::Load { .. }
            | Order::Store { .. }
            | Order::Add { .. }
            | Order::Step { .. }
            | Order::Fill { .. }
            | Order::Finish
            | Order::Lock
            | Order::Unlock
            | Order::Overwrite { .. }
            | Order::Check { .. }
            | Order::Close => {}
        }
        let Some(memory) = self.memory.take() else {
            return me.said("not_mapped", json!({}));
        };
        if order == Order::Close && !self.inside {
            match memory.unmap() {
                Ok(()) => me.said("unmapped", json!({})),
                Err(errno) => me.failed("munmap", errno),
            }
            return;
        }
        self.work(me, &memory, order);
        self.memory = Some(memory);
    }

    #[track_caller]
    fn work(&mut self, me: &mut Worker, memory: &Mapping, order: Order) {
        match order {
            Order::Load { at, len } => {
                self.look(me, memory, at, len);
            }
            Order::Store { cell, value } => {
                if self.enter(me, memory) {
                    let cell = RECORD + CELL_LEN * cell;
                    memory.store(cell, &value.to_ne_bytes());
                    self.leave(me, memory);
                    me.stored(None, memory.address() + cell, &value.to_ne_bytes());
                }
            }
            Order::Add { cell, n, times } => self.add(me, memory, cell, n, times),
            Order::Step { cell } => self.step(me, memory, cell),
            Order::Fill { hold } => self.fill(me, memory, hold),
            Order::Finish => self.finish(me, memory),
            Order::Lock => {
                if self.enter(me, memory) {
                    self.inside = true;
                    me.said("locked", json!({}));
                }
            }
            // Anybody may post a semaphore; a mutex belongs to who locked it.
            Order::Unlock if self.inside || self.params.guard == Guard::Semaphore => {
                self.inside = false;
                self.leave(me, memory);
                me.said("unlocked", json!({}));
            }
            Order::Unlock => me.said("not_locked", json!({})),
            Order::Overwrite { ms } => self.overwrite(me, memory, ms),
            Order::Check { ms } => self.check(me, memory, ms),
            Order::Close => me.said("still_locked", json!({})),
            Order::Attach { .. } | Order::Unlink | Order::Touch => {}
        }
    }

    /// Loads bytes and says what they are.
    #[track_caller]
    pub(super) fn look(
        &mut self,
        me: &mut Worker,
        memory: &Mapping,
        at: usize,
        len: usize,
    ) -> Vec<u8> {
        let mut bytes = vec![0; len.min(memory.len().saturating_sub(at))];
        me.loading();
        match self.load(me, memory, at, &mut bytes) {
            Ok(_) => me.loaded(memory.address() + at, &bytes),
            Err(errno) => me.failed("load", errno),
        }
        bytes
    }

    /// Loads bytes, alone with them if there is a guard: how often in vain.
    #[track_caller]
    pub(super) fn load(
        &mut self,
        me: &mut Worker,
        memory: &Mapping,
        at: usize,
        bytes: &mut [u8],
    ) -> Result<u64, Errno> {
        if self.params.guard == Guard::Seqlock && !self.inside {
            let vain = load_whole(memory, at, bytes);
            if vain.is_err() {
                me.said("gave_up", json!({"guard": "seqlock"}));
            }
            return vain;
        }
        if !self.enter(me, memory) {
            return Err(Errno::EDEADLK);
        }
        memory.load(at, bytes);
        self.leave(me, memory);
        Ok(0)
    }

    /// Takes the guard, unless it has it; false if it cannot be had. Who is told that the last owner died, mends.
    #[track_caller]
    pub(super) fn enter(&mut self, me: &mut Worker, memory: &Mapping) -> bool {
        if self.inside {
            return true;
        }
        match enter(memory, self.params.guard) {
            Ok(Got::Clean) => true,
            Ok(Got::OwnerDied) => {
                me.said("owner_died", json!({"errno": "EOWNERDEAD"}));
                // A real program would look at the data now: it may be half old, half new.
                match mended(memory) {
                    Ok(()) => me.said("consistent", json!({})),
                    Err(errno) => me.failed("pthread_mutex_consistent", errno),
                }
                true
            }
            Err(errno) => {
                me.failed("lock", errno);
                me.said("gave_up", json!({"errno": shared::os::Errno(errno as i32)}));
                false
            }
        }
    }

    /// Gives the guard back, unless it is to keep it.
    #[track_caller]
    pub(super) fn leave(&mut self, me: &mut Worker, memory: &Mapping) {
        if !self.inside
            && let Err(errno) = leave(memory, self.params.guard)
        {
            me.failed("unlock", errno);
        }
    }
}
