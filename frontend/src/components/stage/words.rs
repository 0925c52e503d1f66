//! What a process is doing, in plain words: one line of state, one of the call it is in, and its last words.

use crate::{components::icons::Icon, mechanism::count, store::says};
use shared::{
    event::{ProcState, Wait},
    os::Signal,
    state::{Call, Life, OpenCall, RunState, Worker},
};

/// Longest argument shown on a card; the whole call is in X-ray.
const LONGEST_ARG: usize = 26;
/// Longest data shown on a card.
const LONGEST_DATA: usize = 14;

/// State of a process: its look, and words for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    /// The glyph.
    pub(crate) icon: Icon,
    /// The class of the card: `running`, `asleep`, `ready`, `frozen`, `dead`, `ended`.
    pub(crate) class: &'static str,
    /// A few words.
    pub(crate) text: String,
}

/// What it does now.
pub(crate) fn state(worker: &Worker, replay: bool) -> Words {
    let words = |icon, class, text: &str| Words {
        icon,
        class,
        text: text.to_owned(),
    };
    match worker.life {
        Life::Killed { signal } => {
            return words(Icon::Dead, "dead", &format!("killed by {signal}"));
        }
        Life::Exited { code: 0 } => return words(Icon::Ended, "ended", "exited 0"),
        Life::Exited { code } => return words(Icon::Dead, "dead", &format!("exited {code}")),
        Life::Alive => {}
    }
    if worker.frozen || worker.state == ProcState::Frozen {
        return words(
            Icon::Ice,
            "frozen",
            if replay { "frozen" } else { "frozen by you" },
        );
    }
    match (worker.state, worker.because) {
        (ProcState::Zombie, _) => words(Icon::Ended, "ended", "ended, not waited for yet"),
        (ProcState::Asleep, Some(Wait::PipeFull)) => {
            words(Icon::Moon, "asleep", "asleep: pipe full")
        }
        (ProcState::Asleep, Some(Wait::PipeEmpty)) => {
            words(Icon::Moon, "asleep", "asleep: pipe empty")
        }
        (ProcState::Asleep, Some(Wait::FifoOpen)) => {
            words(Icon::Moon, "asleep", "asleep in open()")
        }
        (ProcState::Asleep, Some(Wait::QueueFull)) => {
            words(Icon::Moon, "asleep", "asleep: queue full")
        }
        (ProcState::Asleep, Some(Wait::QueueEmpty)) => {
            words(Icon::Moon, "asleep", "asleep: queue empty")
        }
        (ProcState::Asleep, Some(Wait::FileLock)) => {
            words(Icon::Moon, "asleep", "asleep: waits for a file lock")
        }
        (ProcState::Asleep, Some(Wait::Futex)) => {
            words(Icon::Moon, "asleep", "asleep: waits on a word in memory")
        }
        (ProcState::Asleep, Some(Wait::Signal)) => {
            words(Icon::Moon, "asleep", "asleep: waits for a signal")
        }
        (ProcState::Asleep, Some(Wait::SocketFull)) => {
            words(Icon::Moon, "asleep", "asleep: the peer's buffer is full")
        }
        (ProcState::Asleep, Some(Wait::SocketEmpty)) => {
            words(Icon::Moon, "asleep", "asleep: nothing to receive")
        }
        (ProcState::Asleep, Some(Wait::Accept)) => {
            words(Icon::Moon, "asleep", "asleep: nobody has connected")
        }
        (ProcState::Asleep, Some(Wait::Connect)) => {
            words(Icon::Moon, "asleep", "asleep: no answer to connect() yet")
        }
        (ProcState::Asleep, Some(Wait::Poll)) => {
            words(Icon::Moon, "asleep", "asleep: nothing is ready")
        }
        (ProcState::Asleep, Some(Wait::Event)) => {
            words(Icon::Moon, "asleep", "asleep: nothing has happened")
        }
        (ProcState::Asleep, Some(Wait::Child)) => {
            words(Icon::Moon, "asleep", "asleep: waits for a child")
        }
        (ProcState::Asleep, Some(Wait::Command)) => words(Icon::Ready, "ready", "waits for you"),
        (ProcState::Asleep, Some(Wait::Other) | None) => match &worker.now {
            Some(call) => words(Icon::Moon, "asleep", &format!("asleep in {}()", call.name)),
            None => words(Icon::Moon, "asleep", "asleep"),
        },
        (ProcState::Running | ProcState::Frozen, _) => words(Icon::Run, "running", "running"),
    }
}

/// The call it is in, or the last one: a label and the call itself.
pub(crate) fn call(run: &RunState, worker: &Worker) -> (&'static str, String) {
    if !run.xray {
        return ("calls", "not seen: X-ray is off".to_owned());
    }
    if let Some(open) = &worker.now {
        return (if open.paused { "stopped in" } else { "in" }, entered(open));
    }
    match worker.last.and_then(|id| run.call(id)) {
        Some(last) => ("last", returned(last)),
        None if worker.calls > 0 => (
            "made",
            format!(
                "{} calls; the last is not kept any more",
                count(worker.calls)
            ),
        ),
        None => ("in", "no call yet".to_owned()),
    }
}

/// What it last said of itself, while it lives.
pub(super) fn said(worker: &Worker) -> Option<String> {
    let said = worker.said.back().filter(|_| worker.alive())?;
    Some(says::said(&said.what, &said.about))
}

/// A call that has not returned: `write(4, "bbbb…", 4096)`.
pub(crate) fn entered(call: &OpenCall) -> String {
    format!("{}({})", call.name, arguments(&call.args))
}

/// A call with what it returned: `write(4, "hello", 5) = 5`.
pub(crate) fn returned(call: &Call) -> String {
    let end = match (call.errno, call.ret) {
        (Some(errno), _) => format!("-1 {errno}"),
        (None, Some(ret)) => shared::os::returned(ret),
        (None, None) => "?".to_owned(),
    };
    format!("{}({}) = {end}", call.name, arguments(&call.args))
}

fn arguments(args: &[String]) -> String {
    args.iter()
        .map(|arg| shortened(arg))
        .collect::<Vec<_>>()
        .join(", ")
}

fn shortened(arg: &str) -> String {
    let path = arg.starts_with("\"/");
    // A text keeps its closing quote, and gets strace's dots where it has none.
    let text = arg.starts_with('"') && !path;
    let most = if text { LONGEST_DATA } else { LONGEST_ARG };
    if arg.chars().count() <= most {
        return arg.to_owned();
    }
    if let Some((_, name)) = arg.rsplit_once('/').filter(|_| path) {
        return format!("\"…/{name}");
    }
    let start: String = arg.chars().take(most - 3).collect();
    if text {
        format!("{}\"…", start.trim_end_matches('\\'))
    } else {
        format!("{start}…")
    }
}

/// How a dead process ended, in a sentence; nothing for one that lives.
pub(super) fn last_words(worker: &Worker) -> Option<String> {
    match worker.life {
        Life::Alive => None,
        Life::Exited { code: 0 } => Some("It ended by itself, all well.".to_owned()),
        Life::Exited { code } => Some(format!(
            "It ended by itself and says with {code} that something went wrong."
        )),
        Life::Killed {
            signal: Signal::SIGKILL,
        } => Some("SIGKILL ends a process at once; it could not do a thing about it.".to_owned()),
        Life::Killed { signal } => Some(format!("{signal}: {}.", signal.meaning())),
    }
}

/// The last line it wrote to stdout or stderr.
pub(super) fn output(worker: &Worker) -> Option<&str> {
    worker
        .output
        .lines()
        .rev()
        .find(|line| !line.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn long_arguments_keep_their_start() {
        assert_eq!(shortened("4096"), "4096");
        assert_eq!(
            shortened("\"/tmp/ipc-playground-ef0169f80f82/fifo\""),
            "\"…/fifo\""
        );
        let long = format!("\"{}\"", "b".repeat(300));
        assert_eq!(shortened(&long), format!("\"{}\"…", "b".repeat(10)));
    }
}
