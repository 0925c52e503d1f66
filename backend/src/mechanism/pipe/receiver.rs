//! The other side of Python's pipe: receives whole objects. It could send as well.

use super::{connection::Trouble, side::Side};
use crate::worker::Worker;
use shared::mechanism::pipe::{Params, Reader, Unused, Which};

pub(super) fn receiver(mut me: Worker, mut side: Side, params: &Params) -> i32 {
    Side::ignore_sigpipe(&mut me);
    // As long as anybody has the sender's connection open, recv() waits: and that is we ourselves, if we do not close it.
    if params.unused == Unused::Closed {
        side.hang_up(&mut me, Which::Other);
    }
    if params.reader == Reader::Loop {
        loop {
            match side.recv(&mut me) {
                Ok(()) => {}
                Err(Trouble::EndOfFile) => return 0,
                Err(_) => break,
            }
            // A command that has come meanwhile is carried out between two objects.
            if let Some(command) = me.command_if_any()
                && side.obey(&mut me, &command)
            {
                return 0;
            }
        }
    }
    while let Some(command) = me.command() {
        if side.obey(&mut me, &command) {
            return 0;
        }
    }
    0
}
