//! What can be chosen before the start.

use super::ENTRY;
use crate::{
    catalog::{Param, ParamKind},
    command::Values,
    failure::Failure,
    mechanism::Checked,
};
use serde::{Deserialize, Serialize};

pub(super) const PARAMS: &[Param] = &[
    Param {
        id: "senders",
        label: "Senders",
        help: "Processes that send signals, add to the counter, or post.",
        kind: ParamKind::Number {
            min: 1,
            max: 2,
            default: 1,
            unit: "processes",
        },
        variants: &[],
    },
    Param {
        id: "receivers",
        label: "Receivers",
        help: "Processes that wait for the same counter or semaphore.",
        kind: ParamKind::Number {
            min: 1,
            max: 3,
            default: 1,
            unit: "processes",
        },
        variants: &["eventfd", "semaphore"],
    },
    Param {
        id: "handler",
        label: "Signals at the start",
        help: "What SIGUSR1, SIGUSR2, SIGTERM and the real-time signals do to the receiver before you change it.",
        kind: ParamKind::Choice {
            options: &[
                ("handler", "a handler runs"),
                ("restart", "a handler runs, SA_RESTART"),
                ("ignore", "they are ignored"),
                ("default", "their default: they kill"),
            ],
        },
        variants: &["signals"],
    },
    Param {
        id: "waits",
        label: "Receiver",
        help: "Goes about its business and is interrupted, or blocks the signals and waits for them in a call.",
        kind: ParamKind::Choice {
            options: &[
                ("free", "is interrupted by them"),
                ("sigwaitinfo", "waits in sigwaitinfo()"),
            ],
        },
        variants: &["signals"],
    },
    Param {
        id: "takes",
        label: "Receiver",
        help: "Takes again and again, or only when you say so.",
        kind: ParamKind::Choice {
            options: &[("loop", "takes in a loop"), ("demand", "takes when told")],
        },
        variants: &["signalfd", "eventfd", "semaphore"],
    },
    Param {
        id: "initial",
        label: "First value",
        help: "What the counter or semaphore begins with.",
        kind: ParamKind::Number {
            min: 0,
            max: 1_000_000,
            default: 0,
            unit: "",
        },
        variants: &["eventfd", "semaphore"],
    },
    Param {
        id: "units",
        label: "EFD_SEMAPHORE",
        help: "A read() takes one from the counter instead of all of it.",
        kind: ParamKind::Flag { default: false },
        variants: &["eventfd"],
    },
    Param {
        id: "nonblock",
        label: "EFD_NONBLOCK",
        help: "Calls that would have to wait fail with EAGAIN instead.",
        kind: ParamKind::Flag { default: false },
        variants: &["eventfd"],
    },
    Param {
        id: "wakeup",
        label: "set_wakeup_fd",
        help: "A receiver in Python: its C handler also writes one byte for each signal, which are counted.",
        kind: ParamKind::Flag { default: false },
        variants: &["signals"],
    },
    Param {
        id: "pace",
        label: "Pace",
        help: "Pause between the sends of a burst.",
        kind: ParamKind::Number {
            min: 0,
            max: 1_000_000,
            default: 0,
            unit: "microseconds",
        },
        variants: &[],
    },
];

/// What a signal does to the receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handler {
    /// A function runs; a call that slept fails with EINTR.
    Handler,
    /// A function runs; a call that slept goes on, where it can.
    Restart,
    /// SIG_IGN.
    Ignore,
    /// SIG_DFL.
    Default,
}

/// How the receiver meets signals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waits {
    /// They interrupt it.
    Free,
    /// It has blocked them, and takes them one by one.
    Sigwaitinfo,
}

/// How the receiver takes what there is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Takes {
    /// Again and again.
    Loop,
    /// Only on command.
    Demand,
}

/// The parameters as types.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Processes that send.
    pub senders: u64,
    /// Processes that wait.
    pub receivers: u64,
    /// What signals do at the start.
    pub handler: Handler,
    /// How the receiver meets signals.
    pub waits: Waits,
    /// How the receiver takes.
    pub takes: Takes,
    /// First value of the counter or semaphore.
    pub initial: u64,
    /// EFD_SEMAPHORE.
    pub units: bool,
    /// EFD_NONBLOCK.
    pub nonblock: bool,
    /// Python's signal.set_wakeup_fd().
    pub wakeup: bool,
    /// Microseconds between the sends of a burst.
    pub pace: u64,
}

impl Params {
    /// The parameters given, checked, with defaults for the others.
    ///
    /// # Errors
    /// `bad_param` for the first that does not fit.
    pub fn new(given: &Values) -> Result<Self, Failure> {
        let checked = Checked::new(&ENTRY, given)?;
        Ok(Self {
            senders: checked.number("senders"),
            receivers: checked.number("receivers"),
            handler: match checked.word("handler") {
                "restart" => Handler::Restart,
                "ignore" => Handler::Ignore,
                "default" => Handler::Default,
                _ => Handler::Handler,
            },
            waits: if checked.word("waits") == "sigwaitinfo" {
                Waits::Sigwaitinfo
            } else {
                Waits::Free
            },
            takes: if checked.word("takes") == "demand" {
                Takes::Demand
            } else {
                Takes::Loop
            },
            initial: checked.number("initial"),
            units: checked.flag("units"),
            nonblock: checked.flag("nonblock"),
            wakeup: checked.flag("wakeup"),
            pace: checked.number("pace"),
        })
    }
}
