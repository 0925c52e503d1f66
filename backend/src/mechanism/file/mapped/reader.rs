//! A reader that loads from the mapped page, or reads the file: the same bytes either way.

use super::{
    super::{Place, pause, reader::look, repeat},
    map,
};
use crate::{
    sys::memory::Mapping,
    worker::{Worker, wire::Command},
};
use shared::mechanism::file::{Order, Params, Reader};

/// Bytes that are loaded again and again where nobody says which.
const GLANCE: u64 = 64;

pub(in super::super) fn reader(mut me: Worker, params: &Params, place: &Place) -> i32 {
    let mapping = match map(place) {
        Ok(mapping) => mapping,
        Err(errno) => {
            me.failed("mmap", errno);
            return 1;
        }
    };
    if params.reader == Reader::Loop {
        // Memory wakes nobody either.
        while !me.over() {
            load(&mut me, &mapping, 0, GLANCE);
            pause(&mut me, params.poll * 1000);
            while let Some(command) = me.command_if_any() {
                obey(&mut me, &command, &mapping, params, place);
            }
        }
        return 0;
    }
    while let Some(command) = me.command() {
        obey(&mut me, &command, &mapping, params, place);
    }
    0
}

fn obey(me: &mut Worker, command: &Command, mapping: &Mapping, params: &Params, place: &Place) {
    match command.order() {
        Some(Order::Load { at, len }) => load(me, mapping, at, len),
        Some(Order::Read { times }) => {
            let mut buffer = vec![0; usize::try_from(params.chunk).unwrap_or(1)];
            repeat(me, times, params, |me| {
                look(me, None, &mut buffer, &place.path);
            });
        }
        Some(_) | None => {}
    }
}

/// Loads, and reports it. If the file has become shorter than its mapping, this ends in SIGBUS.
fn load(me: &mut Worker, mapping: &Mapping, at: u64, len: u64) {
    let start = usize::try_from(at).unwrap_or(usize::MAX);
    let mut bytes = vec![0; usize::try_from(len).unwrap_or(0)];
    let loaded = mapping.load(start, &mut bytes);
    let bytes = bytes.get(..loaded).unwrap_or_default();
    me.loaded(mapping.address().saturating_add(start), bytes);
}
