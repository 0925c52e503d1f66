//! The server: accepts a connection, reads a call, executes it, answers. With one thread, who comes meanwhile waits in the
//! accept queue; or each connection has a thread.

use super::{
    client::short,
    desk::Desk,
    functions::{Fault, Shop},
    line::{Line, Trouble},
    protocol::Protocol,
    socket::{Address, listen},
};
use crate::{
    sys::{
        calls::Fd,
        process::{exit_now, ignore},
    },
    worker::Worker,
};
use nix::sys::signal::Signal;
use serde_json::json;
use shared::mechanism::rpc::{Dies, Params, Threads};
use std::{path::Path, thread};

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
    let desk = Desk::new(me, params.dies);
    let server = Server {
        desk: &desk,
        protocol,
        shop,
        alone: params.threads == Threads::One,
    };
    let server = &server;
    thread::scope(|scope| {
        loop {
            let connection = match desk.guest(listener) {
                Ok(connection) => connection,
                // Nobody will ever call any more. Threads that still wait for another call end with the process.
                Err(status) => exit_now(status),
            };
            if !server.alone && desk.hire() {
                scope.spawn(move || {
                    server.serve(connection);
                    server.desk.dismiss();
                });
            } else {
                server.serve(connection);
            }
        }
    })
}

/// What all threads have in common.
struct Server<'a> {
    desk: &'a Desk,
    protocol: &'a Protocol,
    shop: Shop,
    /// It has one thread for all.
    alone: bool,
}

impl Server<'_> {
    /// One connection, call after call, until one side closes it.
    fn serve(&self, connection: Fd) {
        let mut line = Line::new(connection);
        loop {
            // Alone, it looks for commands as well as for calls.
            if self.alone && line.came.is_empty() && !self.desk.comes(connection) {
                break;
            }
            if !self.answer_one(&mut line) {
                break;
            }
        }
        if let Err(errno) = line.close() {
            self.desk.me().failed("close", errno);
        }
    }

    /// One call. Whether another may follow.
    fn answer_one(&self, line: &mut Line) -> bool {
        let request = line.next(
            |bytes| self.protocol.measure_request(bytes),
            &mut |fd, bytes| self.desk.me().received(fd, bytes),
        );
        let request = match request {
            Ok(request) => request,
            Err(Trouble::End) => return false,
            Err(Trouble::Call(call, errno)) => {
                self.desk.me().failed(call, errno);
                return false;
            }
            Err(Trouble::Wrong(why)) => {
                self.desk.me().said("refused", json!({"why": short(&why)}));
                self.send(line, &self.protocol.refusal(&why));
                return false;
            }
        };
        let asked = match self.protocol.read_request(&request) {
            Ok(asked) => asked,
            Err((answer, kept)) => {
                self.desk
                    .me()
                    .said("refused", json!({"why": "what came is no call"}));
                return self.send(line, &answer) && kept;
            }
        };
        let written = short(&asked.call.to_string());
        self.desk
            .me()
            .said("called", json!({"call": written, "fd": line.fd}));
        self.desk.die_if(Dies::Before);

        let result = self.shop.execute(&asked.call);
        let came = match &result {
            Ok(value) => Some(Ok(value)),
            Err(Fault::Raised(kind, why)) => Some(Err(format!("{kind}: {why}"))),
            Err(Fault::Unknown(_)) => None,
        };
        let (what, about) = match &came {
            Some(came) => {
                let came = came.as_ref().map(|value| *value).map_err(String::as_str);
                ("executed", self.desk.executed(&written, line.fd, came))
            }
            None => ("unknown", json!({"call": written, "fd": line.fd})),
        };
        self.desk.me().said(what, about);
        self.desk.die_if(Dies::After);

        match self.protocol.answer(&asked, &result) {
            Some(answer) => self.send(line, &answer) && asked.kept,
            None => asked.kept,
        }
    }

    /// Writes an answer; whether all of it went.
    fn send(&self, line: &Line, answer: &[u8]) -> bool {
        let put = || line.put(answer);
        self.desk.send(line.fd, answer, put).is_ok()
    }
}
