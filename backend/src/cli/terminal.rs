//! Writing to the terminal.

use anyhow::Result;
use std::io::{ErrorKind, Write, stderr, stdout};

/// Writes to stdout, the lines with it at once, so that a reader of a pipe sees them as they come.
pub(super) fn say(text: &str) -> Result<()> {
    let mut out = stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // `| head` has what it wants.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => Ok(done?),
    }
}

/// Writes one line to stderr.
pub(super) fn complain(text: &str) {
    let _nobody_left_to_tell = writeln!(stderr(), "ipc-playground: {text}");
}
