//! Named semaphores, sem_overview(7): a number under a name, and a bench for those who found it at 0.

mod receiver;
mod sender;

pub(super) use receiver::receiver;
pub(super) use sender::sender;

use crate::{
    sys::semaphore::{Semaphore, sem_open},
    worker::Worker,
};
use std::ffi::CStr;

/// Everybody who knows the name and may, can open it: it need not be a relative.
fn open(me: &mut Worker, name: &CStr) -> Option<Semaphore> {
    sem_open(name)
        .inspect_err(|errno| me.failed("sem_open", *errno))
        .ok()
}
