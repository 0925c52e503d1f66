//! The server: accepts a connection, reads a call, executes it, answers. With one thread, who comes meanwhile waits in the
//! accept queue; or each connection has a thread.

use super::{
    client::{OWN, short},
    functions::{Fault, Shop},
    line::{Line, Trouble},
    protocol::Protocol,
    socket::{Address, accept, listen},
    value::Value,
};
use crate::{
    sandbox::COMMAND_FD,
    sys::{
        calls::Fd,
        net::wait_for_any,
        process::{exit_now, ignore},
    },
    worker::Worker,
};
use nix::{
    errno::Errno,
    sys::signal::{Signal, kill},
    unistd::getpid,
};
use serde_json::json;
use shared::{
    ids::MsgId,
    mechanism::rpc::{Dies, Params, Threads},
};
use std::{
    path::Path,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
};

/// Threads of a server. Who connects while all are busy is served by the one that accepts.
const MOST_THREADS: usize = 16;

pub(super) fn server(
    mut me: Worker,
    params: &Params,
    address: &Address,
    protocol: &Protocol,
    counter: &Path,
) -> i32 {
    // A client that gave up is an error of a write, not our end.
    if let Err(errno) = ignore(Signal::SIGPIPE) {
        me.failed("sigaction", errno);
    }
    let shop = match Shop::open(counter) {
        Ok(shop) => shop,
        Err(errno) => {
            me.failed("mmap", errno);
            return 1;
        }
    };
    let listener = match listen(address) {
        Ok(listener) => listener,
        Err((call, errno)) => {
            me.failed(call, errno);
            return 1;
        }
    };
    me.open_gate();
    let server = Server {
        me: Mutex::new(me),
        dies: params.dies,
        protocol,
        shop,
        executed: AtomicU64::new(0),
        answers: AtomicU64::new(OWN * u64::from(getpid().as_raw().unsigned_abs())),
        threads: AtomicUsize::new(0),
        alone: params.threads == Threads::One,
    };
    let server = &server;
    thread::scope(|scope| {
        loop {
            if !server.comes(listener) {
                // Nobody will ever call any more. Threads that still wait for another call end with the process.
                exit_now(0);
            }
            let connection = match accept(listener) {
                Ok(connection) => connection,
                Err(Errno::EINTR | Errno::ECONNABORTED) => continue,
                Err(errno) => {
                    server.me().failed("accept", errno);
                    return 1;
                }
            };
            let free = server.threads.load(Ordering::Relaxed) < MOST_THREADS;
            if params.threads == Threads::Many && free {
                server.threads.fetch_add(1, Ordering::Relaxed);
                scope.spawn(move || {
                    server.serve(connection);
                    server.threads.fetch_sub(1, Ordering::Relaxed);
                });
            } else {
                server.serve(connection);
            }
        }
    })
}

/// What all threads have in common.
struct Server<'a> {
    /// Who reports. Nobody has it while it waits for something.
    me: Mutex<Worker>,
    dies: Dies,
    protocol: &'a Protocol,
    shop: Shop,
    /// Calls that this process has executed.
    executed: AtomicU64,
    /// The id of the next answer.
    answers: AtomicU64,
    threads: AtomicUsize,
    /// It has one thread for all.
    alone: bool,
}

impl Server<'_> {
    fn me(&self) -> MutexGuard<'_, Worker> {
        self.me.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sleeps until something comes there, a connection or bytes: true. Or until it is told to end.
    fn comes(&self, fd: Fd) -> bool {
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

    /// One connection, call after call, until one side closes it.
    fn serve(&self, connection: Fd) {
        let mut line = Line::new(connection);
        loop {
            // Alone, it looks for commands as well as for calls.
            if self.alone && line.came.is_empty() && !self.comes(connection) {
                break;
            }
            if !self.answer_one(&mut line) {
                break;
            }
        }
        if let Err(errno) = line.close() {
            self.me().failed("close", errno);
        }
    }

    /// One call. Whether another may follow.
    fn answer_one(&self, line: &mut Line) -> bool {
        let request = line.next(
            |bytes| self.protocol.measure_request(bytes),
            &mut |fd, bytes| self.me().received(fd, bytes),
        );
        let request = match request {
            Ok(request) => request,
            Err(Trouble::End) => return false,
            Err(Trouble::Call(call, errno)) => {
                self.me().failed(call, errno);
                return false;
            }
            Err(Trouble::Wrong(why)) => {
                self.me().said("refused", json!({"why": short(&why)}));
                self.send(line, &self.protocol.refusal(&why));
                return false;
            }
        };
        let asked = match self.protocol.read_request(&request) {
            Ok(asked) => asked,
            Err((answer, kept)) => {
                self.me()
                    .said("refused", json!({"why": "what came is no call"}));
                return self.send(line, &answer) && kept;
            }
        };
        let written = short(&asked.call.to_string());
        self.me()
            .said("called", json!({"call": written, "fd": line.fd}));
        self.die_if(Dies::Before);

        let result = self.shop.execute(&asked.call);
        if matches!(result, Err(Fault::Unknown(_))) {
            self.me()
                .said("unknown", json!({"call": written, "fd": line.fd}));
        } else {
            let times = self.executed.fetch_add(1, Ordering::Relaxed) + 1;
            self.me()
                .said("executed", told(&written, line.fd, &result, times));
        }
        self.die_if(Dies::After);

        match self.protocol.answer(&asked, &result) {
            Some(answer) => self.send(line, &answer) && asked.kept,
            None => asked.kept,
        }
    }

    /// Writes an answer; whether all of it went.
    fn send(&self, line: &Line, answer: &[u8]) -> bool {
        let msg: MsgId = self.answers.fetch_add(1, Ordering::Relaxed);
        // One answer at a time: what is announced next is what is written next.
        let mut me = self.me();
        me.sending(msg, line.fd, answer);
        let (sent, errno) = line.put(answer);
        me.sent(msg, sent, errno);
        errno.is_none()
    }

    /// As `kill -9` would end it, in the middle of its first call.
    fn die_if(&self, now: Dies) {
        if self.dies == now {
            let _does_not_return = kill(getpid(), Signal::SIGKILL);
        }
    }
}

/// What is said of a call that was executed.
fn told(call: &str, fd: Fd, result: &Result<Value, Fault>, times: u64) -> serde_json::Value {
    let mut about = json!({"call": call, "fd": fd, "times": times});
    match result {
        Ok(value) => about["value"] = short(&value.to_string()).into(),
        Err(Fault::Raised(kind, why)) => about["fault"] = short(&format!("{kind}: {why}")).into(),
        Err(Fault::Unknown(name)) => about["fault"] = name.as_str().into(),
    }
    about
}
