//! The reader of a file that grows, as `tail -f`: keeps it open and reads on from where it stands.

use super::super::{Open, Place, pause, reader::read_on, repeat};
use crate::{sys::calls::open, worker::Worker};
use nix::fcntl::OFlag;
use shared::mechanism::file::{Order, Params, Reader};

pub(in super::super) fn reader(mut me: Worker, params: &Params, place: &Place) -> i32 {
    let mut file = match open(&place.path, OFlag::O_RDONLY) {
        Ok(fd) => Open::new(fd),
        Err(errno) => {
            me.failed("open", errno);
            return 1;
        }
    };
    let mut buffer = vec![0; usize::try_from(params.chunk).unwrap_or(1)];
    if params.reader == Reader::Loop {
        while !me.over() {
            read_on(&mut me, &mut file, &mut buffer);
            pause(&mut me, params.poll * 1000);
            while let Some(command) = me.command_if_any() {
                if let Some(Order::Read { times }) = command.order() {
                    repeat(&mut me, times, params, |me| {
                        read_on(me, &mut file, &mut buffer);
                    });
                }
            }
        }
        return 0;
    }
    while let Some(command) = me.command() {
        if let Some(Order::Read { times }) = command.order() {
            repeat(&mut me, times, params, |me| {
                read_on(me, &mut file, &mut buffer);
            });
        }
    }
    0
}
