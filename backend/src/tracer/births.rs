//! Births and ends, which the kernel may report in any order: a child before its parent's fork, an end before the birth, an
//! end twice, no birth at all. Told is each birth once, before all else of that task, and each end once, after it.

use super::{
    Birth, Ended, Seen, Tracer,
    kernel::{self, Go},
    task::{Stand, Task},
};
use nix::{errno::Errno, sys::ptrace, unistd::Pid};

/// Ends of tasks whose birth was not told yet. A parent's fork is reported soon after, so few suffice.
const MAX_EARLY: usize = 64;

impl Tracer {
    /// The event of a fork: the parent stands, the child may have told of itself already.
    pub(super) fn forked(&mut self, parent: Pid, event: i32) -> nix::Result<()> {
        let child = event_pid(parent)?;
        self.stands(parent, 0);
        let birth = match event {
            libc::PTRACE_EVENT_VFORK => Birth::Vfork,
            libc::PTRACE_EVENT_CLONE if is_thread(child) => Birth::Thread,
            _ => Birth::Process,
        };
        self.born(parent, child, birth);
        Ok(())
    }

    fn born(&mut self, parent: Pid, child: Pid, birth: Birth) {
        if self.tasks.contains_key(&child) {
            return;
        }
        self.over.remove(&child);
        self.queue.push_back(Seen::Forked {
            parent,
            child,
            birth,
        });
        if let Some(at) = self.early.iter().position(|early| early.0 == child) {
            let gone = self
                .early
                .remove(at)
                .map(|(pid, how)| Seen::Gone { pid, how });
            self.queue.extend(gone);
            return;
        }
        let mut task = Task::new(if birth == Birth::Thread {
            self.process(parent)
        } else {
            child
        });
        // The C library restores the mask of signals in the new thread too.
        task.masked = self.tasks.get(&parent).is_some_and(|task| task.masked);
        if let Some(at) = self.unclaimed.iter().position(|new| new.0 == child) {
            task.frozen = self.unclaimed.swap_remove(at).1;
            if task.frozen {
                self.queue.push_back(Seen::Frozen { pid: child });
            } else {
                task.stand = Stand::Still(0);
                if let Some(parent) = self.tasks.get_mut(&parent) {
                    parent.newborn = Some(child);
                }
            }
        }
        self.tasks.insert(child, task);
    }

    /// Whoever calls execve gets the id of its process; the event tells its former one.
    pub(super) fn execed(&mut self, pid: Pid) -> nix::Result<()> {
        let former = event_pid(pid)?;
        if former != pid
            && let Some(task) = self.tasks.remove(&former)
        {
            self.tasks.insert(pid, task);
        }
        self.stands(pid, 0);
        self.queue.push_back(Seen::Execed { pid });
        Ok(())
    }

    /// A task is reaped.
    pub(super) fn ended(&mut self, pid: Pid, how: Ended) -> nix::Result<()> {
        self.unclaimed.retain(|new| new.0 != pid);
        if self.tasks.remove(&pid).is_none() {
            if self.over.remove(&pid) {
                return Ok(());
            }
            if self.early.len() == MAX_EARLY {
                self.early.pop_front();
            }
            self.early.push_back((pid, how));
            return Ok(());
        }
        for (child, _) in self.unclaimed.clone() {
            match self.adopt(child) {
                Ok(()) | Err(Errno::ESRCH) => {}
                Err(errno) => return Err(errno),
            }
        }
        self.over.insert(pid);
        self.queue.push_back(Seen::Gone { pid, how });
        Ok(())
    }

    /// A task at its first stop, before its parent's fork was reported.
    pub(super) fn newborn(&mut self, pid: Pid, frozen: bool) -> nix::Result<()> {
        self.unclaimed.push((pid, frozen));
        self.adopt(pid)
    }

    /// A parent that was killed at its fork never reports it. Its child is told without it, or it would stand for ever.
    fn adopt(&mut self, child: Pid) -> nix::Result<()> {
        let (process, parent) = family(child);
        let maker = if process == child { parent } else { process };
        if self.tasks.values().any(|task| task.process == maker) {
            return Ok(());
        }
        self.born(
            maker,
            child,
            if process == child {
                Birth::Process
            } else {
                Birth::Thread
            },
        );
        match self
            .tasks
            .get_mut(&child)
            .map(|task| std::mem::replace(&mut task.stand, Stand::Not))
        {
            Some(Stand::Still(signal)) => kernel::go(child, Go::Continue, signal),
            Some(Stand::Not) | None => Ok(()),
        }
    }
}

fn event_pid(pid: Pid) -> nix::Result<Pid> {
    let message = ptrace::getevent(pid)?;
    i32::try_from(message)
        .map(Pid::from_raw)
        .map_err(|_| Errno::ESRCH)
}

fn is_thread(pid: Pid) -> bool {
    family(pid).0 != pid
}

/// The process a task is a thread of, and its parent, as far as it is still there to tell.
fn family(pid: Pid) -> (Pid, Pid) {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let field = |name| {
        let value = status.lines().find_map(|line| line.strip_prefix(name))?;
        value.trim().parse().ok().map(Pid::from_raw)
    };
    (field("Tgid:").unwrap_or(pid), field("PPid:").unwrap_or(pid))
}
