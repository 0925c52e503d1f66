//! Signal: its variants and roles.

use super::{Mechanism, not_built};
use shared::{command::Values, failure::Failure};

/// The variant with its parameters, checked again: they came through a socket.
///
/// # Errors
/// `bad_param` for what does not fit.
pub(crate) fn play(variant: &str, params: &Values) -> Result<Box<dyn Mechanism>, Failure> {
    let _none_yet = params;
    Err(not_built(&format!("Signal, {variant},")))
}
