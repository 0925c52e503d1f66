//! Recorded courses of events, and a pipe that behaves as the kernel's does under every order of events.

mod kernel;
mod recorded;
mod simulated;
