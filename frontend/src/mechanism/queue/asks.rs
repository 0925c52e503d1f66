//! What consumers ask for, and what waits with the producers because there is no room.

use shared::{
    event::Wait,
    mechanism::queue::sysv::Params,
    state::{Message, RunState, Worker},
};

/// Which messages a consumer takes, as `msgtyp` of msgrcv(2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// 0: the oldest.
    Any,
    /// That type only.
    Type(i64),
    /// The lowest type there is, up to this one.
    Lowest(i64),
}

impl Asks {
    /// In a few words.
    pub fn words(self) -> String {
        match self {
            Self::Any => "asks for any type".to_owned(),
            Self::Type(kind) => format!("asks for type {kind} only"),
            Self::Lowest(most) => format!("asks for the lowest type, up to {most}"),
        }
    }

    fn of(msgtyp: i64) -> Self {
        match msgtyp {
            0 => Self::Any,
            kind if kind > 0 => Self::Type(kind),
            most => Self::Lowest(most.saturating_neg()),
        }
    }
}

/// Which argument of msgrcv(2) is the type.
const MSGTYP: usize = 3;

/// What a System V consumer asks for: in the call it is in, or else as the run's parameters say of one in a loop.
pub fn asks(run: &RunState, worker: &Worker) -> Option<Asks> {
    if run.variant != "sysv" || worker.role != "consumer" || !worker.alive() {
        return None;
    }
    if let Some(call) = worker.now.as_ref().filter(|call| call.name == "msgrcv") {
        return Some(Asks::of(call.args.get(MSGTYP)?.parse().ok()?));
    }
    if worker.because == Some(Wait::Command) {
        // Its loop has ended with an error.
        return None;
    }
    let params = Params::new(&run.params).ok()?;
    let number = worker.id.as_str().rsplit_once('-');
    let number = number
        .and_then(|(_, number)| number.parse().ok())
        .unwrap_or(1);
    let loops = params.crew.loops;
    loops.then(|| Asks::of(params.want.msgtyp(number)))
}

/// The message that a producer is about to send, and has not: it waits on the producer's side.
pub fn pending<'a>(run: &'a RunState, worker: &Worker) -> Option<&'a Message> {
    let message = run
        .messages
        .iter()
        .rev()
        .find(|message| message.worker == worker.id)?;
    let waits = worker.alive()
        && message.sent.is_none()
        && message.bytes_in == 0
        && message.receivers.is_empty();
    waits.then_some(message)
}
