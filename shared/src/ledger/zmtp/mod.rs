//! Which message is that, on a connection of ZeroMQ? A send of its I/O thread can be a piece of a message or many of them.
//!
//! ```text
//! sending{msg}, sent{msg}   reports   your thread has put it on the shelf            Zmtp::sending, sent
//! sendto(…) = n             call      another thread: bytes of messages, by content  plan, wrote  → parts
//! recvfrom(…) = n           call      another thread of the other process            arrived
//! received{bytes}           report    its own thread has taken it from its shelf     received     → which message
//! ```
//! A message on a connection is recognized by what it says, among those that its sender has announced and that can still
//! come there, in the order in which they were announced. Without calls to see, what was said has to do.

mod books;
mod losses;
mod parser;
mod plan;
mod shelves;
mod take;

#[cfg(test)]
mod tests;

pub use books::{Announced, Got, Lost, Zmtp};
pub use parser::{Parser, Piece, Said, What};
pub use shelves::Shelf;
