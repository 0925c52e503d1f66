//! Commands: what the supervisor does itself at once, and what it hands to a worker.

use super::{Ending, Supervisor, crew::Waiting};
use crate::{
    link::{FromBox, MAX_FRAME, ToBox},
    sys::socket,
    worker::wire::Command,
};
use nix::sys::signal::{Signal, kill};
use rustix::net::RecvFlags;
use shared::{
    command::{Data, Effect, MAX_TIMES, Values},
    event::{Kind, Outcome, Source},
    failure::{Code, Failure},
    ids::{CallId, RequestId, WorkerId},
};
use std::time::{Duration, Instant};

/// Commands taken in one turn of the loop, so that a flood of them does not starve the workers.
const AT_ONCE: usize = 16;
/// How long those may take to leave who are told that there is nothing more to do; who sleeps in a call never hears it.
const LEAVING: Duration = Duration::from_millis(500);
/// How long the dying may take before what is left is the spawner's business.
const DYING: Duration = Duration::from_secs(1);

impl Supervisor {
    /// Takes commands from the server.
    pub(super) fn orders(&mut self) {
        let mut buffer = vec![0; MAX_FRAME];
        for _ in 0..AT_ONCE {
            let frame =
                match socket::receive(self.journal.server(), &mut buffer, RecvFlags::DONTWAIT) {
                    Ok(received) if received.len > 0 => {
                        buffer.get(..received.len).unwrap_or_default()
                    }
                    Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => return,
                    Ok(_) | Err(_) => return self.end(Outcome::Abandoned, None, true),
                };
            // The server checks what it passes on, so nothing else comes.
            if let Ok(order) = serde_json::from_slice(frame) {
                self.order(order);
            }
        }
    }

    fn order(&mut self, order: ToBox) {
        match order {
            ToBox::Begin(_) => {}
            ToBox::Send {
                re,
                worker,
                first,
                times,
                data,
                args,
            } => {
                let command = Command::Send {
                    msg: first,
                    data,
                    times,
                    args,
                };
                let done = self.send(re, worker.as_ref(), command);
                self.answer(re, done);
            }
            ToBox::Act {
                re,
                worker,
                verb,
                args,
            } => {
                let done = self.act(re, worker.as_ref(), &verb, &args);
                self.answer(re, done);
            }
            ToBox::Fetch {
                re,
                call,
                from,
                len,
            } => self.fetch(re, call, from, len),
            ToBox::Stop {
                outcome: Outcome::Completed,
            } => self.let_go(),
            ToBox::Stop { outcome } => self.end(outcome, None, false),
        }
    }

    fn answer(&mut self, re: Option<RequestId>, done: Result<Effect, Failure>) {
        match (re, done) {
            (Some(re), Ok(effect)) => self.journal.reply(&FromBox::Ack { re, effect }),
            (None, Ok(_)) => {}
            (re, Err(failure)) => self.journal.reply(&FromBox::Refused { re, failure }),
        }
    }

    fn send(
        &mut self,
        re: Option<RequestId>,
        worker: Option<&WorkerId>,
        command: Command,
    ) -> Result<Effect, Failure> {
        if let Command::Send {
            data, times, args, ..
        } = &command
        {
            self.play.entry.send_args(self.play.variant, args)?;
            data.check()?;
            if *times == 0 || *times > MAX_TIMES {
                let hint = format!("a whole number from 1 to {MAX_TIMES}");
                return Err(Failure::bad_param(
                    "times",
                    format!("{times} messages cannot be sent at once"),
                    hint,
                ));
            }
        }
        let play = &self.play;
        let found = self.crew.find(worker, |at, _| play.sends(at))?;
        if !self.play.sends(found) {
            let message = format!("a {} cannot send", self.crew[found].role);
            return Err(Failure::bad_param(
                "worker",
                message,
                "choose a worker that sends",
            ));
        }
        self.give(found, re, command)
    }

    fn act(
        &mut self,
        re: Option<RequestId>,
        worker: Option<&WorkerId>,
        verb: &str,
        args: &Values,
    ) -> Result<Effect, Failure> {
        let signal = match verb {
            "freeze" => Signal::SIGSTOP,
            "resume" => Signal::SIGCONT,
            "kill" => Signal::SIGKILL,
            "exit" => return self.exit(re, worker),
            "restart" => return self.restart(re, worker),
            "pull-cable" => return self.cable(re, verb, false),
            "plug-cable" => return self.cable(re, verb, true),
            _ => {
                let play = &self.play;
                let order = |role| play.entry.order(play.variant, verb, args, role);
                let found = self.crew.find(worker, |_, hand| order(hand.role).is_ok())?;
                let order = order(self.crew[found].role)?;
                self.signal_order(found, &order);
                return self.give(found, re, Command::Act(order));
            }
        };
        if worker.is_none() {
            return Err(Failure::bad_param(
                "worker",
                format!("{verb} whom?"),
                "name a worker",
            ));
        }
        let found = self.crew.find(worker, |_, _| false)?;
        let hand = &mut self.crew[found];
        if !hand.alive() {
            let message = format!("{} is not there yet", hand.id);
            return Err(
                Failure::new(Code::WorkerBusy, message, "try again in a moment").field("worker"),
            );
        }
        match (signal, hand.frozen) {
            (Signal::SIGSTOP, true) => {
                return Err(Failure::bad_param(
                    "worker",
                    format!("{} is frozen already", hand.id),
                    "resume it first",
                ));
            }
            (Signal::SIGCONT, false) => {
                return Err(Failure::bad_param(
                    "worker",
                    format!("{} is not frozen", hand.id),
                    "freeze it first",
                ));
            }
            _ => {}
        }
        kill(hand.host, signal).map_err(|errno| {
            Failure::new(
                Code::Internal,
                format!("{verb} failed: {errno}"),
                "try again",
            )
        })?;
        if !self.tracer.traces() {
            // The tracer tells of the stop itself; here, looking is the only way to know. What was ordered holds until
            // then: a process that somebody else traces, strace for example, does not look stopped by itself.
            hand.frozen = signal == Signal::SIGSTOP;
            let now = Instant::now();
            hand.stops_by = hand.frozen.then(|| now + super::gauges::STOPPING);
            hand.look = Some(now + super::gauges::SOON);
            self.see_it_stop(found, signal == Signal::SIGSTOP);
        }
        let hand = &mut self.crew[found];
        let done = hand
            .fact(
                Source::Run,
                Kind::CommandDone {
                    verb: verb.to_owned(),
                },
            )
            .re(re);
        self.journal.tell(done);
        Ok(Effect::Done)
    }

    /// Tells a worker that no more commands will come: when it asks for the next, it ends by itself.
    fn exit(
        &mut self,
        re: Option<RequestId>,
        worker: Option<&WorkerId>,
    ) -> Result<Effect, Failure> {
        if worker.is_none() {
            let message = "who is to exit?";
            return Err(Failure::bad_param("worker", message, "name a worker"));
        }
        let found = self.crew.find(worker, |_, _| false)?;
        let hand = &mut self.crew[found];
        hand.takes_commands()?;
        let (idle, verb) = (hand.idle(), "exit".to_owned());
        hand.told_to_exit = true;
        hand.closing = true;
        hand.pump();
        let kind = if idle {
            Kind::CommandDone { verb }
        } else {
            // Until it comes back from what it does, it does not hear of it.
            let call = hand.main_call().and_then(|call| call.told);
            Kind::CommandWaiting { verb, call }
        };
        let told = hand.fact(Source::Run, kind).re(re);
        self.journal.tell(told);
        Ok(if idle { Effect::Done } else { Effect::Queued })
    }

    /// Hands a command to a worker, at once or when it comes back from what it does.
    pub(super) fn give(
        &mut self,
        worker: usize,
        re: Option<RequestId>,
        command: Command,
    ) -> Result<Effect, Failure> {
        let hand = &mut self.crew[worker];
        hand.takes_commands()?;
        let idle = hand.idle();
        let verb = command.verb().to_owned();
        hand.waiting.push_back(Waiting {
            re,
            command,
            own: false,
        });
        if !idle {
            let call = hand.main_call().and_then(|call| call.told);
            let waiting = hand
                .fact(Source::Run, Kind::CommandWaiting { verb, call })
                .re(re);
            self.journal.tell(waiting);
        }
        self.crew[worker].pump();
        Ok(if idle { Effect::Done } else { Effect::Queued })
    }

    fn fetch(&mut self, re: RequestId, call: CallId, from: u64, len: u64) {
        let frame = match self.kept.get(call) {
            Some((bytes, total)) => {
                let start = usize::try_from(from).unwrap_or(usize::MAX).min(bytes.len());
                let end = usize::try_from(len)
                    .unwrap_or(usize::MAX)
                    .saturating_add(start)
                    .min(bytes.len());
                let data = Data::of(bytes.get(start..end).unwrap_or_default());
                FromBox::Bytes {
                    re,
                    from,
                    total,
                    data,
                }
            }
            None => {
                let failure = Failure::bad_param(
                    "call",
                    "no bytes are kept of that call",
                    "only the newest calls are kept",
                );
                FromBox::Refused {
                    re: Some(re),
                    failure,
                }
            }
        };
        self.journal.reply(&frame);
    }

    /// Tells everybody that there will be no more commands, so that they end by themselves; who does not, is killed.
    fn let_go(&mut self) {
        self.leaving = Some(Instant::now() + LEAVING);
        for hand in self.crew.hands.iter_mut().skip(1) {
            hand.closing = true;
            hand.pump();
        }
    }

    /// Kills everybody; the loop ends when all are reaped.
    pub(super) fn end(&mut self, outcome: Outcome, message: Option<String>, alone: bool) {
        if self.ending.is_some() {
            return;
        }
        self.ending = Some(Ending {
            outcome,
            message,
            until: Instant::now() + DYING,
            alone,
        });
        // Receivers first: nobody is to see an end-of-file that only the end of the run has made.
        for hand in self.crew.hands.iter().rev() {
            if hand.stage != super::crew::Stage::Gone && hand.host.as_raw() > 0 {
                // It may have died meanwhile; nobody else has its number before we reap it.
                let _gone_already = kill(hand.host, Signal::SIGKILL);
            }
        }
        for stray in &self.strays {
            let _gone_already = kill(*stray, Signal::SIGKILL);
        }
    }

    /// Everybody should be dead by now, and nothing more be told of them.
    pub(super) fn is_late(&self) -> bool {
        self.ending
            .as_ref()
            .is_some_and(|ending| ending.until <= Instant::now())
    }

    /// Whoever could be killed was; what is left is in our process group, which the spawner sweeps.
    pub(super) fn overdue(&mut self) -> bool {
        if self.leaving.is_some_and(|until| until <= Instant::now()) {
            self.leaving = None;
            self.end(Outcome::Stopped, None, false);
        }
        if self.born_by.is_some_and(|until| until <= Instant::now()) {
            self.born_by = None;
            self.expect_births();
        }
        self.is_late()
    }
}
