//! A client: each line that the learner types is carried out with proxies, and each method of a proxy is a message to the
//! server, which is answered before the next one is sent.

use super::{
    key::{self, Talk, Unproven},
    plain::{call, told},
    program::{Program, Step, has},
    wire::{self, connection, framed, inside, opened, read_answer, request, written},
};
use crate::{
    mechanism::{
        pipe::{Connection, Trouble},
        rpc::{
            client::{OWN, short},
            functions::{Fault, add},
            socket::{Address, connect},
            value::Value,
        },
    },
    sys::process::ignore,
    worker::{Worker, wire::Command},
};
use nix::{sys::signal::Signal, unistd::getpid};
use serde_json::{Value as Json, json};
use shared::ids::MsgId;
use std::collections::BTreeMap;

pub(super) fn client(me: Worker, address: &Address, key: &'static [u8]) -> i32 {
    let mut client = Client {
        me,
        address,
        key,
        line: None,
        ids: BTreeMap::new(),
        own: OWN * MsgId::from(getpid().as_raw().unsigned_abs()),
        next: None,
        program: String::new(),
    };
    // A write to a server that is gone is an error, not our end.
    if let Err(errno) = ignore(Signal::SIGPIPE) {
        client.me.failed("sigaction", errno);
    }
    // The log is there from the beginning; proxies of the others are made when they are needed.
    if let Err(End::Refused(why) | End::Lost(why)) = client.proxy("log").and_then(|_| client.line())
    {
        client.hang_up();
        client.me.said("turned-away", json!({"why": why}));
    }
    while let Some(command) = client.me.command() {
        if let Command::Send {
            msg, data, times, ..
        } = &command
        {
            let Ok(typed) = data.bytes() else { continue };
            for n in 0..u64::from(*times) {
                client.run(msg + n, &typed);
            }
        }
    }
    0
}

struct Client<'a> {
    me: Worker,
    address: &'a Address,
    key: &'static [u8],
    /// The connection over which the proxies of this process call.
    line: Option<Connection>,
    /// The ids behind its proxies.
    ids: BTreeMap<&'static str, String>,
    /// The id of the next message that nobody asked for.
    own: MsgId,
    /// That of the next call, where a line was asked for.
    next: Option<MsgId>,
    /// The line that is carried out.
    program: String,
}

/// How a line ends without a value.
enum End {
    /// Nothing of it was sent, and why.
    Refused(String),
    /// The server has raised an exception, and it was said.
    Raised,
    /// This process has raised one itself, between two calls.
    Here(String),
    /// Nobody knows what became of the call, and why.
    Lost(String),
}

impl From<Unproven<Trouble>> for End {
    fn from(why: Unproven<Trouble>) -> Self {
        match why {
            Unproven::Key(why) => Self::Refused(format!("AuthenticationError: {why}")),
            Unproven::Strange => Self::Refused("what came is no challenge".to_owned()),
            Unproven::Other(trouble) => trouble.into(),
        }
    }
}

impl From<Trouble> for End {
    fn from(trouble: Trouble) -> Self {
        Self::Lost(wire::why(&trouble))
    }
}

/// A connection that is used by a client, in the proof of the key.
struct Ours<'c, 'a>(&'c mut Client<'a>, Connection);

impl Talk for Ours<'_, '_> {
    type Trouble = Trouble;

    fn put(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        self.0.put(self.1, None, &framed(bytes))
    }

    fn take(&mut self) -> Result<Vec<u8>, Trouble> {
        let wire = self.0.take(self.1, key::LONGEST)?;
        Ok(inside(&wire).to_vec())
    }
}

impl Client<'_> {
    /// One line, from the text to its value.
    fn run(&mut self, msg: MsgId, typed: &[u8]) {
        self.program = short(String::from_utf8_lossy(typed).trim());
        self.next = Some(msg);
        let ended = Program::parse(typed)
            .map_err(End::Refused)
            .and_then(|program| self.perform(&program));
        let mut about = json!({"msg": msg, "call": self.program, "program": self.program});
        let what = match ended {
            Ok(None) | Err(End::Raised) => return,
            // Of several calls, and of a copy, no answer says what the line came to.
            Ok(Some(value)) => {
                about["value"] = short(&value.to_string()).into();
                "line"
            }
            Err(End::Here(why)) => {
                about["raised"] = why.into();
                "line"
            }
            Err(End::Refused(why)) => {
                about["why"] = why.into();
                "refused"
            }
            Err(End::Lost(why)) => {
                self.hang_up();
                about["why"] = why.into();
                about["again"] = false.into();
                "unanswered"
            }
        };
        self.me.said(what, about);
    }

    /// Its value, where it is more than one call.
    fn perform(&mut self, program: &Program) -> Result<Option<Value>, End> {
        if !program.guarded {
            return self.step(program);
        }
        self.method("lock", "acquire", &[])?;
        let done = self.step(program);
        if !matches!(done, Err(End::Lost(_))) {
            self.method("lock", "release", &[])?;
        }
        Ok(Some(done?.unwrap_or(Value::None)))
    }

    fn step(&mut self, program: &Program) -> Result<Option<Value>, End> {
        let name = program.name;
        match &program.step {
            Step::Call { method, args } => {
                self.method(name, method, args)?;
                Ok(None)
            }
            Step::Add { key, by } => {
                let (get, set): (&str, &str) = match key {
                    None => ("get", "set"),
                    Some(_) => ("__getitem__", "__setitem__"),
                };
                let mut args: Vec<Value> = key.iter().cloned().collect();
                let before = self.method(name, get, &args)?;
                let after = add(&before, by).map_err(|fault| End::Here(raised(&fault)))?;
                args.push(after.clone());
                self.method(name, set, &args)?;
                Ok(Some(after))
            }
            Step::Copy { key, method, args } => {
                let mut copy = self.method(name, "__getitem__", std::slice::from_ref(key))?;
                let value = call(&mut copy, method, args)
                    .map_err(|raised| End::Here(raised.to_string()))?;
                if method != "__getitem__" {
                    let about = json!({"program": self.program, "value": short(&copy.to_string())});
                    self.me.said("copy", about);
                }
                Ok(Some(value))
            }
        }
    }

    /// A method of a proxy: a message, and its answer.
    fn method(&mut self, name: &'static str, method: &str, args: &[Value]) -> Result<Value, End> {
        if let (false, class) = has(name, method) {
            let why = format!("AttributeError: '{class}' object has no attribute '{method}'");
            return Err(End::Refused(why));
        }
        let id = self.proxy(name)?;
        let line = self.line()?;
        let text = short(&wire::call(name, method, args));
        let message = request(Some(&id), method, args);
        let wire = written(&message);
        let msg = self.next.take();
        let msg = msg.unwrap_or_else(|| self.own_id());
        let program = self.program.clone();
        let about = |wire: &[u8], message: &Value| {
            let mut about = opened(wire, message);
            about.insert("msg".to_owned(), msg.into());
            about.insert("call".to_owned(), text.as_str().into());
            about.insert("program".to_owned(), program.as_str().into());
            about
        };
        let mut asks = about(&wire, &message);
        asks.insert("try".to_owned(), 1.into());
        self.me.said("calling", Json::Object(asks));
        self.put(line, Some(msg), &wire)?;
        let came = self.take(line, wire::LONGEST)?;
        let (kind, value) = read_answer(&came).map_err(End::Lost)?;
        let mut says = about(&came, &wire::answer(&kind, value.clone()));
        let fault = match (kind.as_str(), &value) {
            ("#RETURN", _) => None,
            ("#ERROR", Value::Made(class, args)) => Some(told(class, args)),
            (_, Value::Text(trace)) => Some(last_line(trace)),
            (kind, value) => Some(format!("{kind}: {value}")),
        };
        if let Some(fault) = fault {
            says.insert("text".to_owned(), short(&fault).into());
            self.me.said("fault", Json::Object(says));
            return Err(End::Raised);
        }
        says.insert("value".to_owned(), short(&value.to_string()).into());
        self.me.said("returned", Json::Object(says));
        Ok(value)
    }

    /// The id behind a proxy. Where there is none yet, the server is asked for it, over a connection of its own.
    fn proxy(&mut self, name: &'static str) -> Result<String, End> {
        if let Some(id) = self.ids.get(name) {
            return Ok(id.clone());
        }
        let mut connection = self.connect()?;
        let made = self.ask(connection, "create", Value::Text(name.to_owned()));
        self.close(&mut connection);
        let Value::Tuple(made) = made? else {
            return Err(End::Lost("what came is no proxy".to_owned()));
        };
        let Some(Value::Text(id)) = made.first() else {
            return Err(End::Lost("what came is no proxy".to_owned()));
        };
        self.ids.insert(name, id.clone());
        Ok(id.clone())
    }

    /// The connection of all proxies. It is made once, and a thread of the server serves it.
    fn line(&mut self) -> Result<Connection, End> {
        if let Some(line) = self.line {
            return Ok(line);
        }
        let mut line = self.connect()?;
        let name = Value::Text(format!("client-{}", getpid()));
        if let Err(end) = self.ask(line, "accept_connection", name) {
            self.close(&mut line);
            return Err(end);
        }
        self.line = Some(line);
        Ok(line)
    }

    /// A request to the server itself.
    fn ask(&mut self, connection: Connection, what: &str, arg: Value) -> Result<Value, End> {
        let wire = written(&request(None, what, &[arg]));
        self.put(connection, None, &wire)?;
        let came = self.take(connection, wire::LONGEST)?;
        match read_answer(&came).map_err(End::Lost)? {
            (kind, value) if kind == "#RETURN" => Ok(value),
            (_, Value::Text(trace)) => Err(End::Refused(last_line(&trace))),
            (kind, _) => Err(End::Refused(kind)),
        }
    }

    /// A connection on which both sides have proven that they know the key.
    fn connect(&mut self) -> Result<Connection, End> {
        let fd = connect(self.address, 0).map_err(|(call, errno)| {
            self.me.failed(call, errno);
            End::from(Trouble::Call(call, errno))
        })?;
        let mut connection = connection(fd);
        let key = self.key;
        let mut ours = Ours(self, connection);
        let proof = key::answer(&mut ours, key).and_then(|proof| {
            key::deliver(&mut ours, key)?;
            Ok(proof)
        });
        match proof {
            Ok(proof) => {
                let about = json!({"challenge": proof.challenge, "digest": proof.digest});
                self.me.said("proved", about);
                Ok(connection)
            }
            Err(why) => {
                self.close(&mut connection);
                Err(why.into())
            }
        }
    }

    fn own_id(&mut self) -> MsgId {
        self.own += 1;
        self.own - 1
    }

    fn put(
        &mut self,
        connection: Connection,
        msg: Option<MsgId>,
        wire: &[u8],
    ) -> Result<(), Trouble> {
        let msg = msg.unwrap_or_else(|| self.own_id());
        self.me.sending(msg, connection.fd(), wire);
        let (sent, trouble) = connection.send(wire);
        let errno = match &trouble {
            Some(Trouble::Call(_, errno)) => Some(*errno),
            _ => None,
        };
        self.me.sent(msg, sent, errno);
        trouble.map_or(Ok(()), Err)
    }

    fn take(&mut self, connection: Connection, most: usize) -> Result<Vec<u8>, Trouble> {
        let came = connection.recv_bytes(most);
        match &came {
            Ok(wire) => self.me.received(connection.fd(), wire),
            Err(Trouble::EndOfFile) => self.me.received(connection.fd(), &[]),
            Err(_) => {}
        }
        came
    }

    /// Without a connection to the server that they were made of, proxies are nothing any more.
    fn hang_up(&mut self) {
        self.ids.clear();
        if let Some(mut line) = self.line.take() {
            self.close(&mut line);
        }
    }

    fn close(&mut self, connection: &mut Connection) {
        if let Err(errno) = connection.close() {
            self.me.failed("close", errno);
        }
    }
}

fn raised(fault: &Fault) -> String {
    match fault {
        Fault::Raised(kind, why) => format!("{kind}: {why}"),
        Fault::Unknown(name) => name.clone(),
    }
}

/// What a traceback ends with: the exception.
fn last_line(trace: &str) -> String {
    let mut lines = trace.lines().rev().map(str::trim);
    let last = lines.find(|line| !line.is_empty());
    last.unwrap_or_default().to_owned()
}
