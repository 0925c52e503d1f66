//! Refuses what cannot be done before it reaches a box, in words that say what can be.

use super::run::Command;
use base64::{Engine, engine::general_purpose::STANDARD};
use shared::{
    catalog::{COMMON, Entry},
    command::{Data, MAX_FILL, MAX_TIMES, Values},
    failure::Failure,
    ids::WorkerId,
    mechanism,
    state::{RunState, Worker},
};

/// The command with its defaults filled in.
///
/// # Errors
/// `bad_param`, naming the argument that does not fit.
pub(super) fn command(
    entry: &Entry,
    state: &RunState,
    command: Command,
) -> Result<Command, Failure> {
    match command {
        Command::Send {
            worker,
            data,
            times,
            args,
        } => {
            if !(1..=MAX_TIMES).contains(&times) {
                return Err(Failure::bad_param(
                    "times",
                    format!("times cannot be {times}"),
                    format!("a whole number from 1 to {MAX_TIMES}"),
                ));
            }
            if let Some(sender) = &worker {
                alive(state, sender)?;
            }
            Ok(Command::Send {
                worker,
                // A signal and a post say all without one.
                data: payload(data, entry.id == "signal")?,
                times,
                args: entry.send_args(&state.variant, &args)?,
            })
        }
        Command::Act { worker, verb, args } => {
            let args = arguments(entry, state, worker.as_ref(), &verb, &args)?;
            if verb == "restart" && worker.is_some() {
                // The one thing that can be done to those who have ended; whether they have, the supervisor knows.
                return Ok(Command::Act { worker, verb, args });
            }
            let known = worker
                .as_ref()
                .map(|worker| alive(state, worker))
                .transpose()?
                .flatten();
            match (verb.as_str(), &worker, known) {
                (_, None, _) => Err(Failure::bad_param(
                    "worker",
                    format!("{verb} needs a worker"),
                    workers(state),
                )),
                ("freeze", Some(id), Some(worker)) if !worker.can_freeze() => Err(
                    Failure::bad_param("worker", format!("{id} is frozen already"), "resume it"),
                ),
                ("resume", Some(id), Some(worker)) if !worker.can_resume() => Err(
                    Failure::bad_param("worker", format!("{id} is not frozen"), "freeze it first"),
                ),
                _ => Ok(Command::Act { worker, verb, args }),
            }
        }
        fetch @ Command::Fetch { .. } => Ok(fetch),
    }
}

/// The worker, if it was born already; a box may still be making it.
fn alive<'a>(state: &'a RunState, id: &WorkerId) -> Result<Option<&'a Worker>, Failure> {
    match state.worker(id) {
        Some(worker) if !worker.alive() => Err(Failure::bad_param(
            "worker",
            format!("{id} has ended"),
            "start the run again to have it back",
        )),
        found => Ok(found),
    }
}

fn workers(state: &RunState) -> String {
    let alive: Vec<_> = state
        .workers
        .iter()
        .filter(|worker| worker.alive())
        .map(|worker| worker.id.as_str())
        .collect();
    format!("one of: {}", alive.join(", "))
}

/// Who takes part is known from the start, so that a verb is checked before its worker is born.
fn arguments(
    entry: &Entry,
    state: &RunState,
    worker: Option<&WorkerId>,
    verb: &str,
    given: &Values,
) -> Result<Values, Failure> {
    if COMMON.contains(&verb) {
        return match given.keys().next() {
            None => Ok(Values::new()),
            Some(unknown) => Err(Failure::bad_param(
                unknown,
                format!("{verb} has no argument \"{unknown}\""),
                "it has none",
            )),
        };
    }
    entry.act(verb)?;
    let cast = mechanism::cast(entry.id, &state.variant, &state.params);
    match cast.iter().find(|member| Some(&member.id) == worker) {
        Some(member) => {
            let mut order = entry.order(&state.variant, verb, given, member.role)?;
            order.remove("do");
            Ok(order)
        }
        // Which worker that should be, is said next.
        None => Ok(given.clone()),
    }
}

/// The payload, checked; never as text, so that a frame to the box cannot grow by escaping.
fn payload(data: Data, may_be_empty: bool) -> Result<Data, Failure> {
    match data {
        Data::Fill { fill, len } => {
            if fill.len() != 2 || !fill.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return Err(Failure::bad_param(
                    "data",
                    format!("fill cannot be \"{fill}\""),
                    "two hex digits, as in 61",
                ));
            }
            if !(1..=MAX_FILL).contains(&len) {
                return Err(Failure::bad_param(
                    "data",
                    format!("len cannot be {len}"),
                    format!("from 1 to {MAX_FILL} bytes"),
                )
                .limit("fill_bytes", MAX_FILL));
            }
            Ok(Data::Fill { fill, len })
        }
        data @ (Data::Text { .. } | Data::Base64 { .. }) => {
            let bytes = data.bytes()?;
            if bytes.is_empty() && !may_be_empty {
                return Err(Failure::bad_param(
                    "data",
                    "a message needs at least one byte",
                    "type something",
                ));
            }
            Ok(Data::Base64 {
                base64: STANDARD.encode(bytes),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Command, command};
    use serde_json::json;
    use shared::{
        command::{Data, Values},
        ids::WorkerId,
        mechanism::pipe::ENTRY,
        state::RunState,
    };

    fn state() -> RunState {
        RunState {
            entry: "pipe".to_owned(),
            variant: "anonymous".to_owned(),
            ..RunState::default()
        }
    }

    fn refused_field(given: Command) -> String {
        command(&ENTRY, &state(), given).unwrap_err().field.unwrap()
    }

    fn act(worker: Option<&str>, verb: &str, args: serde_json::Value) -> Command {
        Command::Act {
            worker: worker.map(WorkerId::from),
            verb: verb.to_owned(),
            args: serde_json::from_value(args).unwrap(),
        }
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let send = |data, times| Command::Send {
            worker: None,
            data,
            times,
            args: Values::new(),
        };
        let text = Data::Text {
            text: "x".to_owned(),
        };
        assert_eq!(refused_field(send(text, 0)), "times");
        assert_eq!(
            refused_field(send(
                Data::Fill {
                    fill: "6".to_owned(),
                    len: 1
                },
                1
            )),
            "data"
        );
        assert_eq!(
            refused_field(send(
                Data::Fill {
                    fill: "61".to_owned(),
                    len: 1 << 40
                },
                1
            )),
            "data"
        );
        assert_eq!(
            refused_field(send(
                Data::Base64 {
                    base64: "***".to_owned()
                },
                1
            )),
            "data"
        );
        assert_eq!(
            refused_field(send(
                Data::Text {
                    text: String::new()
                },
                1
            )),
            "data"
        );
        assert_eq!(refused_field(act(Some("reader"), "dance", json!({}))), "do");
        assert_eq!(
            refused_field(act(Some("reader"), "read", json!({"len": 0}))),
            "len"
        );
        assert_eq!(
            refused_field(act(Some("reader"), "read", json!({"speed": 1}))),
            "speed"
        );
        assert_eq!(
            refused_field(act(Some("reader"), "freeze", json!({"now": true}))),
            "now"
        );
        assert_eq!(refused_field(act(None, "freeze", json!({}))), "worker");
    }

    #[test]
    fn defaults_are_filled_in() {
        let done = command(
            &ENTRY,
            &state(),
            act(Some("reader"), "read", json!({"len": "16"})),
        )
        .unwrap();
        assert_eq!(
            done,
            act(Some("reader"), "read", json!({"len": 16, "times": 1}))
        );
    }
}
