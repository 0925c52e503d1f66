//! One side of Python's pipe: sends what it is told to. It could receive as well.

use super::side::Side;
use crate::worker::Worker;
use shared::mechanism::pipe::{Params, Unused, Which};

pub(super) fn sender(mut me: Worker, mut side: Side, params: &Params) -> i32 {
    Side::ignore_sigpipe(&mut me);
    // After the fork it has the receiver's connection as well. The tutorial's program leaves it open.
    if params.unused == Unused::Closed {
        side.hang_up(&mut me, Which::Other);
    }
    while let Some(command) = me.command() {
        if side.obey(&mut me, &command) {
            return 0;
        }
    }
    0
}
