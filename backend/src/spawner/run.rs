//! The spawner's own life: one loop that makes boxes, reaps them, and tells the server.

use super::{
    cage::{Cloned, Newborn},
    homes::{Homes, choose},
    pidfd,
    wire::{MAX_FRAME, Reply, Request},
};
use crate::{
    sandbox::{Door, Isolation, Owner},
    supervisor,
    sys::{
        descriptor::{close_all_but, place},
        process::{exit_now, ignore},
        socket,
    },
    worker::{Names, name_process},
};
use nix::{
    errno::Errno,
    sys::{
        epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout},
        prctl,
        signal::{SigSet, SigmaskHow, Signal, killpg, sigprocmask},
        signalfd::{SfdFlags, SignalFd},
        wait::{Id, WaitPidFlag, WaitStatus, waitid},
    },
    unistd::{Pid, setsid},
};
use rustix::net::RecvFlags;
use shared::ids::RunId;
use std::{
    collections::BTreeMap,
    fs::File,
    io,
    os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd},
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Epoll data of the server's socket; boxes have their numbers, which start at 1.
const SERVER: u64 = u64::MAX;
/// Epoll data of SIGCHLD.
const CHILD: u64 = u64::MAX - 1;
/// Epoll data of the server's pidfd.
const SERVER_DIED: u64 = u64::MAX - 2;
/// Exit status when the spawner could not begin: `EX_OSERR` of sysexits(3).
const CANNOT_BEGIN: i32 = 71;

/// Exit status of a supervisor that panicked, as a Rust program has it.
const PANICKED: i32 = 101;

/// A box, from its making until nothing of it is left.
#[derive(Debug)]
struct Box {
    run: RunId,
    /// Its supervisor, which is also its process group.
    pid: Pid,
    pidfd: OwnedFd,
    /// How the supervisor ended; from then on its process group is reaped.
    status: Option<i32>,
    /// Who it is outside. No other of this spawner is that before it is reaped, where each is somebody else.
    owner: Owner,
}

#[derive(Debug)]
struct Spawner<'a> {
    server: &'a OwnedFd,
    server_pidfd: BorrowedFd<'a>,
    signals: SignalFd,
    epoll: Epoll,
    boxes: BTreeMap<u64, Box>,
    /// Where runs live; nowhere, where all of them would be root.
    homes: Option<Homes>,
    /// The server is gone: kill, reap, exit.
    ending: bool,
}

/// Runs until the server is gone and every box is reaped; returns the exit status.
pub(super) fn run(server: &OwnedFd, server_pidfd: BorrowedFd<'_>, isolation: &Isolation) -> i32 {
    match Spawner::new(server, server_pidfd, isolation).and_then(|mut spawner| spawner.serve()) {
        Ok(()) => 0,
        // Nobody listens any more but the terminal; the server sees end-of-file.
        Err(_) => CANNOT_BEGIN,
    }
}

impl<'a> Spawner<'a> {
    fn new(
        server: &'a OwnedFd,
        server_pidfd: BorrowedFd<'a>,
        isolation: &Isolation,
    ) -> io::Result<Self> {
        name_process("spawner");
        // Its own session: a Ctrl-C at the terminal is for the server, which ends the boxes in its own order.
        setsid()?;
        for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
            ignore(signal)?;
        }
        let null = File::options().read(true).write(true).open("/dev/null")?;
        place(null.as_fd(), 0, false)?;
        place(null.as_fd(), 1, false)?;
        drop(null);
        close_all_but(&[server.as_raw_fd(), server_pidfd.as_raw_fd()])?;
        // Orphans of a dead supervisor come to us.
        prctl::set_child_subreaper(true)?;
        let child = SigSet::from(Signal::SIGCHLD);
        sigprocmask(SigmaskHow::SIG_SETMASK, Some(&child), None)?;
        let signals = SignalFd::with_flags(&child, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC)?;
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        epoll.add(server, EpollEvent::new(EpollFlags::EPOLLIN, SERVER))?;
        // The second net, should somebody hold a copy of the server's socket. Not PR_SET_PDEATHSIG: it would kill us in the
        // middle of sweeping up.
        epoll.add(
            server_pidfd,
            EpollEvent::new(EpollFlags::EPOLLIN, SERVER_DIED),
        )?;
        epoll.add(&signals, EpollEvent::new(EpollFlags::EPOLLIN, CHILD))?;
        let (protection, homes) = choose(isolation);
        let spawner = Self {
            server,
            server_pidfd,
            signals,
            epoll,
            boxes: BTreeMap::new(),
            homes,
            ending: false,
        };
        spawner.say(&Reply::Ready { protection });
        Ok(spawner)
    }

    fn serve(&mut self) -> io::Result<()> {
        let mut events = [EpollEvent::empty(); 32];
        while !(self.ending && self.boxes.is_empty()) {
            let count = match self.epoll.wait(&mut events, EpollTimeout::NONE) {
                Ok(count) => count,
                Err(Errno::EINTR) => 0,
                Err(error) => return Err(error.into()),
            };
            for event in events.iter().take(count) {
                match event.data() {
                    SERVER => self.request()?,
                    SERVER_DIED => self.end()?,
                    // Which child it was, the sweep below finds out.
                    CHILD => drop(self.signals.read_signal()),
                    id => self.ended(id),
                }
            }
            self.sweep();
        }
        Ok(())
    }

    fn request(&mut self) -> io::Result<()> {
        let mut buffer = [0; MAX_FRAME];
        let mut received = match socket::receive(self.server, &mut buffer, RecvFlags::DONTWAIT) {
            Ok(received) if received.len > 0 => received,
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => return Ok(()),
            Ok(_) | Err(_) => return self.end(),
        };
        let request = buffer
            .get(..received.len)
            .and_then(|frame| serde_json::from_slice(frame).ok());
        match (request, received.fds.pop()) {
            (Some(Request::Start { id, run }), Some(link)) => self.start(id, run, link),
            (Some(Request::Kill { id }), _) => {
                if let Some(a_box) = self.boxes.get(&id) {
                    a_box.kill();
                }
            }
            // The server is this very program; what it cannot say does not come.
            (Some(Request::Start { .. }) | None, _) => {}
        }
        Ok(())
    }

    /// The server is gone.
    fn end(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.ending, true) {
            return Ok(());
        }
        self.epoll.delete(self.server)?;
        self.epoll.delete(self.server_pidfd)?;
        self.boxes.values().for_each(Box::kill);
        Ok(())
    }

    fn start(&mut self, id: u64, run: RunId, link: OwnedFd) {
        let reply = match self.make(id, run, link) {
            Ok(pid) => Reply::Started {
                id,
                pid: pid.as_raw(),
            },
            Err(message) => Reply::Refused { id, message },
        };
        self.say(&reply);
    }

    /// Makes a box, and takes it in; its supervisor's pid.
    fn make(&mut self, id: u64, run: RunId, link: OwnedFd) -> Result<Pid, String> {
        let us = pidfd(nix::unistd::getpid().as_raw()).map_err(|error| error.to_string())?;
        let homes = self.homes.as_mut().ok_or("all runs would be root")?;
        let newborn = match homes.clone().map_err(|refused| refused.to_string())? {
            Cloned::Inside(door) => supervise(link, us, &run, door),
            Cloned::Outside(newborn) => newborn,
        };
        // Its socket lives in the supervisor alone from here on, so that its death is seen as end-of-file.
        drop(link);
        let ends = EpollEvent::new(EpollFlags::EPOLLIN, id);
        if let Err(errno) = self.epoll.add(&newborn.pidfd, ends) {
            newborn.reap();
            return Err(errno.to_string());
        }
        let Newborn { pid, pidfd, owner } = newborn;
        self.boxes.insert(
            id,
            Box {
                run,
                pid,
                pidfd,
                status: None,
                owner,
            },
        );
        Ok(pid)
    }

    /// A supervisor ended: kill what is left of its process group, while the unreaped supervisor still reserves its number.
    fn ended(&mut self, id: u64) {
        let Some(a_box) = self
            .boxes
            .get_mut(&id)
            .filter(|a_box| a_box.status.is_none())
        else {
            return;
        };
        let group = a_box.pid;
        let kill = || Some(killpg(group, Signal::SIGKILL));
        let _none_left = a_box.owner.act(kill);
        let _was_watched = self.epoll.delete(&a_box.pidfd);
        a_box.status = Some(
            match waitid(Id::PIDFd(a_box.pidfd.as_fd()), WaitPidFlag::WEXITED) {
                Ok(WaitStatus::Exited(_, code)) => code,
                Ok(WaitStatus::Signaled(_, signal, _)) => -(signal as i32),
                Ok(_) | Err(_) => -1,
            },
        );
    }

    /// Reaps the orphans of ended boxes; when none is left, the box is gone.
    fn sweep(&mut self) {
        let ended: Vec<u64> = self
            .boxes
            .iter()
            .filter(|(_, a_box)| a_box.status.is_some())
            .map(|(id, _)| *id)
            .collect();
        for id in ended {
            let Some(a_box) = self.boxes.get(&id) else {
                continue;
            };
            let left = loop {
                match waitid(
                    Id::PGid(a_box.pid),
                    WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG,
                ) {
                    // SIGCHLD will tell when the next one has died.
                    Ok(WaitStatus::StillAlive) => break true,
                    Ok(_) | Err(Errno::EINTR) => {}
                    Err(_) => break false,
                }
            };
            if !left && let Some(a_box) = self.boxes.remove(&id) {
                if self.homes.as_ref().is_some_and(Homes::leave_names) {
                    let names = Names::new(&a_box.run);
                    let remove = || {
                        names.remove();
                        Some(())
                    };
                    // Who may not become that user has nothing of that user's either.
                    let _removed = a_box.owner.act(remove);
                }
                self.say(&Reply::Gone {
                    id,
                    status: a_box.status.unwrap_or(-1),
                });
            }
        }
    }

    fn say(&self, reply: &Reply) {
        if let Ok(frame) = serde_json::to_vec(reply) {
            // Waits while the server is busy: it is the only one we serve. When it is gone, there is nobody to tell.
            let _told = socket::send(self.server, &frame);
        }
    }
}

impl Box {
    /// Its supervisor first, by pidfd, then all of its process group; what either leaves is swept when the supervisor is dead.
    fn kill(&self) {
        if self.status.is_none() {
            self.owner.kill(&self.pidfd);
        }
    }
}

/// In the new process: its whole life.
fn supervise(link: OwnedFd, spawner: OwnedFd, run: &RunId, door: Option<Door>) -> ! {
    exit_now(guarded(|| supervisor::run(link, spawner, run, door)))
}

/// A supervisor that panics must not go on as a second spawner.
fn guarded(life: impl FnOnce() -> i32) -> i32 {
    catch_unwind(AssertUnwindSafe(life)).unwrap_or(PANICKED)
}
