//! Things that only a process with a single thread can try; `doctor` starts this program again for each.

use crate::sys::machines::Machines;
use clap::ValueEnum;
use std::{net::Ipv4Addr, process::ExitCode};

/// What to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum What {
    /// Two networks with a cable between them, for runs on two machines.
    Machines,
}

/// Exit code 0, or the errno.
pub(super) fn probe(what: What) -> ExitCode {
    let done = match what {
        What::Machines => Machines::make([1, 2].map(|end| Ipv4Addr::new(10, 0, 0, end)))
            .map(drop)
            .map_err(|refused| refused.errno()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(errno) => ExitCode::from(u8::try_from(errno).unwrap_or(u8::MAX)),
    }
}
