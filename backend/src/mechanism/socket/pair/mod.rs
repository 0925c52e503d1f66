//! Two connected sockets without an address: made before the fork, as a pipe is, but both ways. socketpair(2), unix(7).

mod parent;
mod receiver;
mod sender;
mod side;

pub(super) use parent::parent;
