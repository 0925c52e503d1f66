//! One folder a mechanism, one file a role. The page shows these files: they are the programs that run.

pub mod pipe;

use crate::worker::{Names, Worker, wire::Command};
use shared::{
    command::Values,
    failure::{Code, Failure},
    ids::WorkerId,
};

/// A role in a run and who plays it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The worker.
    pub id: WorkerId,
    /// Its role.
    pub role: &'static str,
}

/// An entry with its parameters checked, ready to be performed.
#[derive(Clone, Debug)]
pub enum Play {
    /// `pipe/anonymous`, `pipe/fifo`.
    Pipe(pipe::Pipe),
}

impl Play {
    /// The play of an entry.
    ///
    /// # Errors
    /// `bad_param` or `not_supported`, as the catalog says.
    pub fn new(entry: &str, variant: &str, params: &Values) -> Result<Self, Failure> {
        match entry {
            "pipe" => pipe::Pipe::new(variant, params).map(Self::Pipe),
            _ => Err(Failure::new(
                Code::NotSupported,
                format!("{entry} is not built yet"),
                "try Pipe",
            )),
        }
    }

    /// All workers. The first is made by the supervisor and forks the others, which are numbered from 1.
    pub fn cast(&self) -> Vec<Member> {
        match self {
            Self::Pipe(pipe) => pipe.cast(),
        }
    }

    /// Whether that role sends messages.
    pub fn sends(&self, role: &str) -> bool {
        match self {
            Self::Pipe(_) => role == "writer",
        }
    }

    /// The lesson uses names in the file system.
    pub fn has_names(&self) -> bool {
        match self {
            Self::Pipe(pipe) => pipe.has_names(),
        }
    }

    /// The first worker's life, and within it, after a fork, that of each other. Returns the exit status.
    pub fn perform(&self, me: Worker, names: &Names) -> i32 {
        match self {
            Self::Pipe(pipe) => pipe.perform(me, names),
        }
    }

    /// What a learner's verb is for a worker.
    ///
    /// # Errors
    /// `bad_param` for the verb, the worker or the argument that does not fit.
    pub fn command(&self, verb: &str, args: &Values, role: &str) -> Result<Command, Failure> {
        match self {
            Self::Pipe(pipe) => pipe.command(verb, args, role),
        }
    }
}
