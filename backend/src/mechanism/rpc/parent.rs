//! The parent: forks the server and the clients, and the server once more when it has died.

use super::{client::client, protocol::Protocol, server::server, socket::Address};
use crate::{
    sys::calls::wait_for,
    worker::{Born, Names, PORT, Worker, wire::Command},
};
use serde_json::json;
use shared::mechanism::rpc::{Dies, Params, Transport};
use std::{collections::BTreeMap, net::SocketAddrV4};

/// What a variant is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts {
    /// The life of a client or of the server.
    pub(super) play: fn(Worker, &Params, &Names, &Address) -> i32,
    /// The roles in Python.
    pub(super) server: &'static str,
    pub(super) client: &'static str,
    /// What a client and a server prove that they know, for the roles in Python.
    pub(super) key: Option<fn(&Params, &str) -> String>,
    /// What they import, by its name.
    pub(super) modules: &'static [(&'static str, &'static str)],
}

/// Modules of XML-RPC and JSON-RPC in Python.
pub(super) const MODULES: &[(&str, &str)] = &[
    ("shop", include_str!("shop.py")),
    ("typed", include_str!("typed.py")),
];

pub(super) fn parent(mut me: Worker, params: &Params, names: &Names, parts: Parts) -> i32 {
    let address = address(params, names);
    let clients = usize::try_from(params.clients).unwrap_or(1);
    // Children in the order of the cast: the clients, then the server. But it listens before anybody calls.
    let last = clients + 1;
    for number in [last].into_iter().chain(1..last) {
        let born = if number == last {
            me.fork_gated(number, SERVER)
        } else {
            me.fork(number, role(number, last))
        };
        match born {
            Ok(Born::Parent(_)) if number == last => me.wait_at_gate(),
            Ok(Born::Parent(_)) => {}
            Ok(Born::Child) => return (parts.play)(me, params, names, &address),
            Ok(Born::Python) => return in_python(me, params, names, &address, parts),
            Err(errno) => me.failed("fork", errno),
        }
    }
    while let Some(command) = me.command() {
        match command {
            Command::Wait { pid } => match wait_for(pid) {
                Ok(status) => me.reaped(status),
                Err(errno) => me.failed("wait4", errno),
            },
            Command::Fork { number, channel } => {
                // Started again, it does not die again.
                let params = Params {
                    dies: Dies::Never,
                    ..params.clone()
                };
                match me.fork_again(number, channel, role(number, last)) {
                    Ok(Born::Parent(_)) => {}
                    Ok(Born::Child) => return (parts.play)(me, &params, names, &address),
                    Ok(Born::Python) => return in_python(me, &params, names, &address, parts),
                    Err(errno) => me.failed("fork", errno),
                }
            }
            Command::Send { .. } | Command::Act(_) => {}
        }
    }
    0
}

fn role(number: usize, last: usize) -> &'static str {
    if number == last { SERVER } else { "client" }
}

/// Where the server listens.
fn address(params: &Params, names: &Names) -> Address {
    match params.transport {
        Transport::Tcp => Address::Tcp(SocketAddrV4::new(names.address(0), PORT)),
        Transport::Unix => Address::Unix(names.file(SOCKET)),
    }
}

pub(super) const SERVER: &str = "server";
/// The name of a Unix socket, in the folder of the run.
const SOCKET: &str = "rpc.sock";
/// The file that counts.
const COUNTER: &str = "counter";

/// XML-RPC.
pub(super) fn xml(me: Worker, params: &Params, names: &Names, address: &Address) -> i32 {
    let protocol = Protocol::xml(params, address.host());
    play(me, params, names, address, &protocol)
}

/// JSON-RPC.
pub(super) fn json(me: Worker, params: &Params, names: &Names, address: &Address) -> i32 {
    let protocol = Protocol::json(params);
    play(me, params, names, address, &protocol)
}

fn play(me: Worker, params: &Params, names: &Names, address: &Address, protocol: &Protocol) -> i32 {
    if me.role() == SERVER {
        server(me, params, address, protocol, &names.file(COUNTER))
    } else {
        client(me, params, address, protocol)
    }
}

fn in_python(me: Worker, params: &Params, names: &Names, address: &Address, parts: Parts) -> i32 {
    let program = if me.role() == SERVER {
        parts.server
    } else {
        parts.client
    };
    let (host, port, path) = match address {
        Address::Tcp(place) => (place.ip().to_string(), place.port(), String::new()),
        Address::Unix(path) => (String::new(), 0, path.display().to_string()),
    };
    let modules: BTreeMap<_, _> = parts.modules.iter().copied().collect();
    let told = json!({
        "host": host,
        "port": port,
        "unix": path,
        "counter": names.file(COUNTER),
        "key": parts.key.map(|key| key(params, me.role())),
        "params": params,
        "modules": modules,
    });
    me.become_python(program, &told)
}
