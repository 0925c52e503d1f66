//! Signals as bytes that are read. signalfd(2).

mod receiver;

pub(super) use receiver::receiver;
