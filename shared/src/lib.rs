//! What both ends of IPC Playground must agree on: the protocol, the events of a run, the state they fold to, and the
//! ledger that ties system calls to messages.
//!
//! Nothing in here does IO, so everything is tested natively and compiles to WebAssembly.
//!
//! ```text
//! command ──▶ (server, supervisor, workers) ──▶ event ──▶ state::apply ──▶ RunState ──▶ views, diagnosis
//!                                   ledger: which bytes of which message did a call move?
//! ```

#[cfg(test)]
mod arbitrary;
pub mod catalog;
pub mod codec;
pub mod command;
pub mod diagnosis;
pub mod event;
pub mod failure;
pub mod ids;
pub mod lean;
pub mod ledger;
pub mod limit;
pub mod mechanism;
pub mod os;
pub mod pickle;
pub mod place;
pub mod recording;
pub mod scenario;
pub mod state;

/// Version of the protocol between page and server; a client that says another one is closed with 4406.
pub const PROTOCOL: u32 = 1;

/// Sorts a list that is never long, keeping equal ones in order. The sorts of the standard library are compiled anew for
/// every type, three kilobytes each in the page.
pub fn sort_few<T, K: Ord>(list: &mut [T], key: impl Fn(&T) -> K) {
    for end in 1..list.len() {
        let mut at = end;
        while at > 0 && key(&list[at]) < key(&list[at - 1]) {
            list.swap(at, at - 1);
            at -= 1;
        }
    }
}
