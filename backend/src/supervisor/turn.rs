//! The loop: stops of traced calls first, then whatever else there is, then sleep.

use super::{Ending, Supervisor};
use crate::{link::FromBox, tracer::Next};
use nix::{
    errno::Errno,
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sched::sched_yield,
    sys::{
        epoll::{EpollEvent, EpollFlags, EpollTimeout},
        signal::{Signal, killpg},
    },
    unistd::getpgrp,
};
use shared::event::Outcome;
use std::{
    os::fd::AsFd,
    time::{Duration, Instant},
};

/// Stops in a row before commands and deadlines get their turn: a flood must not starve them.
const BURST: u32 = 32;
/// How often room in the server's socket is looked for while the journal is full, milliseconds; room wakes at once.
const FULL: u8 = 10;
/// How long a busy server may take to read the next of the last frames.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What a descriptor in the epoll set is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Server,
    Spawner,
    Signals,
    Reports(usize),
    Stdout(usize),
    Stderr(usize),
}

impl Token {
    pub(super) fn number(self) -> u64 {
        match self {
            Self::Server => 0,
            Self::Spawner => 1,
            Self::Signals => 2,
            Self::Reports(worker) => 3 + 3 * worker as u64,
            Self::Stdout(worker) => 4 + 3 * worker as u64,
            Self::Stderr(worker) => 5 + 3 * worker as u64,
        }
    }

    fn of(number: u64) -> Self {
        let worker = usize::try_from(number.saturating_sub(3) / 3).unwrap_or(0);
        match number {
            0 => Self::Server,
            1 => Self::Spawner,
            2 => Self::Signals,
            _ => match number % 3 {
                0 => Self::Reports(worker),
                1 => Self::Stdout(worker),
                _ => Self::Stderr(worker),
            },
        }
    }
}

impl Supervisor {
    /// Until nobody is left; returns the exit status.
    pub(super) fn watch(&mut self) -> i32 {
        let mut burst = 0;
        let mut fresh = false;
        loop {
            // Whoever is stopped stays stopped until the server has read: facts that must be told cannot wait in memory
            // without end.
            let full = self.journal.is_full();
            if burst < BURST && !full {
                match self.tracer.next() {
                    Ok(Next::Seen(seen)) => {
                        burst += 1;
                        fresh = true;
                        self.seen(seen);
                        continue;
                    }
                    // On the same core, the worker reaches its next stop meanwhile.
                    Ok(Next::Nothing) if std::mem::take(&mut fresh) => {
                        let _always_works = sched_yield();
                        continue;
                    }
                    Ok(Next::Nothing) => {}
                    Ok(Next::NoChildren) => return self.finish(),
                    Err(error) => {
                        self.end(
                            Outcome::Failed,
                            Some(format!("the tracer failed: {error}")),
                            false,
                        );
                    }
                }
            }
            let busy = burst >= BURST || full;
            burst = 0;
            if self.overdue() {
                return self.finish();
            }
            self.settle(busy);
            self.turn(busy);
        }
    }

    /// What is done once before each sleep: everything that was put off while stops came in.
    fn settle(&mut self, busy: bool) {
        if !busy {
            self.look_at_objects();
            self.masks_now_and_then();
            self.tell_shelves();
        }
        self.journal.say_skipped();
        let clear = self.journal.flush();
        let interest = if clear {
            EpollFlags::EPOLLIN
        } else {
            EpollFlags::EPOLLIN | EpollFlags::EPOLLOUT
        };
        let mut event = EpollEvent::new(interest, Token::Server.number());
        let _still_there = self.epoll.modify(self.journal.server(), &mut event);
        if self.journal.deaf {
            self.end(Outcome::Abandoned, None, true);
        }
    }

    fn turn(&mut self, busy: bool) {
        let full = self.journal.is_full();
        if full {
            self.wait_for_room();
        }
        let mut events = [EpollEvent::empty(); 32];
        // EINTR: nothing happened.
        let count = self
            .epoll
            .wait(&mut events, self.timeout(busy))
            .unwrap_or_default();
        for event in events.iter().take(count) {
            match Token::of(event.data()) {
                Token::Server => self.orders(),
                Token::Spawner => self.end(Outcome::SupervisorDied, None, true),
                // Whose it was, waitpid says.
                Token::Signals => drop(self.signals.read_signal()),
                Token::Reports(_) | Token::Stdout(_) | Token::Stderr(_) if full => {}
                // Without calls, only the reports tell what came first.
                Token::Reports(_) if !self.tracer.traces() || self.play.mechanism.maps_memory() => {
                    self.drain_all();
                }
                Token::Reports(worker) => self.drain(worker),
                Token::Stdout(worker) => self.output(worker, "stdout"),
                Token::Stderr(worker) => self.output(worker, "stderr"),
            }
        }
        if full {
            return;
        }
        if !self.ahead.is_empty() {
            self.drain_all();
        }
        self.look_at_workers();
    }

    /// Sleeps until the server takes something, or says something.
    fn wait_for_room(&self) {
        let server = self.journal.server().as_fd();
        let mut fds = [PollFd::new(server, PollFlags::POLLOUT | PollFlags::POLLIN)];
        // Whatever it was, the next turn sees it.
        let _woken = poll(&mut fds, PollTimeout::from(FULL));
    }

    fn timeout(&self, busy: bool) -> EpollTimeout {
        if busy || !self.ahead.is_empty() {
            return EpollTimeout::ZERO;
        }
        let skipped = self
            .journal
            .has_skipped()
            .then(|| Instant::now() + SAY_SKIPPED);
        let ending = self.ending.as_ref().map(|ending| ending.until);
        let next = self
            .next_look()
            .into_iter()
            .chain(skipped)
            .chain(ending)
            .chain(self.leaving)
            .chain(self.born_by)
            .chain(self.masks)
            .chain(self.shelves.next)
            .min();
        next.map_or(EpollTimeout::NONE, |next| {
            let left = next.saturating_duration_since(Instant::now());
            // Rounded up: woken early, it would spin.
            let ms = left.as_micros().div_ceil(1_000);
            EpollTimeout::from(u16::try_from(ms).unwrap_or(u16::MAX))
        })
    }

    /// Says the last, and leaves nothing of the run.
    fn finish(&mut self) -> i32 {
        self.drain_all();
        while !self.ahead.is_empty() {
            self.drain_all();
        }
        for worker in 0..self.crew.hands.len() {
            self.output(worker, "stdout");
            self.output(worker, "stderr");
        }
        self.names.remove();
        self.look_at_objects();
        self.no_more_shelves();
        let (outcome, message) = match self.ending.take() {
            None => (Outcome::Completed, None),
            Some(Ending {
                alone: false,
                outcome,
                message,
                ..
            }) => (outcome, message),
            Some(Ending { alone: true, .. }) => {
                // Ourselves included: whoever is left of the run is in our process group.
                let _nobody_hears = killpg(getpgrp(), Signal::SIGKILL);
                return 0;
            }
        };
        self.journal.say_all();
        let counts = self.journal.counts.clone();
        self.journal.reply(&FromBox::End {
            outcome,
            message,
            counts,
        });
        let mut until = Instant::now() + LAST_WORDS;
        let mut left = usize::MAX;
        while !self.journal.flush() && Instant::now() < until {
            // It reads, however slowly: megabytes may wait for it.
            if self.journal.waiting() < left {
                left = self.journal.waiting();
                until = Instant::now() + LAST_WORDS;
            }
            let mut fds = [PollFd::new(
                self.journal.server().as_fd(),
                PollFlags::POLLOUT,
            )];
            if let Err(error) = poll(&mut fds, PollTimeout::from(100u8))
                && error != Errno::EINTR
            {
                break;
            }
        }
        0
    }
}

/// How soon room is looked for again to say what was left out.
const SAY_SKIPPED: Duration = Duration::from_millis(100);
