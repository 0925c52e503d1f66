//! A stranger: adds lines as the writers do, and knows nothing of a lock. Nothing stops it.

use super::{
    super::{Place, each},
    add, open_to_add,
};
use crate::worker::Worker;
use shared::mechanism::file::Params;

pub(in super::super) fn stranger(mut me: Worker, params: &Params, place: &Place) -> i32 {
    let mut file = match open_to_add(&place.path, params) {
        Ok(file) => file,
        Err(errno) => {
            me.failed("open", errno);
            return 1;
        }
    };
    while let Some(command) = me.command() {
        each(&mut me, &command, params, |me, msg, payload| {
            add(me, &mut file, msg, payload, params);
        });
    }
    0
}
