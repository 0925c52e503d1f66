//! Recorded courses of events, and a pipe that behaves as the kernel's does under every order of events.

mod books;
mod kernel;
mod later;
mod pairs;
mod rare;
mod recorded;
mod simulated;
mod streams;
