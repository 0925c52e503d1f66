//! Queue: who takes part, and what kind of queue is between them. mq_overview(7), sysvipc(7), `multiprocessing.Queue`.

mod family;
mod posix;
pub(crate) mod python;
pub(crate) mod shared;
mod sysv;

use super::Mechanism;
use ::shared::{command::Values, failure::Failure};

/// The variant with its parameters, checked again: they came through a socket.
///
/// # Errors
/// `bad_param` for what does not fit.
pub(crate) fn play(variant: &str, params: &Values) -> Result<Box<dyn Mechanism>, Failure> {
    match variant {
        "posix" => posix::play(params),
        "sysv" => sysv::play(params),
        "python" => python::play(params),
        "shared" => self::shared::play(params),
        _ => Err(Failure::bad_param(
            "variant",
            format!("Queue has no variant \"{variant}\""),
            "posix, sysv, python or shared",
        )),
    }
}
