//! Pipe: who takes part, and the two ways to come by its ends. pipe(7), fifo(7).

mod ends;
mod parent;
mod reader;
mod round_trip;
mod writer;

pub(crate) use round_trip::round_trip;

use super::Member;
use crate::worker::{Names, Worker, wire::Command};
use ends::Ends;
use shared::{
    command::Values,
    failure::Failure,
    ids::WorkerId,
    mechanism::pipe::{Kind, Order, Params},
};

/// A pipe to be performed.
#[derive(Clone, Debug)]
pub struct Pipe {
    kind: Kind,
    params: Params,
}

impl Pipe {
    /// The variant with its parameters, checked again: they came through a socket.
    ///
    /// # Errors
    /// `bad_param` for what does not fit.
    pub fn new(variant: &str, params: &Values) -> Result<Self, Failure> {
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
        Ok(Self {
            kind,
            params: Params::new(params)?,
        })
    }

    pub(super) fn cast(&self) -> Vec<Member> {
        let mut cast = vec![Member {
            id: WorkerId::new("parent"),
            role: "parent",
        }];
        for number in 1..=self.params.writers {
            let id = if number == 1 {
                "writer".to_owned()
            } else {
                format!("writer-{number}")
            };
            cast.push(Member {
                id: WorkerId::new(id),
                role: "writer",
            });
        }
        cast.push(Member {
            id: WorkerId::new("reader"),
            role: "reader",
        });
        cast
    }

    pub(super) fn has_names(&self) -> bool {
        self.kind == Kind::Fifo
    }

    pub(super) fn perform(&self, me: Worker, names: &Names) -> i32 {
        parent::parent(me, self.kind, &self.params, &names.fifo())
    }

    #[expect(
        clippy::unused_self,
        reason = "which verbs there are may depend on the variant, as in other entries"
    )]
    pub(super) fn command(
        &self,
        verb: &str,
        args: &Values,
        role: &str,
    ) -> Result<Command, Failure> {
        Ok(match Order::new(verb, args, role)? {
            Order::Read { len, times } => Command::Read { len, times },
            Order::Close { end } => Command::Close { end },
        })
    }
}
