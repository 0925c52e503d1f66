//! The other side of the pair: receives what comes. It could send as well, for a pair has no direction.

use super::side::side;
use crate::{mechanism::socket::place::Place, sys::calls::Fd, worker::Worker};

pub(super) fn receiver(me: Worker, place: &Place<'_>, own: Fd, other: Fd) -> i32 {
    side(me, place, own, other)
}
