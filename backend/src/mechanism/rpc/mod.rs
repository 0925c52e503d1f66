//! RPC: a client, a server, and how a call becomes bytes.

mod call;
mod client;
mod desk;
mod echo;
mod functions;
mod http;
mod json;
mod line;
mod manager;
mod parent;
mod protocol;
mod server;
mod socket;
mod value;
mod xml;

pub(crate) use echo::Echo;
pub(crate) use manager::Proxy;

use super::Mechanism;
use crate::worker::{Names, Worker};
use parent::{MODULES, Parts, parent};
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
            play: parent::xml,
            server: include_str!("xml/server.py"),
            client: include_str!("xml/client.py"),
            key: None,
            modules: MODULES,
        },
        "json" => Parts {
            play: parent::json,
            server: include_str!("json/server.py"),
            client: include_str!("json/client.py"),
            key: None,
            modules: MODULES,
        },
        "manager" => Parts {
            play: manager::play,
            server: include_str!("manager/server.py"),
            client: include_str!("manager/client.py"),
            key: Some(manager::key),
            modules: manager::MODULES,
        },
        _ => {
            return Err(Failure::bad_param(
                "variant",
                format!("RPC has no variant \"{variant}\""),
                "xml, json or manager",
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
