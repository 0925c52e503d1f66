//! Signals as they interrupt, or are waited for. signal(7), sigwaitinfo(2).

mod receiver;

pub(super) use receiver::{about, mask, receiver};
