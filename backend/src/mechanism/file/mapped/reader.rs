//! A reader that loads from the mapped page, or reads the file: the same bytes either way.

use super::{
    super::{Place, reader::look},
    map,
};
use crate::worker::Worker;
use shared::mechanism::file::{Order, Params};

pub(in super::super) fn reader(mut me: Worker, params: &Params, place: &Place) -> i32 {
    let mapping = match map(place) {
        Ok(mapping) => mapping,
        Err(errno) => {
            me.failed("mmap", errno);
            return 1;
        }
    };
    let mut buffer = vec![0; usize::try_from(params.chunk).unwrap_or(1)];
    while let Some(command) = me.command() {
        match command.order() {
            Some(Order::Load { at, len }) => {
                let start = usize::try_from(at).unwrap_or(usize::MAX);
                let mut bytes = vec![0; usize::try_from(len).unwrap_or(0)];
                // If the file has become shorter than its mapping, this ends in SIGBUS.
                let loaded = mapping.load(start, &mut bytes);
                let bytes = bytes.get(..loaded).unwrap_or_default();
                me.loaded(mapping.address() + start, bytes);
            }
            Some(Order::Read) => look(&mut me, None, &mut buffer, &place.path),
            Some(_) | None => {}
        }
    }
    0
}
