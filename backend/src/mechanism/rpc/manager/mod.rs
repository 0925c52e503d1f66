//! Manager: things that live in one process, and proxies of them in others. What Python's `multiprocessing.managers` puts on
//! the wire, over the connections of `multiprocessing.connection`.

mod client;
mod echo;
mod key;
mod pickle;
mod plain;
mod program;
mod server;
mod things;
mod wire;

pub(crate) use echo::Proxy;

use super::{parent::SERVER, socket::Address};
use crate::worker::{Names, Worker};
use client::client;
use server::server;
use shared::mechanism::rpc::{Authkey, Params};

/// What the roles in Python import.
pub(super) const MODULES: &[(&str, &str)] = &[
    ("lines", include_str!("lines.py")),
    ("shop", include_str!("../shop.py")),
    ("typed", include_str!("../typed.py")),
    ("wire", include_str!("wire.py")),
];

/// The key of a role.
fn key_of(params: &Params, role: &str) -> &'static str {
    if role == SERVER || params.authkey == Authkey::Same {
        key::KEY
    } else {
        key::OTHER
    }
}

/// The same, for a role in Python.
pub(super) fn key(params: &Params, role: &str) -> String {
    key_of(params, role).to_owned()
}

/// The life of a client or of the server.
pub(super) fn play(me: Worker, params: &Params, _names: &Names, address: &Address) -> i32 {
    let key = key_of(params, me.role()).as_bytes();
    if me.role() == SERVER {
        server(me, params, address, key)
    } else {
        client(me, address, key)
    }
}
