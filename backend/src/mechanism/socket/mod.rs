//! Socket: who takes part, what kind of socket they have, and where they find each other. socket(7), tcp(7), udp(7), unix(7).

mod connection;
mod datagram;
mod pair;
mod parent;
mod passing;
mod place;
mod relay;
mod stream;
mod wait;

pub(crate) use connection::put;
pub(crate) use datagram::post;

use super::Mechanism;
use crate::worker::{Names, Worker};
use place::Place;
use shared::{
    command::Values,
    failure::Failure,
    mechanism::socket::{Kind, Machines, Params},
};

/// Sockets to be performed.
#[derive(Clone, Debug)]
struct Socket {
    kind: Kind,
    params: Params,
}

/// The variant with its parameters, checked again: they came through a socket.
///
/// # Errors
/// `bad_param` for what does not fit.
pub(crate) fn play(variant: &str, params: &Values) -> Result<Box<dyn Mechanism>, Failure> {
    let Some(kind) = Kind::of(variant) else {
        return Err(Failure::bad_param(
            "variant",
            format!("Socket has no variant \"{variant}\""),
            "tcp, udp, unix-stream, unix-datagram, unix-seqpacket or socketpair",
        ));
    };
    let params = Params::new(params)?;
    Ok(Box::new(Socket { kind, params }))
}

impl Mechanism for Socket {
    fn perform(&self, me: Worker, names: &Names) -> i32 {
        let place = Place::new(self.kind, &self.params, names);
        if self.kind == Kind::Socketpair {
            pair::parent(me, &place)
        } else {
            parent::parent(me, &place)
        }
    }

    fn in_python(&self, role: &str) -> bool {
        role != "parent"
    }

    fn has_names(&self) -> bool {
        !self.kind.inet()
    }

    fn elsewhere(&self, role: &str) -> bool {
        self.kind.inet() && self.params.machines == Machines::Two && role == "client"
    }

    fn can_restart(&self) -> bool {
        self.kind != Kind::Socketpair
    }
}
