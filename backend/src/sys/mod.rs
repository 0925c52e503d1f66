//! Thin safe wrappers around the calls that the crates we use do not wrap, or wrap as `unsafe`.

mod blocks;
pub mod calls;
pub mod descriptor;
pub mod event;
pub mod files;
pub mod guard;
pub(crate) mod here;
pub mod leftovers;
pub mod machines;
pub mod memory;
pub mod net;
pub mod pipeline;
pub mod process;
pub mod queue;
pub mod segment;
pub mod semaphore;
pub mod signals;
pub mod socket;
