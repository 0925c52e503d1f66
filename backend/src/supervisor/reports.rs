//! What workers say, as events; and what they print.

use super::{
    Supervisor,
    crew::{Announced, Stage},
    objects::{Received, Sending},
};
use crate::{
    limits,
    sys::socket,
    worker::wire::{MAX_LINE, Report, time_of},
};
use nix::unistd::Pid;
use rustix::net::RecvFlags;
use shared::event::{Kind, Source};

/// Bytes taken from a socket at once.
const AT_ONCE: usize = 8 * 1024;
/// Bytes of reports taken in one go: more than the socket holds, so all that is there is read, and who writes without end
/// does not keep everybody else waiting.
const IN_ONE_GO: usize = 1024 * 1024;
/// Bytes of output in one event: escaped, each may be six, and an event is at most 8 KiB.
const OUTPUT_EVENT: usize = 1024;

/// Characters of a worker's last line that are kept, for when it could not begin.
const LAST_WORDS: usize = 200;

/// Reports taken in between two looks for commands: a stop must not wait for a flood.
const BETWEEN_ORDERS: usize = 64;

/// A report and who made it, in the supervisor's namespace.
type Signed = (i32, Report);

/// What a worker said, and when.
#[derive(Debug)]
pub(super) struct Said {
    at: u64,
    worker: usize,
    report: Signed,
}

impl Supervisor {
    /// Takes in what one worker has said.
    pub(super) fn drain(&mut self, worker: usize) {
        let (said, hung_up) = self.gather(worker);
        for said in said {
            self.report(worker, said.report);
        }
        if hung_up {
            self.hung_up(worker);
        }
    }

    /// Takes in what all have said, in the order in which they said it: a cause is told before what came of it.
    pub(super) fn drain_all(&mut self) {
        if self.taking {
            return;
        }
        let mut hung_up = Vec::new();
        let mut said = std::mem::take(&mut self.ahead);
        self.gather_all(&mut said, &mut hung_up);
        let newest = said.iter().map(|said| said.at).max();
        // Whatever led to these was said before them, perhaps after its socket was read: it is there by now. What was said
        // after them waits for the next time, for the same reason.
        self.gather_all(&mut said, &mut hung_up);
        said.sort_by_key(|said| said.at);
        self.ahead = said.split_off(said.partition_point(|said| Some(said.at) <= newest));
        self.take_in(said);
        if !hung_up.is_empty() {
            // Their last words come before their end.
            let rest = std::mem::take(&mut self.ahead);
            self.take_in(rest);
        }
        for worker in hung_up {
            self.hung_up(worker);
        }
    }

    fn gather_all(&mut self, all: &mut Vec<Said>, hung_up: &mut Vec<usize>) {
        for worker in 0..self.crew.hands.len() {
            let (said, over) = self.gather(worker);
            all.extend(said);
            if over {
                hung_up.push(worker);
            }
        }
    }

    fn take_in(&mut self, said: Vec<Said>) {
        self.taking = true;
        for (done, Said { worker, report, .. }) in said.into_iter().enumerate() {
            if (done + 1).is_multiple_of(BETWEEN_ORDERS) {
                self.orders();
                let _finished_by_the_loop = self.overdue();
            }
            if self.is_late() {
                self.journal.skip("reports", 1);
            } else {
                self.report(worker, report);
            }
        }
        self.taking = false;
    }

    /// Takes in the first words of those who are not there yet.
    pub(super) fn drain_unborn(&mut self) {
        for worker in 0..self.crew.hands.len() {
            if self.crew[worker].stage == Stage::Unborn {
                self.drain(worker);
            }
        }
    }

    /// Reads all there is; true when nobody holds the other end any more.
    fn gather(&mut self, worker: usize) -> (Vec<Said>, bool) {
        let hand = &mut self.crew[worker];
        let mut said = Vec::new();
        let Some(channel) = hand.channel.as_ref().filter(|_| !hand.hung_up) else {
            return (said, false);
        };
        let mut buffer = [0; AT_ONCE];
        let mut taken = 0;
        while taken < IN_ONE_GO {
            match socket::receive(&channel.reports, &mut buffer, RecvFlags::DONTWAIT) {
                Ok(received) if received.len > 0 => {
                    taken += received.len;
                    hand.line
                        .extend_from_slice(buffer.get(..received.len).unwrap_or_default());
                    let who = received.pid.unwrap_or(0);
                    while let Some(end) = hand.line.iter().position(|byte| *byte == b'\n') {
                        let line: Vec<u8> = hand.line.drain(..=end).collect();
                        let report = serde_json::from_slice(&line);
                        let (Ok(report), Ok(at)) = (report, time_of(&line)) else {
                            // A program may take a role, and may get this wrong.
                            self.journal.skip("reports", 1);
                            continue;
                        };
                        // Of one worker, the order of its lines holds, whatever times it says.
                        hand.said_at = hand.said_at.max(at);
                        said.push(Said {
                            at: hand.said_at,
                            worker,
                            report: (who, report),
                        });
                    }
                    if hand.line.len() > MAX_LINE {
                        hand.line.clear();
                        self.journal.skip("reports", 1);
                    }
                }
                Err(rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::AGAIN) => return (said, false),
                Ok(_) | Err(_) => {
                    let _was_watched = self.epoll.delete(&channel.reports);
                    hand.hung_up = true;
                    return (said, true);
                }
            }
        }
        (said, false)
    }

    fn report(&mut self, worker: usize, (who, report): Signed) {
        if let Report::Started { pid, parent, .. } = report {
            return self.started(worker, pid, parent, who);
        }
        let hand = &mut self.crew[worker];
        // Only the worker itself speaks for itself.
        if !hand.alive() || hand.host != Pid::from_raw(who) {
            return self.journal.skip("reports", 1);
        }
        match report {
            Report::Started { .. } => {}
            Report::Ready => {
                hand.ready = true;
                hand.pump();
                self.look_soon(worker);
            }
            Report::Taken => self.taken(worker),
            Report::Sending {
                msg,
                fd,
                len,
                preview,
                key,
                inode,
                to,
                ends,
            } => {
                hand.announces(Announced { msg, fd, key });
                self.leads_to(worker, fd, inode);
                self.leads_to_end(worker, fd, ends);
                let object = self.sending(
                    worker,
                    &Sending {
                        msg,
                        fd,
                        len,
                        key,
                        bytes: &preview.bytes(),
                        to: to.as_deref(),
                    },
                );
                let hand = &self.crew[worker];
                let sending = hand
                    .fact(
                        Source::Report,
                        Kind::MessageSending {
                            msg,
                            fd,
                            len,
                            preview,
                            key,
                        },
                    )
                    .object(object);
                self.journal.tell_if_room("reports", sending);
                self.look_soon(worker);
            }
            Report::Sent { msg, n, errno } => {
                self.sent(worker, msg, n, errno);
                if let Some(errno) = errno {
                    self.limit_in_report(worker, "write", errno);
                }
            }
            Report::Received {
                fd,
                len,
                preview,
                key,
                inode,
                ends,
            } => {
                self.leads_to(worker, fd, inode);
                self.leads_to_end(worker, fd, ends);
                let bytes = &preview.bytes();
                self.got(
                    worker,
                    &Received {
                        fd,
                        len,
                        key,
                        bytes,
                    },
                );
            }
            Report::Failed { call, errno } => {
                // Traced, the call has told it already. Untraced, or refused by a filter, there is no other way to know.
                if !self.tracer.traces() || super::limits::too_large(&self.play, &call, errno) {
                    let text = format!("{call}: {errno}, {}\n", errno.meaning());
                    let failed = hand.fact(
                        Source::Report,
                        Kind::ProcessOutput {
                            stream: "report".to_owned(),
                            text,
                        },
                    );
                    self.journal.tell_if_room("reports", failed);
                    self.limit_in_report(worker, &call, errno);
                }
            }
            Report::Reaped { pid, code, signal } => {
                let ended = self
                    .crew
                    .hands
                    .iter()
                    .position(|hand| hand.alive() && hand.pid == pid);
                if let Some(ended) = ended.filter(|ended| *ended != worker) {
                    let how = signal.map_or(
                        crate::tracer::Ended::Code(code.unwrap_or(0)),
                        crate::tracer::Ended::Signal,
                    );
                    // Its last words come first.
                    self.drain(ended);
                    self.gone(ended, how);
                }
            }
            Report::Said { what, about } => self.said(worker, &what, &about),
            Report::Stored(touched) => self.touched(worker, &touched, true),
            Report::Loading => self.loading(worker),
            Report::Loaded(touched) => self.touched(worker, &touched, false),
            Report::Here { address } => self.here(worker, &address),
            Report::Skipped { count } => self.journal.skip("reports", count),
        }
    }

    /// A worker has taken the command it was given.
    fn taken(&mut self, worker: usize) {
        let hand = &mut self.crew[worker];
        hand.ready = false;
        let Some(taken) = hand.given.take() else {
            return;
        };
        if !taken.own {
            let kind = Kind::CommandDone {
                verb: taken.command.verb().to_owned(),
            };
            let done = hand.fact(Source::Run, kind).re(taken.re);
            self.journal.tell(done);
        }
        self.crew[worker].pump();
    }

    /// Takes in what a worker has printed.
    pub(super) fn output(&mut self, worker: usize, stream: &'static str) {
        let mut buffer = [0; OUTPUT_EVENT];
        let most = usize::try_from(limits::in_force().output_bytes).unwrap_or(usize::MAX);
        loop {
            let hand = &mut self.crew[worker];
            let Some(channel) = &hand.channel else { return };
            let socket = if stream == "stdout" {
                &channel.stdout
            } else {
                &channel.stderr
            };
            let len = match socket::receive(socket, &mut buffer, RecvFlags::DONTWAIT) {
                Ok(received) if received.len > 0 => received.len,
                Err(rustix::io::Errno::INTR) => continue,
                Err(rustix::io::Errno::AGAIN) => return,
                Ok(_) | Err(_) => {
                    let _was_watched = self.epoll.delete(socket);
                    return;
                }
            };
            let before = hand.output;
            hand.output += len;
            if hand.output > most {
                if before <= most {
                    self.limit_of_output(worker, most as u64);
                }
                self.journal.skip("output", len as u64);
                continue;
            }
            let text = String::from_utf8_lossy(buffer.get(..len).unwrap_or_default()).into_owned();
            if stream == "stderr"
                && let Some(line) = text.trim_end().lines().next_back()
            {
                hand.printed = line.chars().take(LAST_WORDS).collect();
            }
            let printed = hand.fact(
                Source::Process,
                Kind::ProcessOutput {
                    stream: stream.to_owned(),
                    text,
                },
            );
            self.journal.tell_if_room("output", printed);
        }
    }
}
