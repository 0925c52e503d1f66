//! The WebSocket of a page, or of any program: one session a socket.
//!
//! ```text
//!             ┌ session  reads frames, checks them, asks the lab; never waits for the browser to read
//!   socket ───┤     │ Out (bounded): answers, runs to follow, farewell
//!             └ writer   answers first, then events of the runs it follows, all that is there in one frame
//! ```
//! A browser that does not read stops its own writer, then its own session, and nothing else.

mod commands;
mod feed;
mod handshake;
mod rate;
mod session;
mod watching;
mod writer;

#[cfg(test)]
mod tests;

pub use session::{Host, Peer, serve};

use shared::failure::Failure;
use std::time::Duration;

/// Close codes of the protocol.
pub mod close {
    /// The server stops, or the peer said goodbye.
    pub const GOING_AWAY: u16 = 1001;
    /// The client broke the rules of the protocol.
    pub const POLICY: u16 = 1008;
    /// A message was too long.
    pub const TOO_LONG: u16 = 1009;
    /// The playground itself failed.
    pub const INTERNAL: u16 = 1011;
    /// `hello` asked for another version of the protocol.
    pub const PROTOCOL: u16 = 4406;
}

/// Why a connection ends, said in `closing` before it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Farewell {
    /// Close code.
    pub code: u16,
    /// Why, and what to do.
    pub failure: Failure,
    /// When to try again.
    pub retry: Option<Duration>,
}

/// Largest frame and message that is read at all. Above what is allowed, so that a little too much is refused in words
/// and the connection ends in good order; far above, it just ends.
pub const READ_LIMIT: usize = 2 * shared::command::MAX_CLIENT_MESSAGE;
/// Bytes read from a socket at once; most commands are far smaller, and each idle session has such a buffer.
pub const READ_BUFFER: usize = 8 * 1024;
/// Bytes that may wait in a socket's write buffer. Only one frame is ever on its way, and the largest is a snapshot: a few
/// hundred messages and calls, each at most as large as an event.
pub const WRITE_LIMIT: usize = 4 << 20;
