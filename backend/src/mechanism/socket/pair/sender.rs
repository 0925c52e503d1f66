//! One side of the pair: sends what it is told to. It could receive as well.

use super::side::side;
use crate::{mechanism::socket::place::Place, sys::calls::Fd, worker::Worker};

pub(super) fn sender(me: Worker, place: &Place<'_>, own: Fd, other: Fd) -> i32 {
    side(me, place, own, other)
}
