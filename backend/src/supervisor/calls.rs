//! What the tracer sees, as events.

use super::{
    Supervisor,
    crew::{Open, Stage},
    journal::Fact,
    receipts::merged,
};
use crate::{
    sandbox::{CHANNEL_FD, COMMAND_FD},
    tracer::{Entered, Flow, Returned, Seen},
};
use nix::unistd::Pid;
use shared::{
    event::{Kind, Preview, Source},
    ledger::{Motion, Tied},
    os::Signal,
};
use std::ops::RangeInclusive;

/// Descriptors of the playground, not of the lesson.
const OURS: RangeInclusive<i32> = CHANNEL_FD..=COMMAND_FD;

impl Supervisor {
    /// Tells what the tracer saw, after all that the worker had said before; then lets it go on.
    pub(super) fn seen(&mut self, seen: Seen) {
        let task = seen.pid();
        let pid = self.tracer.process(task);
        if self.tracer.traces() || matches!(seen, Seen::Gone { .. }) {
            match self.crew.by_pid(pid) {
                // What it loaded, others have stored before.
                Some(_) if self.play.mechanism.maps_memory() => self.drain_all(),
                Some(worker) => self.drain(worker),
                None => self.drain_unborn(),
            }
        }
        match (seen, self.crew.by_pid(pid)) {
            (
                Seen::Forked {
                    child,
                    birth: crate::tracer::Birth::Process | crate::tracer::Birth::Vfork,
                    ..
                },
                _,
            ) => {
                self.strays.push(child);
            }
            (Seen::Gone { pid, .. }, None) => self.stray_gone(pid),
            // What a process does before it has said who it is, is our own business.
            (_, None) | (Seen::Forked { .. }, _) => {}
            (Seen::Entered { call, .. }, Some(worker)) => self.entered(worker, task, &call),
            (Seen::Returned { call, .. }, Some(worker)) => self.returned(worker, task, &call),
            (Seen::Interrupted { .. }, Some(worker)) => {
                let hand = &self.crew[worker];
                if let Some(call) = hand.call_of(task).and_then(|call| call.told) {
                    let interrupted = hand.fact(Source::Call, Kind::CallInterrupted { call });
                    self.journal.tell(interrupted.task(hand.task(task)));
                }
            }
            (Seen::Reentered { .. }, Some(worker)) => {
                let hand = &self.crew[worker];
                if let Some(call) = hand.call_of(task) {
                    self.ledger.reentered(&hand.id, call.key);
                    if let Some(object) = call.object {
                        self.with(object, |nature, scene| {
                            nature.reentered(scene, worker, call.key);
                        });
                    }
                }
                self.look_soon(worker);
            }
            (Seen::Execed { .. }, Some(worker)) => {
                // Another program has other memory.
                self.crew[worker].here = None;
                self.inherit(worker);
            }
            // The tracer is told of a signal that the process ignores as well; to the process, it never comes.
            (Seen::Signaled { signal, .. }, Some(_)) if ignores(pid, signal) => {}
            (Seen::Signaled { signal, .. }, Some(worker)) => {
                let signaled =
                    self.crew[worker].fact(Source::Process, Kind::ProcessSignaled { signal });
                self.journal.tell(signaled);
                self.signal_begun(worker, signal.0);
            }
            (Seen::Frozen { .. }, Some(worker)) => self.froze(worker, true),
            (Seen::Thawed { .. }, Some(worker)) => self.froze(worker, false),
            (Seen::Gone { how, .. }, Some(worker)) => self.gone(worker, how),
        }
        if let Err(error) = self.tracer.resume(task) {
            let message = format!("the tracer could not let {task} go on: {error}");
            self.end(shared::event::Outcome::Failed, Some(message), false);
        }
    }

    /// A process that never said who it is.
    fn stray_gone(&mut self, pid: Pid) {
        self.strays.retain(|stray| *stray != pid);
        for hand in &mut self.crew.hands {
            // Or it was a thread.
            hand.calls.remove(&pid.as_raw());
        }
        let unborn = self
            .crew
            .hands
            .iter_mut()
            .find(|hand| hand.pid == 0 && hand.host == pid);
        if let Some(first) = unborn {
            first.stage = Stage::Gone;
            let message = "the first process of the run could not be set up".to_owned();
            self.end(shared::event::Outcome::Failed, Some(message), false);
        }
    }

    fn entered(&mut self, worker: usize, task: Pid, call: &Entered) {
        if call.fd.is_some_and(|fd| OURS.contains(&fd)) {
            return;
        }
        self.kept.key += 1;
        let key = self.kept.key;
        let (object, fd) = self.works_on(worker, call.handle);
        let own = object
            .and_then(|at| self.with(at, |nature, scene| nature.entered(scene, worker, key, call)));
        let line = self.line_of(worker, task, call.name);
        let hand = &self.crew[worker];
        let tied = match own.flatten() {
            Some(tied) => tied,
            None => motion(call, fd)
                .map(|motion| self.ledger.entered(&hand.id, key, motion))
                .unwrap_or_default(),
        };
        let id = object.and_then(|at| self.objects.all.get(at));
        let id = tied.object.or_else(|| id.map(|object| object.id.clone()));
        let kind = Kind::CallEntered {
            name: call.name.to_owned(),
            args: call.args.clone(),
            fd: call.fd,
            len: call.len,
            msg: tied
                .msg
                .or_else(|| hand.sent_by(call.flow, fd))
                .or_else(|| self.signal_call(worker, call.name)),
            data: (call.flow == Flow::Send)
                .then(|| Preview::of(&call.data, call.len.unwrap_or(call.data.len() as u64))),
            line,
        };
        let fact = hand
            .fact(Source::Call, kind)
            .task(hand.task(task))
            .object(id)
            .at(call.at_ns);
        let told = self.journal.tell_if_room("calls", fact);
        let hand = &mut self.crew[worker];
        hand.enter(task, Open { key, told, object });
        hand.doing = None;
        self.look_soon(worker);
    }

    fn returned(&mut self, worker: usize, task: Pid, call: &Returned) {
        let Some(open) = self.crew[worker].leave(task) else {
            return;
        };
        self.crew[worker].doing = None;
        let id = self.crew[worker].id.clone();
        let moved = if call.flow == Flow::None {
            0
        } else {
            call.moved
        };
        let (object, fd) = self.works_on(worker, call.handle);
        let object = object.or(open.object);
        let own = object.and_then(|at| {
            self.with(at, |nature, scene| {
                nature.returned(scene, worker, open.key, call, moved)
            })
        });
        let tied = match (own.flatten(), call.flow) {
            (Some(tied), _) => tied,
            (None, Flow::None) => Tied::default(),
            (None, Flow::Send | Flow::Receive | Flow::Move | Flow::Copy) => {
                self.ledger.returned(&id, open.key, moved, &call.data)
            }
        };
        let known = object.and_then(|at| self.objects.all.get(at));
        let known = tied
            .object
            .clone()
            .or_else(|| known.map(|object| object.id.clone()));
        let receives = call.flow == Flow::Receive;
        self.journal.counts.calls += 1;
        match call.flow {
            Flow::Send => self.journal.counts.bytes_sent += moved,
            Flow::Receive => self.journal.counts.bytes_received += moved,
            Flow::None | Flow::Move | Flow::Copy => {}
        }
        // Bytes that moved are in the books of whoever reads the journal, so they are told whatever the budget says.
        if open.told.is_some() || moved > 0 || self.journal.room() {
            let entered = open.told.unwrap_or_else(|| self.journal.next_seq());
            let kind = Kind::CallReturned {
                call: entered,
                name: call.name.to_owned(),
                args: call.args.clone(),
                fd: call.fd,
                ret: call.ret,
                errno: call.errno,
                msg: tied
                    .msg
                    .or_else(|| self.crew[worker].sent_by(call.flow, fd))
                    .or_else(|| self.signal_call(worker, call.name)),
                data: (receives && moved > 0).then(|| Preview::of(&call.data, moved)),
                took_ns: call.at_ns.saturating_sub(call.entered_ns),
                interrupted: call.interrupted,
                key: call.key,
                into: tied.into.clone(),
            };
            let hand = &self.crew[worker];
            let fact = hand
                .fact(Source::Call, kind)
                .task(hand.task(task))
                .object(known)
                .parts(merged(&tied.parts))
                .at(call.at_ns);
            self.journal.tell(fact);
            self.signal_taken(call.name, entered);
            // A message may be empty.
            // What inotify tells, nobody has sent; nor the byte that carries a descriptor.
            let of = object.and_then(|at| self.objects.all.get(at));
            // What a thread of ZeroMQ brings, the worker's own has yet to take from the shelf.
            let carries = of.is_some_and(super::objects::Object::carries_messages)
                && self.ledger.zmtp.is_none();
            if receives && carries && (moved > 0 || !tied.complete.is_empty()) {
                self.received(worker, Some(entered), &tied, Source::Call, call.at_ns);
                self.thrown_away(worker, &tied, Source::Call, call.at_ns);
            }
            // Nobody will ever get what was sent to where nobody is any more.
            if call.flow == Flow::Send {
                self.thrown_away(worker, &tied, Source::Call, call.at_ns);
            }
            if tied.inferred
                && let Some(msg) = tied.msg
            {
                self.inferred(worker, msg, moved, call.at_ns);
            }
            if moved > 0 {
                self.kept.keep(entered, moved, call.data.clone());
            }
        } else {
            self.journal.skip("calls", 1);
        }
        self.limit_in_call(worker, call);
        self.passed_over(moved);
        self.masks_after(call.name);
        self.called(worker, call, object, &tied, moved);
        self.look_soon(worker);
    }
}

/// Whether a process ignores a signal, `SigIgn` of `/proc/PID/status`.
fn ignores(pid: Pid, signal: Signal) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0);
    u32::try_from(signal.0 - 1).is_ok_and(|bit| mask.checked_shr(bit).unwrap_or(0) & 1 == 1)
}

/// What a call that moves bytes is about to do.
fn motion(call: &Entered, fd: Option<i32>) -> Option<Motion<'_>> {
    let (fd, len) = (fd?, call.len.unwrap_or(0));
    Some(match call.flow {
        Flow::None => return None,
        Flow::Send => Motion::Send {
            fd,
            len,
            bytes: &call.data,
        },
        Flow::Receive => Motion::Receive { fd, len },
        Flow::Move => Motion::Move {
            from: fd,
            to: call.fd_out?,
            len,
        },
        Flow::Copy => Motion::Copy {
            from: fd,
            to: call.fd_out?,
            len,
        },
    })
}

impl Supervisor {
    /// A fact about the playground's own skipping, or about an object, has no worker.
    pub(super) fn about(object: &shared::ids::ObjectId, source: Source, kind: Kind) -> Fact {
        Fact::new(source, kind).object(Some(object.clone()))
    }
}
