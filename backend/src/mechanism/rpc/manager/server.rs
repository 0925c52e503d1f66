//! The server: the process in which the shared things live. A connection is for one request to the server itself, or, once it
//! is accepted for that, for all calls of a client's proxies. Each has a thread.

use super::{
    key::{self, Talk, Unproven},
    pickle::{self, TOKEN},
    things::{Things, Which},
    wire::{self, answer, connection, framed, inside, written},
};
use crate::{
    mechanism::{
        pipe::{Connection, Trouble},
        rpc::{
            client::short,
            desk::Desk,
            socket::{Address, listen},
            value::Value,
        },
    },
    sys::process::{exit_now, ignore},
    worker::Worker,
};
use nix::sys::signal::Signal;
use serde_json::json;
use shared::mechanism::rpc::{Dies, Params};
use std::thread;

pub(super) fn server(
    mut me: Worker,
    params: &Params,
    address: &Address,
    key: &'static [u8],
) -> i32 {
    // A client that is gone is an error of a write, not our end.
    if let Err(errno) = ignore(Signal::SIGPIPE) {
        me.failed("sigaction", errno);
    }
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
        key,
        address,
        things: Things::new(),
    };
    let server = &server;
    thread::scope(|scope| {
        loop {
            let fd = match desk.guest(listener) {
                Ok(fd) => fd,
                // Nobody will ever call any more. Threads that wait for a call or for the lock end with the process.
                Err(status) => exit_now(status),
            };
            if desk.hire() {
                scope.spawn(move || {
                    server.serve(connection(fd));
                    server.desk.dismiss();
                });
            } else {
                server.serve(connection(fd));
            }
        }
    })
}

/// What all threads have in common.
struct Server<'a> {
    desk: &'a Desk,
    key: &'static [u8],
    address: &'a Address,
    things: Things,
}

/// A connection as the server uses it.
struct Guest<'s, 'a>(&'s Server<'a>, Connection);

impl Talk for Guest<'_, '_> {
    type Trouble = Trouble;

    fn put(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        self.send(&framed(bytes))
    }

    fn take(&mut self) -> Result<Vec<u8>, Trouble> {
        self.receive(key::LONGEST)
            .map(|wire| inside(&wire).to_vec())
    }
}

impl Guest<'_, '_> {
    fn send(&self, wire: &[u8]) -> Result<(), Trouble> {
        let put = || match self.1.send(wire) {
            (sent, Some(Trouble::Call(_, errno))) => (sent, Some(errno)),
            (sent, _) => (sent, None),
        };
        let sent = self.0.desk.send(self.1.fd(), wire, put);
        sent.map_err(|errno| Trouble::Call("write", errno))
    }

    fn receive(&self, most: usize) -> Result<Vec<u8>, Trouble> {
        let came = self.1.recv_bytes(most);
        let mut me = self.0.desk.me();
        match &came {
            Ok(wire) => me.received(self.1.fd(), wire),
            Err(Trouble::EndOfFile) => me.received(self.1.fd(), &[]),
            Err(Trouble::Call(call, errno)) => me.failed(call, *errno),
            Err(trouble) => me.said("refused", json!({"why": trouble.to_string()})),
        }
        came
    }
}

/// What a request comes to: the kind of the answer, and its value.
type Came = (&'static str, Value);

fn returned(value: Value) -> Came {
    ("#RETURN", value)
}

/// An exception that the server itself has raised: its text is all that the other side gets.
fn traceback(why: &str) -> Came {
    let text = format!("Traceback (most recent call last):\n{why}\n");
    ("#TRACEBACK", Value::Text(text))
}

impl Server<'_> {
    /// One connection, until it is over.
    fn serve(&self, mut connection: Connection) {
        let mut guest = Guest(self, connection);
        let proven = key::deliver(&mut guest, self.key).and_then(|()| {
            key::answer(&mut guest, self.key)?;
            Ok(())
        });
        match proven {
            Ok(()) => {
                // Whoever goes away has said so by a read or a write.
                let _over = self.first(&guest);
            }
            Err(Unproven::Other(_)) => {}
            Err(Unproven::Key(why)) => {
                let about =
                    json!({"why": format!("AuthenticationError: {why}"), "fd": guest.1.fd()});
                self.desk.me().said("turned-away", about);
            }
            Err(Unproven::Strange) => {
                let about = json!({"why": "what came is no challenge"});
                self.desk.me().said("turned-away", about);
            }
        }
        if let Err(errno) = connection.close() {
            self.desk.me().failed("close", errno);
        }
    }

    /// The first request of a connection, which is to the server itself.
    fn first(&self, guest: &Guest<'_, '_>) -> Result<(), Trouble> {
        let wire = guest.receive(wire::LONGEST)?;
        let came = match request(&wire) {
            Err(why) => {
                self.desk.me().said("refused", json!({"why": short(&why)}));
                traceback(&why)
            }
            Ok((_, what, _)) if what == "accept_connection" => {
                guest.send(&written(&answer("#RETURN", Value::None)))?;
                return self.calls(guest);
            }
            Ok((_, what, args)) => self.managed(&what, &args),
        };
        guest.send(&written(&answer(came.0, came.1)))
    }

    /// A request to the server itself: about a thing, not to it.
    fn managed(&self, what: &str, args: &[Value]) -> Came {
        let counted = |id: &str, count: u64| {
            let name = self.things.find(id).map(|which| which.name().to_owned());
            let about = json!({"call": what, "name": name, "proxies": count});
            self.desk.me().said("counted", about);
        };
        match (what, args) {
            ("dummy", []) => returned(Value::None),
            ("create", [Value::Text(name)]) => match self.things.create(name) {
                Some((id, which)) => {
                    counted(&id, self.things.proxies(&id));
                    returned(Value::Tuple(vec![Value::Text(id), exposed(&which)]))
                }
                None => traceback(&format!("KeyError: '{name}'")),
            },
            ("incref" | "decref", [Value::Text(id)]) => {
                match self.things.count(id, what == "incref") {
                    Some(count) => {
                        counted(id, count);
                        returned(Value::None)
                    }
                    None => traceback(&format!("KeyError: '{id}'")),
                }
            }
            ("get_methods", [Value::Made(class, token)]) if class == TOKEN => match token.last() {
                Some(Value::Text(id)) => match self.things.find(id) {
                    Some(which) => returned(exposed(&which)),
                    None => traceback(&format!("KeyError: '{id}'")),
                },
                _ => traceback("TypeError: get_methods() takes a token"),
            },
            ("number_of_objects", []) => {
                let count = i64::try_from(self.things.len()).unwrap_or(i64::MAX);
                returned(Value::Int(count))
            }
            _ => traceback(&format!("AssertionError: '{what}' unrecognized")),
        }
    }

    /// The calls of a client's proxies, one after the other, until it closes the connection.
    fn calls(&self, guest: &Guest<'_, '_>) -> Result<(), Trouble> {
        loop {
            let wire = guest.receive(wire::LONGEST)?;
            let came = match request(&wire) {
                Ok((id, method, args)) => self.called(guest.1.fd(), &id, &method, &args),
                Err(why) => {
                    self.desk.me().said("refused", json!({"why": short(&why)}));
                    traceback(&why)
                }
            };
            guest.send(&written(&answer(came.0, came.1)))?;
        }
    }

    /// A method of a thing.
    fn called(&self, fd: i32, id: &Value, method: &str, args: &[Value]) -> Came {
        let Some(which) = id.text().and_then(|id| self.things.find(id)) else {
            return traceback(&format!("KeyError: {id}"));
        };
        match method {
            "#GETVALUE" => return returned(self.things.shown(&which)),
            "__str__" | "__repr__" => {
                let text = self.things.shown(&which).to_string();
                return returned(Value::Text(text));
            }
            _ => {}
        }
        let call = short(&wire::call(which.name(), method, args));
        let exposed = which.exposed();
        if !exposed.contains(&method) {
            let about = json!({"call": call, "fd": fd});
            self.desk.me().said("unknown", about);
            return traceback(&format!(
                "AttributeError: method '{method}' of '{}' object is not in exposed={exposed:?}",
                which.name()
            ));
        }
        let about = json!({"call": call, "fd": fd});
        self.desk.me().said("called", about);
        self.desk.die_if(Dies::Before);
        if method == "__iter__" {
            return self.iterator(&call, fd);
        }
        let result = self.things.call(&which, method, args);
        let fault = result.as_ref().err().map(ToString::to_string);
        let said = result
            .as_ref()
            .map_err(|_| fault.as_deref().unwrap_or_default());
        let about = self.desk.executed(&call, fd, said);
        self.desk.me().said("executed", about);
        self.desk.die_if(Dies::After);
        match result {
            Ok(value) => returned(value),
            Err(raised) => ("#ERROR", Value::Made(raised.class.to_owned(), raised.args)),
        }
    }

    /// What cannot be copied stays here, and the client gets a proxy of it.
    fn iterator(&self, call: &str, fd: i32) -> Came {
        let made = self.things.iterate();
        let fault = made.as_ref().err().map(ToString::to_string);
        let shown = Value::Text("a proxy".to_owned());
        let said = match &fault {
            Some(fault) => Err(fault.as_str()),
            None => Ok(&shown),
        };
        let about = self.desk.executed(call, fd, said);
        self.desk.me().said("executed", about);
        let id = match made {
            Ok(id) => id,
            Err(raised) => return ("#ERROR", Value::Made(raised.class.to_owned(), raised.args)),
        };
        let address = match self.address {
            Address::Tcp(place) => Value::Tuple(vec![
                Value::Text(place.ip().to_string()),
                Value::Int(place.port().into()),
            ]),
            Address::Unix(path) => Value::Text(path.display().to_string()),
        };
        let which = Which::Iterator(id.clone());
        let token = vec![Value::Text("Iterator".to_owned()), address, Value::Text(id)];
        let token = Value::Made(TOKEN.to_owned(), token);
        ("#PROXY", Value::Tuple(vec![exposed(&which), token]))
    }
}

fn exposed(which: &Which) -> Value {
    let names = which.exposed().into_iter();
    Value::Tuple(names.map(|name| Value::Text(name.to_owned())).collect())
}

/// The four parts of a request; of the last, names of arguments, there must be none.
pub(super) fn request(wire: &[u8]) -> Result<(Value, String, Vec<Value>), String> {
    let message = pickle::loads(inside(wire)).map_err(|why| why.to_string())?;
    let Value::Tuple(parts) = message else {
        return Err("TypeError: what came is no request".to_owned());
    };
    match <[Value; 4]>::try_from(parts) {
        Ok(
            [
                id,
                Value::Text(method),
                Value::Tuple(args),
                Value::Dict(named),
            ],
        ) if named.is_empty() => Ok((id, method, args)),
        Ok(_) => Err("TypeError: a method is called with its arguments in order".to_owned()),
        Err(_) => Err("ValueError: a request has four parts".to_owned()),
    }
}
