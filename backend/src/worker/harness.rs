//! A worker: takes commands, reports what it means and does, forks others. Everything else is its role's business.

use super::{
    Language, Voice,
    birth::NOT_SET_UP,
    channel,
    wire::{Command, MAX_LINE, Report},
};
use crate::{
    sandbox::{COMMAND_FD, REPORT_FD},
    sys::{
        descriptor::take,
        process::{Fork, exit_now, fork},
        socket,
    },
};
use nix::{
    errno::Errno,
    sys::prctl,
    unistd::{getpid, getppid},
};
use rustix::net::{RecvFlags, sockopt};
use std::{
    ffi::CString,
    os::fd::{OwnedFd, RawFd},
    time::Duration,
};

/// This process, as its role sees it.
#[derive(Debug)]
pub struct Worker {
    voice: Voice,
    commands: OwnedFd,
    /// Bytes of the next commands, as far as they have come.
    line: Vec<u8>,
    /// There will be no more commands.
    over: bool,
    /// It has said that it waits for a command, and has got none since.
    idle: bool,
    /// A tracer sees its calls.
    traced: bool,
    /// What it is there for.
    role: String,
    /// What each role of the run is written in, in the order of the cast.
    languages: Vec<Language>,
    /// Who of the cast lives on the second machine.
    elsewhere: Vec<bool>,
}

/// Which process returned from a fork.
#[derive(Debug)]
pub enum Born {
    /// The new one.
    Child,
    /// The new one, whose role is written in Python: it has said nothing yet, and becomes that program next,
    /// `Worker::become_python`.
    Python,
    /// The one that forked; the pid of the new one.
    Parent(i32),
}

impl Worker {
    /// Takes over 126 and 127 of a process that was just forked, and reports that it is there.
    pub(crate) fn begin(
        role: &str,
        languages: Vec<Language>,
        elsewhere: Vec<bool>,
        traced: bool,
    ) -> Result<Self, Errno> {
        let (reports, commands) = (take(REPORT_FD)?, take(COMMAND_FD)?);
        let mut me = Self {
            voice: Voice::new(reports),
            commands,
            line: Vec::new(),
            over: false,
            idle: false,
            traced,
            role: role.to_owned(),
            languages,
            elsewhere,
        };
        me.introduce(role);
        Ok(me)
    }

    /// A tracer sees its calls.
    pub(super) fn traced(&self) -> bool {
        self.traced
    }

    /// What it is there for.
    pub fn role(&self) -> &str {
        &self.role
    }

    fn introduce(&mut self, role: &str) {
        name_process(role);
        self.report(&Report::Started {
            role: role.to_owned(),
            pid: getpid().as_raw(),
            parent: getppid().as_raw(),
            language: None,
        });
    }

    /// fork(2). The child is the `number`th role of the run, and has said so when this returns in it; a role in Python
    /// says so itself, when it has loaded all it needs.
    ///
    /// # Errors
    /// As in fork(2): `EAGAIN` at a limit.
    pub fn fork(&mut self, number: usize, role: &str) -> Result<Born, Errno> {
        self.fork_with(number, number, role, false)
    }

    /// The same, of a role on which others depend: [`Self::wait_at_gate`] sleeps until it calls [`Self::open_gate`].
    ///
    /// # Errors
    /// As in fork(2): `EAGAIN` at a limit.
    pub fn fork_gated(&mut self, number: usize, role: &str) -> Result<Born, Errno> {
        self.fork_with(number, number, role, true)
    }

    /// In the parent: sleeps until every role that was forked with [`Self::fork_gated`] is ready for the others, or has
    /// ended. A server listens before its clients are born.
    pub fn wait_at_gate(&mut self) {
        channel::gate();
    }

    /// In a role that the parent may wait for: those that depend on it may come.
    pub fn open_gate(&mut self) {
        channel::open_gate();
    }

    /// fork(2) of a role that has ended, as [`Command::Fork`] says.
    ///
    /// # Errors
    /// As in fork(2): `EAGAIN` at a limit.
    pub fn fork_again(&mut self, number: usize, channel: usize, role: &str) -> Result<Born, Errno> {
        self.fork_with(number, channel, role, false)
    }

    fn fork_with(
        &mut self,
        number: usize,
        channel: usize,
        role: &str,
        opens_gate: bool,
    ) -> Result<Born, Errno> {
        let language = self.languages.get(number).copied().unwrap_or_default();
        let channel = RawFd::try_from(channel).map_err(|_| Errno::EINVAL)?;
        let forked = fork();
        if !matches!(forked, Ok(Fork::Child)) {
            // Those of the child, or of one that will never be.
            channel::leave(channel)?;
        }
        match forked? {
            Fork::Child => {
                if self.settle(number, channel, opens_gate).is_err() {
                    // An error here would be taken for one of fork, and this go on as a second parent.
                    exit_now(NOT_SET_UP);
                }
                self.line.clear();
                self.voice.begin_anew();
                role.clone_into(&mut self.role);
                if language == Language::Python {
                    name_process(role);
                    return Ok(Born::Python);
                }
                self.introduce(role);
                Ok(Born::Child)
            }
            Fork::Parent(pid) => Ok(Born::Parent(pid.as_raw())),
        }
    }

    /// In the child: its own channels and no others, on the machine where it belongs.
    fn settle(&self, number: usize, channel: RawFd, opens_gate: bool) -> Result<(), Errno> {
        channel::adopt(channel)?;
        if self.elsewhere.get(number).is_some_and(|there| *there) {
            channel::elsewhere()?;
        } else {
            channel::stay()?;
        }
        channel::leave_all(opens_gate)
    }

    /// The next command; sleeps until there is one. `None` when there will be no more.
    pub fn command(&mut self) -> Option<Command> {
        self.report(&Report::Ready);
        self.receive(RecvFlags::empty())
    }

    /// A command that has come meanwhile, for a role that goes on without one.
    pub fn command_if_any(&mut self) -> Option<Command> {
        self.receive(RecvFlags::DONTWAIT)
    }

    /// The next command, if there is one within that time: for a role that has to look at something now and then, and is
    /// idle in between. `None` when the time is up, or for good if [`Self::over`].
    pub fn command_within(&mut self, patience: Duration) -> Option<Command> {
        if !self.idle {
            self.report(&Report::Ready);
            self.idle = true;
        }
        // Not a sleep of its own: what a worker does on its commands' descriptor is no part of the lesson.
        let timeout = sockopt::Timeout::Recv;
        if sockopt::set_socket_timeout(&self.commands, timeout, Some(patience)).is_err() {
            return None;
        }
        let command = self.receive(RecvFlags::empty());
        let _never_fails = sockopt::set_socket_timeout(&self.commands, timeout, None);
        command
    }

    /// Says that it would take a command at once, for a role that sleeps for one and for other things at the same time, and
    /// then takes it with [`Self::command_if_any`].
    pub fn waits(&mut self) {
        if !self.idle {
            self.report(&Report::Ready);
            self.idle = true;
        }
    }

    fn receive(&mut self, flags: RecvFlags) -> Option<Command> {
        loop {
            if let Some(end) = self.line.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.line.drain(..=end).collect();
                let command = serde_json::from_slice(&line).ok()?;
                self.report(&Report::Taken);
                self.idle = false;
                return Some(command);
            }
            if self.line.len() > MAX_LINE {
                return None;
            }
            let mut buffer = vec![0; MAX_LINE];
            match socket::receive(&self.commands, &mut buffer, flags) {
                Ok(received) if received.len > 0 => {
                    self.line.extend(buffer.iter().take(received.len));
                }
                Err(rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::AGAIN) => return None,
                Ok(_) | Err(_) => {
                    self.over = true;
                    return None;
                }
            }
        }
    }

    /// Whether there will be no more commands: for a role that goes on without one, and sees no end of its own.
    pub fn over(&self) -> bool {
        self.over
    }

    /// For another thread of this process, which has something to say too.
    pub fn voice(&self) -> Voice {
        self.voice.another()
    }

    pub(super) fn report(&mut self, report: &Report) {
        self.voice.report(report);
    }
}

/// As `ps` shows it: `ipc-writer`.
pub(crate) fn name_process(role: &str) {
    if let Ok(name) = CString::new(format!("ipc-{role}")) {
        // A name that is too long is cut by the kernel.
        let _never_fails = prctl::set_name(&name);
    }
}
