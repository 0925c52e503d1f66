//! The workers of a run: who they are, what they are told, what is known of them.

use super::journal::Fact;
use crate::{
    gauge::{Doing, ProcessGauge},
    tracer::Flow,
    worker::{
        Language,
        channel::Ours,
        wire::{Command, MAX_LINE},
    },
};
use nix::unistd::Pid;
use shared::{
    event::{Kind, Masks, Source, Wait},
    failure::{Code, Failure},
    ids::{CallId, MsgId, RequestId, WorkerId},
    mechanism::Member,
};
use std::{
    collections::{BTreeMap, VecDeque},
    time::{Duration, Instant},
};

/// Commands that wait for one worker at most.
const MAX_WAITING: usize = 64;

/// Threads of one worker whose calls are told at once. A lesson has a handful.
const MAX_THREADS: usize = 64;

/// Calls of one thread within each other: those of signal handlers that interrupted handlers.
const MAX_NESTED: usize = 16;

/// A command that waits for its worker.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) re: Option<RequestId>,
    pub(super) command: Command,
    /// The playground's own, not a learner's: not told.
    pub(super) own: bool,
}

/// A call that has not returned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    /// For the ledger, which wants one for every call.
    pub(super) key: CallId,
    /// Its `call.entered`, if that was told.
    pub(super) told: Option<CallId>,
    /// The place of the object it works on.
    pub(super) object: Option<usize>,
}

/// A message that a worker is about to send.
#[derive(Clone, Copy, Debug)]
pub(super) struct Announced {
    pub(super) msg: MsgId,
    /// Through which descriptor; -1 for none.
    pub(super) fd: i32,
    /// Priority, type or place.
    pub(super) key: Option<i64>,
}

/// How far a worker is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Not forked yet.
    Unborn,
    /// It has said that it is there.
    Alive,
    /// It ended.
    Gone,
}

/// One worker.
#[derive(Debug)]
pub(super) struct Hand {
    pub(super) id: WorkerId,
    pub(super) role: &'static str,
    pub(super) language: Language,
    pub(super) channel: Option<Ours>,
    pub(super) stage: Stage,
    /// getpid() in it.
    pub(super) pid: i32,
    /// What the kernel says, in the supervisor's namespace.
    pub(super) host: Pid,
    /// What it says outside of the box, which is the same where there is none.
    pub(super) outside: Option<i32>,
    /// What the supervisor takes it to be forked by: only its parent can wait for it.
    pub(super) parent: i32,
    /// Its report line, as far as it has come.
    pub(super) line: Vec<u8>,
    /// The time of its newest report, CLOCK_MONOTONIC, nanoseconds.
    pub(super) said_at: u64,
    /// Nobody holds its report socket any more.
    pub(super) hung_up: bool,
    /// It waits for a command.
    pub(super) ready: bool,
    pub(super) frozen: bool,
    /// Without X-ray: it was told to stop, and should have by then.
    pub(super) stops_by: Option<Instant>,
    /// Given to it, not taken yet.
    pub(super) given: Option<Waiting>,
    pub(super) waiting: VecDeque<Waiting>,
    /// No more commands for it, when it has taken those that wait.
    pub(super) closing: bool,
    /// A learner told it to exit: it takes no other command.
    pub(super) told_to_exit: bool,
    /// The calls its threads are in, by what gettid() returns. The last one is that of a signal handler, if there are
    /// several: it came in between.
    pub(super) calls: BTreeMap<i32, Vec<Open>>,
    /// Messages that it is about to send: each of its threads can be at another.
    pub(super) sending: Vec<Announced>,
    pub(super) gauge: Option<ProcessGauge>,
    /// What was last told of its state.
    pub(super) doing: Option<Doing>,
    /// When to look at it next.
    pub(super) look: Option<Instant>,
    /// How long after that to look again, where nothing else tells of a change.
    pub(super) pace: Duration,
    /// Bytes of its output that were told.
    pub(super) output: usize,
    /// Its signals as last told, in lessons about them.
    pub(super) masks: Option<Masks>,
    /// The last line it printed to stderr.
    pub(super) printed: String,
    /// Where in its memory the line of source is that it is in, of a role in Python.
    pub(super) here: Option<u64>,
}

impl Hand {
    fn new(member: &Member, language: Language, channel: Ours) -> Self {
        Self {
            id: member.id.clone(),
            role: member.role,
            language,
            channel: Some(channel),
            stage: Stage::Unborn,
            pid: 0,
            host: Pid::from_raw(0),
            outside: None,
            parent: 0,
            line: Vec::new(),
            said_at: 0,
            hung_up: false,
            ready: false,
            frozen: false,
            stops_by: None,
            given: None,
            waiting: VecDeque::new(),
            closing: false,
            told_to_exit: false,
            calls: BTreeMap::new(),
            sending: Vec::new(),
            gauge: None,
            doing: None,
            look: None,
            pace: Duration::ZERO,
            output: 0,
            masks: None,
            printed: String::new(),
            here: None,
        }
    }

    pub(super) fn alive(&self) -> bool {
        self.stage == Stage::Alive
    }

    /// Another process will have its name, and nothing else of it.
    pub(super) fn reborn(&mut self, channel: Ours) {
        let member = Member {
            id: self.id.clone(),
            role: self.role,
            seat: shared::mechanism::Seat::Below,
            sends: false,
        };
        *self = Self::new(&member, self.language, channel);
    }

    /// A fact about it.
    pub(super) fn fact(&self, source: Source, kind: Kind) -> Fact {
        let mut fact = Fact::new(source, kind);
        fact.worker = Some(self.id.clone());
        fact.pid = (self.pid > 0).then_some((self.pid, self.outside));
        fact
    }

    /// The message a call is about though its descriptor leads nowhere: a send through a closed one.
    pub(super) fn sent_by(&self, flow: Flow, fd: Option<i32>) -> Option<MsgId> {
        let sending = self.announced(fd.filter(|_| flow == Flow::Send)?);
        sending.map(|sending| sending.msg)
    }

    /// It is about to send a message.
    pub(super) fn announces(&mut self, announced: Announced) {
        self.done_with(announced.msg);
        if self.sending.len() >= MAX_THREADS {
            self.sending.remove(0);
        }
        self.sending.push(announced);
    }

    /// It is done with it.
    pub(super) fn done_with(&mut self, msg: MsgId) -> Option<Announced> {
        let mut all = self.sending.iter();
        let at = all.position(|announced| announced.msg == msg)?;
        Some(self.sending.remove(at))
    }

    /// The message that it has announced last for that descriptor.
    pub(super) fn announced(&self, fd: i32) -> Option<Announced> {
        let mut all = self.sending.iter().rev();
        all.find(|announced| announced.fd == fd).copied()
    }

    /// The call that its main thread is in.
    pub(super) fn main_call(&self) -> Option<Open> {
        self.call_of(self.host)
    }

    /// The call that a thread is in.
    pub(super) fn call_of(&self, task: Pid) -> Option<Open> {
        self.calls.get(&task.as_raw())?.last().copied()
    }

    /// A thread enters a call. A process that has more threads than a box allows is not told of.
    pub(super) fn enter(&mut self, task: Pid, call: Open) {
        if self.calls.len() < MAX_THREADS || self.calls.contains_key(&task.as_raw()) {
            let within = self.calls.entry(task.as_raw()).or_default();
            if within.len() == MAX_NESTED {
                within.remove(0);
            }
            within.push(call);
        }
    }

    /// The call that a thread is back from.
    pub(super) fn leave(&mut self, task: Pid) -> Option<Open> {
        let within = self.calls.get_mut(&task.as_raw())?;
        let call = within.pop();
        if within.is_empty() {
            self.calls.remove(&task.as_raw());
        }
        call
    }

    /// What an event says of the thread: nothing of the main one.
    pub(super) fn task(&self, task: Pid) -> Option<i32> {
        (task != self.host).then_some(task.as_raw())
    }

    /// It would take a command at once.
    pub(super) fn idle(&self) -> bool {
        self.ready && self.given.is_none() && self.waiting.is_empty() && !self.frozen
    }

    /// What it waits for when it sleeps in no call of the lesson.
    pub(super) fn because(&self) -> Option<Wait> {
        (self.ready && self.given.is_none()).then_some(Wait::Command)
    }

    /// A learner may tell it something.
    ///
    /// # Errors
    /// `worker_busy` where too much waits for it already, `bad_param` where it was told to exit.
    pub(super) fn takes_commands(&self) -> Result<(), Failure> {
        if self.told_to_exit {
            let message = format!("{} was told to exit already", self.id);
            let hint = "it ends when it comes back from what it does, or is killed";
            return Err(Failure::bad_param("worker", message, hint));
        }
        if self.waiting.len() < MAX_WAITING {
            return Ok(());
        }
        let message = format!("{MAX_WAITING} commands wait for {} already", self.id);
        let hint = "wait until it comes back, resume it or kill it";
        let busy = Failure::new(Code::WorkerBusy, message, hint);
        Err(busy.limit("waiting_commands", MAX_WAITING as u64))
    }

    /// Gives it the next command. The one after that waits here until this is taken, so that its socket never fills.
    pub(super) fn pump(&mut self) {
        let Some(channel) = &self.channel else { return };
        if self.given.is_none()
            && let Some(next) = self.waiting.pop_front()
        {
            let line = serde_json::to_vec(&next.command)
                .ok()
                .filter(|line| line.len() < MAX_LINE);
            if let Some(mut line) = line {
                line.push(b'\n');
                // A worker that is gone takes nothing; its end is told elsewhere.
                let _sent = crate::sys::socket::send(&channel.commands, &line);
                self.given = Some(next);
            }
        }
        if self.closing && self.waiting.is_empty() {
            self.closing = false;
            let _told = rustix::net::shutdown(&channel.commands, rustix::net::Shutdown::Write);
        }
    }
}

/// All workers, in the order of the cast.
#[derive(Debug)]
pub(super) struct Crew {
    pub(super) hands: Vec<Hand>,
}

impl Crew {
    pub(super) fn new(cast: &[Member], languages: &[Language], channels: Vec<Ours>) -> Self {
        Self {
            hands: cast
                .iter()
                .zip(languages)
                .zip(channels)
                .map(|((member, language), ours)| Hand::new(member, *language, ours))
                .collect(),
        }
    }

    /// The worker with that pid in the supervisor's namespace.
    pub(super) fn by_pid(&self, pid: Pid) -> Option<usize> {
        self.hands
            .iter()
            .position(|hand| hand.alive() && hand.host == pid)
    }

    /// The worker of that name, or the first that fits; alive, or about to be born.
    pub(super) fn find(
        &self,
        id: Option<&WorkerId>,
        fits: impl Fn(usize, &Hand) -> bool,
    ) -> Result<usize, Failure> {
        let Some(id) = id else {
            let mut all = self.hands.iter().enumerate();
            let fitting = all.find(|(at, hand)| hand.stage != Stage::Gone && fits(*at, hand));
            return fitting.map(|(at, _)| at).ok_or_else(|| {
                Failure::bad_param(
                    "worker",
                    "nobody is left who could do that",
                    "start another run",
                )
            });
        };
        let found = self
            .hands
            .iter()
            .position(|hand| hand.id == *id)
            .ok_or_else(|| {
                let there: Vec<_> = self.hands.iter().map(|hand| hand.id.as_str()).collect();
                Failure::bad_param(
                    "worker",
                    format!("there is no worker \"{id}\""),
                    format!("use one of: {}", there.join(", ")),
                )
            })?;
        match self.hands.get(found).map(|hand| hand.stage) {
            Some(Stage::Alive | Stage::Unborn) => Ok(found),
            Some(Stage::Gone) | None => Err(Failure::bad_param(
                "worker",
                format!("{id} has ended"),
                "choose one that lives, or start another run",
            )),
        }
    }

    /// Host pids of all that live.
    pub(super) fn pids(&self) -> Vec<Pid> {
        self.hands
            .iter()
            .filter(|hand| hand.alive())
            .map(|hand| hand.host)
            .collect()
    }
}

impl std::ops::Index<usize> for Crew {
    type Output = Hand;

    fn index(&self, index: usize) -> &Hand {
        &self.hands[index]
    }
}

impl std::ops::IndexMut<usize> for Crew {
    fn index_mut(&mut self, index: usize) -> &mut Hand {
        &mut self.hands[index]
    }
}
