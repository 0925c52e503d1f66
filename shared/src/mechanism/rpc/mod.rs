//! RPC: a function of another process, called as if it were one's own. XML-RPC, JSON-RPC 2.0, Python's managers.

mod params;
mod told;

pub use params::{Authkey, Dies, Framing, Http, Params, Retry, Threads, Transport};
pub use told::{Fate, Line, Work, line, work};

use super::{Member, Seat};
use crate::{
    catalog::{Act, Capabilities, Category, Entry, Variant},
    command::Values,
};

/// The card.
pub const ENTRY: Entry = Entry {
    id: "rpc",
    title: "RPC",
    glyph: "ƒ",
    category: Category::Mechanism,
    question: "Was it executed, or not, or twice?",
    built: true,
    variants: VARIANTS,
    params: params::PARAMS,
    acts: ACTS,
    send: &[],
};

const ACTS: &[Act] = &[Act {
    id: "restart",
    label: "Start again",
    help: "The parent forks it once more: a new process, which knows nothing of the calls that the old one had.",
    roles: &["server"],
    args: &[],
    variants: &[],
}];

const VARIANTS: &[Variant] = &[
    Variant {
        id: "xml",
        title: "XML-RPC",
        summary: "The call travels as an XML document in an HTTP POST, and so does what the function returns. Each call makes a connection of its own.",
        can: CAN,
    },
    Variant {
        id: "json",
        title: "JSON-RPC",
        summary: "The call is a JSON object on a line of its own, or behind its length, and nothing around it. A connection is kept for all calls.",
        can: CAN,
    },
    Variant {
        id: "manager",
        title: "Manager",
        summary: "A dictionary, a list, a number and a lock that live in one process; all others have proxies of them. Each method of a proxy is a message to that process, as with Python's multiprocessing.Manager.",
        can: CAN,
    },
];

/// What all variants can: a call and its answer over a stream socket.
const CAN: Capabilities = Capabilities {
    // A caller has its answer before it calls again.
    ordered: true,
    // The length stands before each call; a call may be several sends and several receives.
    boundaries: true,
    bidirectional: true,
    many_to_many: true,
    crosses_machines: true,
    survives: false,
    passes_descriptors: false,
    copies: 2,
};

/// Most processes that call.
pub const MOST_CLIENTS: u64 = 4;
/// Connections that wait to be accepted, `request_queue_size` of Python's `socketserver`.
pub const BACKLOG: i32 = 5;
/// The functions of the server.
pub const FUNCTIONS: &[&str] = &[
    "square",
    "add",
    "divide",
    "reverse",
    "echo",
    "slow",
    "increment",
];
/// What a manager's server holds, and its clients have proxies of: a dictionary, a list, a number, a lock.
pub const SHARED: [&str; 4] = ["tasks", "log", "counter", "lock"];
/// How often a call is tried in all, by a client that tries again.
pub const TRIES: u32 = 3;

/// Who takes part: the parent, the clients on the left, the server on the right.
pub(super) fn cast(_variant: &str, given: &Values) -> Vec<Member> {
    let clients = Params::new(given).map_or(1, |params| params.clients);
    let mut cast = vec![Member::parent()];
    cast.extend((1..=clients).map(|number| Member::numbered("client", number, Seat::Left, true)));
    cast.push(Member::new("server", "server", Seat::Right, false));
    cast
}

#[cfg(test)]
mod tests;
