//! eventfd(2): eight bytes that add up.

mod receiver;
mod sender;

pub(super) use receiver::receiver;
pub(super) use sender::sender;

/// Bytes of each read and write: `uint64_t`.
const SIZE: u64 = 8;
