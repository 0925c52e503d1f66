//! Shared memory: one page, an address of it in each process, and four ways to come by it. shm_overview(7), mmap(2).
//!
//! `parent` makes it, `writer` and `reader` use it, `way` is how a process comes by it, `hands` what it can do then,
//! `moves` what is done inside, `guarded` how it can be alone with the bytes. `ring` is what one builds of all that, a queue
//! without calls: no role plays it, `bench` times it.

mod guarded;
mod hands;
mod moves;
mod parent;
mod reader;
pub(crate) mod ring;
mod way;
mod writer;

use super::Mechanism;
use crate::worker::{Names, Worker};
use shared::{
    command::Values,
    failure::Failure,
    mechanism::memory::{Kind, Params},
};

/// Shared memory to be performed.
#[derive(Clone, Debug)]
struct Memory {
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
            format!("Shared memory has no variant \"{variant}\""),
            "shm, memfd, mapped or sysv",
        ));
    };
    Ok(Box::new(Memory {
        kind,
        params: Params::new(params)?,
    }))
}

impl Mechanism for Memory {
    fn perform(&self, me: Worker, names: &Names) -> i32 {
        parent::parent(me, self.kind, &self.params, names)
    }

    fn in_python(&self, role: &str) -> bool {
        matches!(role, "writer" | "reader")
    }

    fn maps_memory(&self) -> bool {
        true
    }

    /// What has a name can be found by it when everybody else is gone.
    fn parent_acts(&self) -> bool {
        self.kind != Kind::Memfd
    }

    fn has_numbers(&self) -> bool {
        self.kind == Kind::Sysv
    }
}
