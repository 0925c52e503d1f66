//! A client: one call after the other, as the learner types them. Each line of its program waits until there is a result.

use super::{
    call::Call,
    line::{Line, Trouble},
    protocol::Protocol,
    socket::{Address, connect},
};
use crate::{
    sys::{calls::sleep, process::ignore},
    worker::{Worker, wire::Command},
};
use nix::{errno::Errno, sys::signal::Signal, unistd::getpid};
use serde_json::{Value, json};
use shared::{
    ids::MsgId,
    mechanism::rpc::{Params, Retry, TRIES},
};
use std::time::Duration;

/// How often a client that tries again knocks where nobody listens, and how long it waits in between: a server that died
/// is started again by somebody, in a few seconds.
const KNOCKS: u32 = 40;
const BETWEEN: Duration = Duration::from_millis(500);
/// The first id of messages that a process sends of itself, times its pid: far above what a run can be asked to send.
pub(super) const OWN: MsgId = 10_000_000;

pub(super) fn client(me: Worker, params: &Params, address: &Address, protocol: &Protocol) -> i32 {
    let mut client = Client {
        me,
        params,
        address,
        protocol,
        line: None,
        own: OWN * MsgId::from(getpid().as_raw().unsigned_abs()),
    };
    // A write to a server that is gone is an error, not our end.
    if let Err(errno) = ignore(Signal::SIGPIPE) {
        client.me.failed("sigaction", errno);
    }
    while let Some(command) = client.me.command() {
        if let Command::Send {
            msg, data, times, ..
        } = &command
        {
            let Ok(typed) = data.bytes() else { continue };
            for n in 0..u64::from(*times) {
                client.call(msg + n, &typed);
            }
        }
    }
    0
}

struct Client<'a> {
    me: Worker,
    params: &'a Params,
    address: &'a Address,
    protocol: &'a Protocol,
    /// The connection, while it is kept.
    line: Option<Line>,
    /// The id of the next message that nobody asked for.
    own: MsgId,
}

impl Client<'_> {
    /// One call, from the text to the result.
    fn call(&mut self, msg: MsgId, typed: &[u8]) {
        let request = Call::parse(typed)
            .map_err(|why| format!("SyntaxError: {why}"))
            .and_then(|call| Ok((self.protocol.request(&call, msg)?, call)));
        let (request, call) = match request {
            Ok(both) => both,
            Err(why) => {
                // It never left this process.
                let typed = String::from_utf8_lossy(typed);
                let about = json!({"msg": msg, "call": short(&typed), "why": why});
                return self.me.said("refused", about);
            }
        };
        let tries = match self.params.retry {
            Retry::Never => 1,
            Retry::Again => TRIES,
        };
        let mut id = msg;
        for number in 1..=tries {
            let answered = self.attempt(id, number, &call, &request);
            match answered {
                Ok(()) => return,
                Err(trouble) => {
                    self.hang_up();
                    let why = match trouble {
                        Trouble::End => "the server has closed the connection".to_owned(),
                        Trouble::Call(_, Errno::EAGAIN) => "timed out".to_owned(),
                        Trouble::Call(call, errno) => format!("{call}: {errno}"),
                        Trouble::Wrong(why) => why,
                    };
                    let again = number < tries;
                    let about = json!({"msg": msg, "call": short(&call.to_string()), "why": why,
                        "again": again});
                    self.me.said("unanswered", about);
                }
            }
            id = self.own;
            self.own += 1;
        }
    }

    /// Sends the request, and waits for the answer.
    fn attempt(
        &mut self,
        msg: MsgId,
        number: u32,
        call: &Call,
        request: &[u8],
    ) -> Result<(), Trouble> {
        let mut line = match self.line.take() {
            Some(line) => line,
            None => self.connect()?,
        };
        let mut about = self.protocol.opened(request);
        about.insert("msg".to_owned(), msg.into());
        about.insert("call".to_owned(), short(&call.to_string()).into());
        about.insert("try".to_owned(), number.into());
        self.me
            .said("calling", Value::Object(about.into_iter().collect()));

        self.me.sending(msg, line.fd, request);
        let (sent, errno) = line.put(request);
        self.me.sent(msg, sent, errno);
        if let Some(errno) = errno {
            self.line = Some(line);
            return Err(Trouble::Call("write", errno));
        }
        let me = &mut self.me;
        let answer = line.next(
            |bytes| self.protocol.measure_answer(bytes),
            &mut |fd, bytes| me.received(fd, bytes),
        );
        let read = answer.and_then(|answer| {
            let read = self.protocol.read_answer(&answer).map_err(Trouble::Wrong);
            read.map(|(result, kept)| (answer, result, kept))
        });
        self.line = Some(line);
        let (answer, result, kept) = read?;

        let mut about = self.protocol.opened(&answer);
        about.insert("msg".to_owned(), msg.into());
        about.insert("call".to_owned(), short(&call.to_string()).into());
        let what = match result {
            Ok(value) => {
                about.insert("value".to_owned(), short(&value.to_string()).into());
                "returned"
            }
            Err(fault) => {
                about.insert("code".to_owned(), fault.code.into());
                about.insert("text".to_owned(), short(&fault.text).into());
                "fault"
            }
        };
        self.me
            .said(what, Value::Object(about.into_iter().collect()));
        if !kept {
            self.hang_up();
        }
        Ok(())
    }

    /// A connection to the server. Who tries again knocks for a while where nobody listens: nothing was sent yet.
    fn connect(&mut self) -> Result<Line, Trouble> {
        let knocks = match self.params.retry {
            Retry::Never => 1,
            Retry::Again => KNOCKS,
        };
        let mut knock = 1;
        loop {
            match connect(self.address, self.params.timeout) {
                Ok(fd) => return Ok(Line::new(fd)),
                Err((call, errno)) => {
                    self.me.failed(call, errno);
                    if knock >= knocks || errno != Errno::ECONNREFUSED {
                        return Err(Trouble::Call(call, errno));
                    }
                }
            }
            knock += 1;
            if let Err(errno) = sleep(BETWEEN) {
                return Err(Trouble::Call("clock_nanosleep", errno));
            }
        }
    }

    fn hang_up(&mut self) {
        if let Some(line) = self.line.take()
            && let Err(errno) = line.close()
        {
            self.me.failed("close", errno);
        }
    }
}

/// The first characters of a value or a call, as they are shown.
pub(super) fn short(text: &str) -> String {
    const MOST: usize = 120;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
