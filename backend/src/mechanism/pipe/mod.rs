//! Pipe: who takes part, and the ways to come by its ends. pipe(7), fifo(7), unix(7).

mod connection;
mod ends;
mod pair;
mod parent;
mod parts;
mod reader;
mod receiver;
mod relay;
mod sender;
mod side;
mod writer;

pub(crate) use connection::{Connection, Trouble, header_of};
pub(crate) use side::{object, shown};
pub(crate) use writer::put;

use super::Mechanism;
use crate::worker::{Names, Worker};
use ends::Ends;
use shared::{
    command::Values,
    failure::Failure,
    mechanism::pipe::{Kind, Params, Via},
};
use std::path::Path;

/// A pipe to be performed.
#[derive(Clone, Debug)]
struct Pipe {
    kind: Kind,
    params: Params,
}

/// What every role has to go by.
#[derive(Clone, Copy, Debug)]
struct Setting<'a> {
    kind: Kind,
    params: &'a Params,
    /// Where the FIFO is.
    path: &'a Path,
}

impl Setting<'_> {
    /// Who is between two pipes, if anybody is.
    fn via(&self) -> Via {
        match self.kind {
            Kind::Anonymous => self.params.via,
            Kind::Fifo | Kind::Python => Via::None,
        }
    }

    /// How many pipes that takes.
    fn pipes(&self) -> usize {
        match self.via() {
            Via::None => 1,
            Via::Copy | Via::Splice => 2,
            Via::Tee => 3,
        }
    }
}

/// The variant with its parameters, checked again: they came through a socket.
///
/// # Errors
/// `bad_param` for what does not fit.
pub(crate) fn play(variant: &str, params: &Values) -> Result<Box<dyn Mechanism>, Failure> {
    let kind = match variant {
        "anonymous" => Kind::Anonymous,
        "fifo" => Kind::Fifo,
        "python" => Kind::Python,
        _ => {
            return Err(Failure::bad_param(
                "variant",
                format!("Pipe has no variant \"{variant}\""),
                "anonymous, fifo or python",
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
        if self.kind == Kind::Python {
            return pair::parent(me, &self.params);
        }
        let setting = Setting {
            kind: self.kind,
            params: &self.params,
            path: &names.fifo(),
        };
        parent::parent(me, &setting)
    }

    fn in_python(&self, role: &str) -> bool {
        role != "parent"
    }

    fn has_names(&self) -> bool {
        self.kind == Kind::Fifo
    }
}
