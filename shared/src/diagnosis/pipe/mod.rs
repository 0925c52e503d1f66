//! What is going on with a pipe.

mod again;
mod end_of_file;
mod fifo_open;
mod forgotten_end;
mod full;
mod full_slots;
mod idle;
mod no_reader;
mod pair;
mod pipe_error;
mod shortened;
mod sigpipe;
mod waiting_bytes;

use super::{Rule, Sentence, Tone, facts, words};
#[cfg(test)]
use super::{sentence, testing};

/// The strongest first.
pub(super) const RULES: &[Rule] = &[
    sigpipe::check,
    pair::check,
    pipe_error::check,
    end_of_file::check,
    no_reader::check,
    shortened::check,
    full_slots::check,
    full::check,
    forgotten_end::check,
    fifo_open::check,
    again::check,
];

/// What is said where nothing else is.
pub(super) const QUIET: &[Rule] = &[waiting_bytes::check, idle::check];
