//! One of those on the left: maps the memory, and stores into it or loads from it as it is told. No call is made for that.

use super::hands::Hands;
use crate::{
    sys::calls::sleep,
    worker::{Worker, wire::Command},
};
use serde_json::Value;
use shared::mechanism::memory::{Name, RECORD};
use std::time::Duration;

pub(super) fn writer(mut me: Worker, mut hands: Hands<'_>) -> i32 {
    if !hands.attach(&mut me, Name::Right) {
        return 1;
    }
    while let Some(command) = me.command() {
        carry_out(&mut me, &mut hands, &command);
    }
    0
}

/// A message is stored; anything else is an order.
#[track_caller]
pub(super) fn carry_out(me: &mut Worker, hands: &mut Hands<'_>, command: &Command) {
    let Command::Send {
        msg,
        data,
        times,
        args,
    } = command
    else {
        if let Some(order) = command.order() {
            hands.obey(me, order);
        }
        return;
    };
    let Ok(payload) = data.bytes() else { return };
    let at = args.get("at").and_then(Value::as_u64);
    let at = at.map_or(RECORD, |at| usize::try_from(at).unwrap_or(RECORD));
    for n in 0..u64::from(*times) {
        if n > 0
            && hands.params.pace > 0
            && let Err(errno) = sleep(Duration::from_micros(hands.params.pace))
        {
            me.failed("clock_nanosleep", errno);
        }
        hands.send(me, *msg + n, at, &payload);
    }
}
