//! The other side of the pair: receives what comes. It could send as well, for a pair has no direction.

use super::side::obey;
use crate::{
    mechanism::socket::{
        connection::Connection,
        place::Place,
        wait::{Woken, wait},
    },
    sys::calls::{Fd, close},
    worker::Worker,
};

pub(super) fn receiver(mut me: Worker, place: &Place<'_>, own: Fd, other: Fd) -> i32 {
    // Both came with the fork. While this process has the other's end open, it will never see that one's end.
    if let Err(errno) = close(other) {
        me.failed("close", errno);
    }
    let mut connection = Connection::new(own);
    loop {
        let open: Vec<_> = connection.open().into_iter().collect();
        match wait(&mut me, place.params.takes, &open) {
            Woken::Ready(_) => {
                connection.receive(&mut me, place, 0);
            }
            Woken::Command(command) => obey(&mut me, &mut connection, place, &command),
            Woken::Over => return 0,
        }
    }
}
