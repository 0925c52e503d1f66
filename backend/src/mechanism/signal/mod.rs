//! Signal and event: who takes part, and the four ways to wake somebody. signal(7), signalfd(2), eventfd(2), sem_overview(7).

mod eventfd;
mod parent;
mod semaphore;
mod sender;
mod signalfd;
mod signals;

pub(crate) use sender::raise;

use super::Mechanism;
use crate::worker::{Names, Worker};
use shared::{
    command::Values,
    failure::Failure,
    mechanism::signal::{Kind, Params, SIGRTMIN},
};

/// The signals that a receiver is prepared for: SIGUSR1, SIGUSR2, SIGTERM and three real-time ones.
const OURS: [i32; 6] = [
    libc::SIGUSR1,
    libc::SIGUSR2,
    libc::SIGTERM,
    SIGRTMIN,
    SIGRTMIN + 1,
    SIGRTMIN + 2,
];

/// Signals and events to be performed.
#[derive(Clone, Debug)]
struct SignalAndEvent {
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
            format!("Signal has no variant \"{variant}\""),
            "signals, signalfd, eventfd or semaphore",
        ));
    };
    Ok(Box::new(SignalAndEvent {
        kind,
        params: Params::new(params)?,
    }))
}

impl Mechanism for SignalAndEvent {
    fn perform(&self, me: Worker, names: &Names) -> i32 {
        parent::parent(me, self.kind, &self.params, &names.semaphore("semaphore"))
    }

    fn in_python(&self, role: &str) -> bool {
        matches!(role, "sender" | "receiver")
    }

    fn has_names(&self) -> bool {
        false
    }

    fn maps_memory(&self) -> bool {
        self.kind == Kind::Semaphore
    }

    fn shows_signals(&self) -> bool {
        self.kind.signals()
    }
}
