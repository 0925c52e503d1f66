//! Sockets, and descriptors that travel through them.

use super::{Brings, Payload, Row, row};
use crate::tracer::{
    Flow,
    decode::{
        buffers, flags, message,
        numbers::{int, low_unsigned, unsigned},
        options, sockets,
    },
};

pub(super) const ROWS: &[Row] = &[
    row(
        libc::SYS_socketpair,
        "socketpair",
        &[sockets::family, sockets::kind, int, sockets::pair],
    )
    .brings(Brings::Pair)
    .filled(),
    row(
        libc::SYS_sendto,
        "sendto",
        &[
            int,
            buffers::send,
            unsigned,
            flags::socket,
            sockets::address_of,
            low_unsigned,
        ],
    )
    .on(0)
    .moves(Flow::Send, Payload::Buffer(1, 2)),
    row(
        libc::SYS_recvfrom,
        "recvfrom",
        &[
            int,
            buffers::receive,
            unsigned,
            flags::socket,
            sockets::sender,
            sockets::sender_len,
        ],
    )
    .on(0)
    .moves(Flow::Receive, Payload::Buffer(1, 2))
    .unless(3, libc::MSG_PEEK)
    .filled(),
    row(
        libc::SYS_sendmsg,
        "sendmsg",
        &[int, message::sent, flags::socket],
    )
    .on(0)
    .moves(Flow::Send, Payload::Header(1)),
    row(
        libc::SYS_recvmsg,
        "recvmsg",
        &[int, message::received, flags::socket],
    )
    .on(0)
    .moves(Flow::Receive, Payload::Header(1))
    .unless(2, libc::MSG_PEEK)
    .brings(Brings::Rights)
    .filled(),
    row(libc::SYS_shutdown, "shutdown", &[int, sockets::shut]).on(0),
    row(
        libc::SYS_socket,
        "socket",
        &[sockets::family, sockets::kind, sockets::protocol],
    )
    .brings(Brings::Both),
    row(
        libc::SYS_bind,
        "bind",
        &[int, sockets::address_of, low_unsigned],
    )
    .on(0),
    row(libc::SYS_listen, "listen", &[int, int]).on(0),
    row(
        libc::SYS_connect,
        "connect",
        &[int, sockets::address_of, low_unsigned],
    )
    .on(0),
    row(
        libc::SYS_accept4,
        "accept4",
        &[int, sockets::peer, sockets::peer_len, sockets::accept],
    )
    .on(0)
    .brings(Brings::Both)
    .filled(),
    row(
        libc::SYS_accept,
        "accept",
        &[int, sockets::peer, sockets::peer_len],
    )
    .on(0)
    .brings(Brings::Both)
    .filled(),
    row(
        libc::SYS_setsockopt,
        "setsockopt",
        &[
            int,
            options::level,
            options::name,
            options::given,
            low_unsigned,
        ],
    )
    .on(0),
    row(
        libc::SYS_getsockopt,
        "getsockopt",
        &[
            int,
            options::level,
            options::name,
            options::got,
            sockets::peer_len,
        ],
    )
    .on(0)
    .filled(),
    row(
        libc::SYS_getsockname,
        "getsockname",
        &[int, sockets::peer, sockets::peer_len],
    )
    .on(0)
    .filled(),
    row(
        libc::SYS_getpeername,
        "getpeername",
        &[int, sockets::peer, sockets::peer_len],
    )
    .on(0)
    .filled(),
];
