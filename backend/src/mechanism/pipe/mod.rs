//! Pipe: who takes part, and the two ways to come by its ends. pipe(7), fifo(7).

mod ends;
mod parent;
mod reader;
mod round_trip;
mod writer;

pub(crate) use round_trip::round_trip;

use super::Mechanism;
use crate::worker::{Names, Worker};
use ends::Ends;
use shared::{
    command::Values,
    failure::Failure,
    mechanism::pipe::{Kind, Params},
};

/// A pipe to be performed.
#[derive(Clone, Debug)]
struct Pipe {
    kind: Kind,
    params: Params,
}

/// The variant with its parameters, checked again: they came through a socket.
///
/// # Errors
/// `bad_param` for what does not fit.
pub(crate) fn play(variant: &str, params: &Values) -> Result<Box<dyn Mechanism>, Failure> {
    let kind = match variant {
        "anonymous" => Kind::Anonymous,
        "fifo" => Kind::Fifo,
        _ => {
            return Err(Failure::bad_param(
                "variant",
                format!("Pipe has no variant \"{variant}\""),
                "anonymous or fifo",
            ));
        }
    };
    Ok(Box::new(Pipe {
        kind,
        params: Params::new(params)?,
    }))
}

impl Mechanism for Pipe {
    fn perform(&self, me: Worker, names: &Names) -> i32 {
        parent::parent(me, self.kind, &self.params, &names.fifo())
    }

    fn in_python(&self, role: &str) -> bool {
        role != "parent"
    }

    fn has_names(&self) -> bool {
        self.kind == Kind::Fifo
    }
}
