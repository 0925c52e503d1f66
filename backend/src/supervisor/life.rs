//! Births and deaths of workers.

use super::{
    Supervisor,
    crew::{Stage, Waiting},
};
use crate::{
    gauge::ProcessGauge,
    tracer::Ended,
    worker::{Language, wire::Command},
};
use nix::unistd::Pid;
use shared::event::{Kind, Outcome, ProcState, Source};

impl Supervisor {
    /// A worker has said its first words; `host` is what the kernel says of who said them.
    pub(super) fn started(&mut self, worker: usize, pid: i32, parent: i32, host: i32) {
        if self.crew[worker].stage != Stage::Unborn {
            return;
        }
        let outside = match &self.outside {
            Some(outside) => outside.pid(host),
            None => Some(host),
        };
        let hand = &mut self.crew[worker];
        hand.outside = outside;
        hand.stage = Stage::Alive;
        hand.pid = pid;
        hand.parent = parent;
        hand.host = Pid::from_raw(host);
        hand.gauge = ProcessGauge::new(hand.host).ok();
        let started = hand.fact(
            Source::Process,
            Kind::ProcessStarted {
                role: hand.role.to_owned(),
                parent,
                language: hand.language.name().map(str::to_owned),
            },
        );
        self.strays.retain(|stray| stray.as_raw() != host);
        self.journal.tell(started);
        self.inherit(worker);
        // It may fall asleep at once, and say nothing more.
        self.look_soon(worker);
        self.signals_born(worker);
        if self.ending.is_some() {
            let _gone_already =
                nix::sys::signal::kill(Pid::from_raw(host), nix::sys::signal::Signal::SIGKILL);
        }
    }

    /// A process was reaped, by us or by its parent.
    pub(super) fn gone(&mut self, worker: usize, how: Ended) {
        let hand = &mut self.crew[worker];
        if hand.stage != Stage::Alive {
            hand.stage = Stage::Gone;
            return;
        }
        hand.stage = Stage::Gone;
        hand.frozen = false;
        hand.look = None;
        hand.calls.clear();
        hand.gauge = None;
        hand.given = None;
        hand.waiting.clear();
        let (code, signal) = match how {
            Ended::Code(code) => (Some(code), None),
            Ended::Signal(signal) => (None, Some(signal)),
        };
        self.limit_in_death(worker, signal);
        let exited = self.crew[worker].fact(Source::Process, Kind::ProcessExited { code, signal });
        self.journal.tell(exited);
        self.signals_gone(worker, how);
        self.shelves_gone(worker);
        self.left(worker);
        if self.tracer.traces() {
            self.wait_for(worker);
        }
        self.last_one();
    }

    /// Nobody holds its report socket any more: it has ended, or will not speak again.
    pub(super) fn hung_up(&mut self, worker: usize) {
        match self.crew[worker].stage {
            // The fork that should have made it failed, or it could not become the program that it should be.
            Stage::Unborn => {
                self.crew[worker].stage = Stage::Gone;
                if self.crew[worker].language != Language::Rust {
                    self.output(worker, "stderr");
                    self.stillborn(worker, "ended before it began");
                }
                self.last_one();
            }
            // Traced, its end is seen by itself.
            Stage::Alive if !self.tracer.traces() => self.wait_for(worker),
            Stage::Alive | Stage::Gone => {}
        }
    }

    /// The time is up in which everybody should have come.
    pub(super) fn expect_births(&mut self) {
        let late = self
            .crew
            .hands
            .iter()
            .position(|hand| hand.stage == Stage::Unborn && hand.language != Language::Rust);
        if let Some(late) = late {
            self.stillborn(late, "did not begin in time");
        }
    }

    /// Without one of its processes, the run is not what was asked for.
    fn stillborn(&mut self, worker: usize, what: &str) {
        let hand = &self.crew[worker];
        let words = if hand.printed.is_empty() {
            String::new()
        } else {
            format!("; its last words: {}", hand.printed)
        };
        let language = hand.language.name().unwrap_or("rust");
        let message = format!("{}, in {language}, {what}{words}", hand.id);
        self.end(Outcome::Failed, Some(message), false);
    }

    /// Has the parent let an ended child go, wait4(2); nobody else can.
    fn wait_for(&mut self, worker: usize) {
        let (pid, parent) = (self.crew[worker].pid, self.crew[worker].parent);
        let mother = self
            .crew
            .hands
            .iter_mut()
            .find(|hand| hand.alive() && hand.pid == parent);
        if let Some(mother) = mother {
            mother.waiting.push_back(Waiting {
                re: None,
                command: Command::Wait { pid },
                own: true,
            });
            mother.pump();
        }
    }

    /// When only the first worker is left, there is nothing more for it to do.
    fn last_one(&mut self) {
        let more_to_do = self.play.mechanism.parent_acts() || self.play.mechanism.can_restart();
        if more_to_do && self.leaving.is_none() {
            return;
        }
        let mut others = self.crew.hands.iter().skip(1);
        if others.all(|hand| hand.stage == Stage::Gone)
            && let Some(first) = self.crew.hands.first_mut()
            && first.alive()
        {
            first.closing = true;
            first.pump();
        }
    }

    /// A stop by SIGSTOP, or its end, as the kernel tells of its children.
    pub(super) fn froze(&mut self, worker: usize, frozen: bool) {
        let hand = &mut self.crew[worker];
        if hand.frozen == frozen {
            return;
        }
        hand.frozen = frozen;
        let state = if frozen {
            ProcState::Frozen
        } else {
            ProcState::Running
        };
        let doing = crate::gauge::Doing {
            state,
            because: None,
            wchan: None,
        };
        self.tell_state(worker, doing);
        self.signal_froze(worker, frozen);
        self.look_soon(worker);
    }
}
