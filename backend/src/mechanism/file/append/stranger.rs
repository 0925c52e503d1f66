//! A stranger: adds lines as the writers do, and knows nothing of a lock. Nothing stops it.

use super::{
    super::{Place, each, writer::put},
    line, open_to_add,
};
use crate::worker::Worker;
use shared::mechanism::file::Params;

pub(in super::super) fn stranger(mut me: Worker, params: &Params, place: &Place) -> i32 {
    let fd = match open_to_add(&place.path, params) {
        Ok(fd) => fd,
        Err(errno) => {
            me.failed("open", errno);
            return 1;
        }
    };
    while let Some(command) = me.command() {
        each(&mut me, &command, params, |me, msg, payload| {
            let line = line(payload);
            me.sending(msg, fd, &line);
            let (written, why) = put(fd, &line);
            me.sent(msg, written, why);
        });
    }
    0
}
