//! Socket: an end of a conversation, as a descriptor. socket(7), ip(7), tcp(7), udp(7), unix(7).

mod acts;
mod params;

pub use acts::{How, Order, With};
pub use params::{Bind, Framing, Machines, Params, Relay, Starts, Takes};

use super::{Member, Seat};
use crate::{
    catalog::{Capabilities, Category, Entry, Variant},
    command::Values,
};
use serde::{Deserialize, Serialize};

/// The card.
pub const ENTRY: Entry = Entry {
    id: "socket",
    title: "Socket",
    glyph: "⇄",
    category: Category::Mechanism,
    question: "Why do two sends arrive as one?",
    built: true,
    variants: VARIANTS,
    params: params::PARAMS,
    acts: acts::ACTS,
    send: acts::SEND,
};

const VARIANTS: &[Variant] = &[
    Variant {
        id: "tcp",
        title: "TCP",
        summary: "A server listens at an address, clients connect, and bytes go both ways, in order. Where a send ended is not kept.",
        can: Capabilities {
            crosses_machines: true,
            passes_descriptors: false,
            ..STREAM
        },
    },
    Variant {
        id: "unix-stream",
        title: "Unix stream",
        summary: "The same within one machine: the address is a file, and the kernel moves bytes from one process to the other without a network.",
        can: STREAM,
    },
    Variant {
        id: "udp",
        title: "UDP",
        summary: "Datagrams without a connection: each arrives whole or not at all, and nobody is told which.",
        can: Capabilities {
            // Of several machines; through loopback they are.
            ordered: true,
            boundaries: true,
            crosses_machines: true,
            passes_descriptors: false,
            ..STREAM
        },
    },
    Variant {
        id: "unix-datagram",
        title: "Unix datagram",
        summary: "Datagrams within one machine: none is lost, for a sender waits when the receiver's queue is full.",
        can: Capabilities {
            boundaries: true,
            ..STREAM
        },
    },
    Variant {
        id: "unix-seqpacket",
        title: "Unix seqpacket",
        summary: "A connection as a stream has one, and messages that stay whole as datagrams do.",
        can: Capabilities {
            boundaries: true,
            ..STREAM
        },
    },
    Variant {
        id: "socketpair",
        title: "socketpair",
        summary: "Two connected sockets without an address, inherited by fork. Open files can be sent through them.",
        can: Capabilities {
            many_to_many: false,
            ..STREAM
        },
    },
];

const STREAM: Capabilities = Capabilities {
    ordered: true,
    boundaries: false,
    bidirectional: true,
    many_to_many: true,
    crosses_machines: false,
    survives: false,
    passes_descriptors: true,
    copies: 2,
};

/// The kinds of sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// AF_INET, SOCK_STREAM.
    Tcp,
    /// AF_INET, SOCK_DGRAM.
    Udp,
    /// AF_UNIX, SOCK_STREAM.
    UnixStream,
    /// AF_UNIX, SOCK_DGRAM.
    UnixDatagram,
    /// AF_UNIX, SOCK_SEQPACKET.
    UnixSeqpacket,
    /// socketpair(2) of SOCK_STREAM.
    Socketpair,
}

impl Kind {
    /// The variant of that id.
    pub fn of(variant: &str) -> Option<Self> {
        Some(match variant {
            "tcp" => Self::Tcp,
            "udp" => Self::Udp,
            "unix-stream" => Self::UnixStream,
            "unix-datagram" => Self::UnixDatagram,
            "unix-seqpacket" => Self::UnixSeqpacket,
            "socketpair" => Self::Socketpair,
            _ => return None,
        })
    }

    /// Its address is one of the internet.
    pub fn inet(self) -> bool {
        matches!(self, Self::Tcp | Self::Udp)
    }

    /// A server listens and accepts.
    pub fn listens(self) -> bool {
        matches!(self, Self::Tcp | Self::UnixStream | Self::UnixSeqpacket)
    }

    /// Each send is one receive.
    pub fn keeps_messages(self) -> bool {
        matches!(self, Self::Udp | Self::UnixDatagram | Self::UnixSeqpacket)
    }
}

/// Who takes part: the parent; the clients on the left, the server on the right, and below who stands between them. Of a
/// pair the two sides.
pub(super) fn cast(variant: &str, given: &Values) -> Vec<Member> {
    let mut cast = vec![Member::parent()];
    if variant == "socketpair" {
        cast.push(Member::new("sender", "sender", Seat::Left, true));
        cast.push(Member::new("receiver", "receiver", Seat::Right, true));
        return cast;
    }
    let params = Params::new(given).ok();
    let clients = params.as_ref().map_or(1, |params| params.clients);
    let relayed = params.is_some_and(|params| params.relay != Relay::None);
    cast.extend((1..=clients).map(|number| Member::numbered("client", number, Seat::Left, true)));
    if relayed && Kind::of(variant).is_some_and(Kind::inet) {
        cast.push(Member::new("relay", "relay", Seat::Below, false));
    }
    cast.push(Member::new("server", "server", Seat::Right, true));
    cast
}

#[cfg(test)]
mod tests;
