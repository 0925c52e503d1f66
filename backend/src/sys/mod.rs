//! Thin safe wrappers around the calls that the crates we use do not wrap, or wrap as `unsafe`.

pub mod calls;
pub mod descriptor;
pub mod guard;
pub mod leftovers;
pub mod memory;
pub mod process;
pub mod queue;
pub mod segment;
pub mod socket;
