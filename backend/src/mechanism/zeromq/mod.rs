//! ZeroMQ: who binds, who connects, and what goes between them. zmq_socket(3); libzmq itself is compiled in.

mod client;
mod parent;
mod publisher;
mod puller;
mod pusher;
mod server;
mod station;
mod subscriber;

use super::Mechanism;
use crate::worker::{Names, Worker};
use shared::{
    command::Values,
    failure::Failure,
    mechanism::zeromq::{Params, Pattern},
};

/// What roles in Python import.
const MODULE: &str = "zmq";

/// A pattern to be performed.
#[derive(Clone, Debug)]
struct ZeroMq {
    pattern: Pattern,
    params: Params,
}

/// The variant with its parameters, checked again: they came through a socket.
///
/// # Errors
/// `bad_param` for what does not fit.
pub(crate) fn play(variant: &str, params: &Values) -> Result<Box<dyn Mechanism>, Failure> {
    let Some(pattern) = Pattern::of(variant) else {
        return Err(Failure::bad_param(
            "variant",
            format!("ZeroMQ has no variant \"{variant}\""),
            "pub-sub, push-pull, req-rep or dealer-router",
        ));
    };
    Ok(Box::new(ZeroMq {
        pattern,
        params: Params::new(pattern, params)?,
    }))
}

impl Mechanism for ZeroMq {
    fn perform(&self, me: Worker, names: &Names) -> i32 {
        parent::parent(me, self.pattern, &self.params, names)
    }

    fn in_python(&self, role: &str) -> bool {
        role != "parent"
    }

    fn module(&self) -> Option<&'static str> {
        Some(MODULE)
    }

    fn can_restart(&self) -> bool {
        true
    }

    fn speaks_zmtp(&self) -> bool {
        true
    }
}
