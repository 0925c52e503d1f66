//! Thin safe wrappers around the calls that the crates we use do not wrap, or wrap as `unsafe`.

pub mod calls;
pub mod descriptor;
pub mod leftovers;
pub mod process;
pub mod socket;
