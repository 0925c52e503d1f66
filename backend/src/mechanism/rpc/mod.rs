//! RPC: a client, a server, and how a call becomes bytes.

mod call;
mod client;
mod echo;
mod functions;
mod http;
mod json;
mod line;
mod parent;
mod protocol;
mod server;
mod socket;
mod value;
mod xml;

pub(crate) use echo::Echo;

use super::Mechanism;
use crate::worker::{Names, Worker};
use parent::{Parts, parent};
use protocol::Protocol;
use shared::{command::Values, failure::Failure, mechanism::rpc::Params};

/// A call over XML, JSON or pickle, to be performed.
#[derive(Clone, Debug)]
struct Rpc {
    params: Params,
    parts: Parts,
}

/// The variant with its parameters, checked again: they came through a socket.
///
/// # Errors
/// `bad_param` for what does not fit.
pub(crate) fn play(variant: &str, params: &Values) -> Result<Box<dyn Mechanism>, Failure> {
    let parts = match variant {
        "xml" => Parts {
            protocol: Protocol::xml,
            server: include_str!("xml/server.py"),
            client: include_str!("xml/client.py"),
        },
        "json" => Parts {
            protocol: Protocol::json,
            server: include_str!("json/server.py"),
            client: include_str!("json/client.py"),
        },
        _ => {
            return Err(Failure::bad_param(
                "variant",
                format!("RPC has no variant \"{variant}\""),
                "xml or json",
            ));
        }
    };
    let params = Params::new(params)?;
    Ok(Box::new(Rpc { params, parts }))
}

impl Mechanism for Rpc {
    fn perform(&self, me: Worker, names: &Names) -> i32 {
        parent(me, &self.params, names, self.parts)
    }

    fn in_python(&self, role: &str) -> bool {
        role != "parent"
    }

    /// A server that has died.
    fn can_restart(&self) -> bool {
        true
    }
}
