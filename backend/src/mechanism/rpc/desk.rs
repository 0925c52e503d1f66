//! What all servers have: somebody who reports for all threads, who has come, how often something was executed, and the death
//! in the middle of a call.

use super::{
    client::{OWN, short},
    socket::accept,
    value::Value,
};
use crate::{
    sandbox::COMMAND_FD,
    sys::{calls::Fd, net::wait_for_any},
    worker::Worker,
};
use nix::{
    errno::Errno,
    sys::signal::{Signal, kill},
    unistd::getpid,
};
use serde_json::json;
use shared::{ids::MsgId, mechanism::rpc::Dies};
use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};

/// Threads of a server. Who connects while all are busy is served by the one that accepts.
const MOST_THREADS: usize = 16;

/// What all threads of a server have in common.
#[derive(Debug)]
pub(super) struct Desk {
    /// Who reports. Nobody has it while it waits for something.
    me: Mutex<Worker>,
    dies: Dies,
    /// Calls that this process has executed.
    executed: AtomicU64,
    /// The id of the next answer.
    answers: AtomicU64,
    threads: AtomicUsize,
}

impl Desk {
    pub(super) fn new(me: Worker, dies: Dies) -> Self {
        Self {
            me: Mutex::new(me),
            dies,
            executed: AtomicU64::new(0),
            answers: AtomicU64::new(OWN * u64::from(getpid().as_raw().unsigned_abs())),
            threads: AtomicUsize::new(0),
        }
    }

    pub(super) fn me(&self) -> MutexGuard<'_, Worker> {
        self.me.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sleeps until something comes there, a connection or bytes: true. Or until it is told to end.
    #[track_caller]
    pub(super) fn comes(&self, fd: Fd) -> bool {
        loop {
            let over = {
                let mut me = self.me();
                let _for_clients = me.command_if_any();
                me.waits();
                me.over()
            };
            if over {
                return false;
            }
            match wait_for_any(&[fd, COMMAND_FD], -1) {
                Ok(ready) if ready.contains(&fd) => return true,
                Ok(_) | Err(Errno::EINTR) => {}
                Err(errno) => {
                    self.me().failed("poll", errno);
                    return false;
                }
            }
        }
    }

    /// The next who connects, or the exit status when nobody will any more.
    #[track_caller]
    pub(super) fn guest(&self, listener: Fd) -> Result<Fd, i32> {
        loop {
            if !self.comes(listener) {
                return Err(0);
            }
            match accept(listener) {
                Ok(connection) => return Ok(connection),
                Err(Errno::EINTR | Errno::ECONNABORTED) => {}
                Err(errno) => {
                    self.me().failed("accept", errno);
                    return Err(1);
                }
            }
        }
    }

    /// One thread more, if there is room for it.
    pub(super) fn hire(&self) -> bool {
        let free = self.threads.load(Ordering::Relaxed) < MOST_THREADS;
        if free {
            self.threads.fetch_add(1, Ordering::Relaxed);
        }
        free
    }

    /// One thread less.
    pub(super) fn dismiss(&self) {
        self.threads.fetch_sub(1, Ordering::Relaxed);
    }

    /// Sends bytes as a message of their own; whether all of it went.
    pub(super) fn send(
        &self,
        fd: Fd,
        bytes: &[u8],
        put: impl FnOnce() -> (usize, Option<Errno>),
    ) -> Result<(), Errno> {
        let msg: MsgId = self.answers.fetch_add(1, Ordering::Relaxed);
        // One at a time: what is announced next is what is written next.
        let mut me = self.me();
        me.sending(msg, fd, bytes);
        let (sent, errno) = put();
        me.sent(msg, sent, errno);
        errno.map_or(Ok(()), Err)
    }

    /// As `kill -9` would end it, in the middle of its first call.
    pub(super) fn die_if(&self, now: Dies) {
        if self.dies == now {
            let _does_not_return = kill(getpid(), Signal::SIGKILL);
        }
    }

    /// What is said of a call that was executed now.
    pub(super) fn executed(
        &self,
        call: &str,
        fd: Fd,
        result: Result<&Value, &str>,
    ) -> serde_json::Value {
        let times = self.executed.fetch_add(1, Ordering::Relaxed) + 1;
        let mut about = json!({"call": call, "fd": fd, "times": times});
        match result {
            Ok(value) => about["value"] = short(&value.to_string()).into(),
            Err(fault) => about["fault"] = short(fault).into(),
        }
        about
    }
}
