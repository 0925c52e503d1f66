//! Options of sockets: levels, names and values. socket(7), tcp(7), ip(7).
#![expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]

use super::{
    Context,
    numbers::{PENDING, address, low},
    text::quoted,
};
use shared::os::Errno;

/// Bytes of a value that are looked at: a `struct tcp_info` is the largest.
const MAX_VALUE: u32 = 256;

/// Numbers and their names.
type Table = &'static [(i32, &'static str)];

macro_rules! table {
    ($($name:ident)*) => { &[$((libc::$name, stringify!($name)),)*] };
}

const SOCKET: Table = table! {
    SO_DEBUG SO_REUSEADDR SO_TYPE SO_ERROR SO_DONTROUTE SO_BROADCAST SO_SNDBUF SO_RCVBUF SO_KEEPALIVE SO_OOBINLINE
    SO_NO_CHECK SO_PRIORITY SO_LINGER SO_BSDCOMPAT SO_REUSEPORT SO_PASSCRED SO_PEERCRED SO_RCVLOWAT SO_SNDLOWAT
    SO_RCVTIMEO SO_SNDTIMEO SO_BINDTODEVICE SO_ATTACH_FILTER SO_DETACH_FILTER SO_PEERNAME SO_TIMESTAMP SO_ACCEPTCONN
    SO_PEERSEC SO_SNDBUFFORCE SO_RCVBUFFORCE SO_PASSSEC SO_TIMESTAMPNS SO_MARK SO_TIMESTAMPING SO_PROTOCOL SO_DOMAIN
    SO_RXQ_OVFL SO_PEEK_OFF SO_NOFCS SO_LOCK_FILTER SO_BUSY_POLL SO_INCOMING_CPU SO_MEMINFO SO_INCOMING_NAPI_ID SO_COOKIE
    SO_PEERGROUPS SO_ZEROCOPY
};
const TCP: Table = table! {
    TCP_NODELAY TCP_MAXSEG TCP_CORK TCP_KEEPIDLE TCP_KEEPINTVL TCP_KEEPCNT TCP_SYNCNT TCP_LINGER2 TCP_DEFER_ACCEPT
    TCP_WINDOW_CLAMP TCP_INFO TCP_QUICKACK TCP_CONGESTION TCP_USER_TIMEOUT TCP_FASTOPEN TCP_NOTSENT_LOWAT
};
const IP: Table = table! {
    IP_TOS IP_TTL IP_HDRINCL IP_RECVERR IP_MTU_DISCOVER IP_MTU IP_PKTINFO IP_BIND_ADDRESS_NO_PORT IP_MULTICAST_TTL
    IP_MULTICAST_LOOP IP_ADD_MEMBERSHIP
};
const IPV6: Table = table! { IPV6_V6ONLY IPV6_RECVERR IPV6_TCLASS IPV6_UNICAST_HOPS };

/// What layer the option is of.
pub(super) fn level(context: &Context<'_>, at: usize) -> Option<String> {
    Some(match context.int(at) {
        libc::SOL_SOCKET => "SOL_SOCKET".to_owned(),
        libc::IPPROTO_IP => "SOL_IP".to_owned(),
        libc::IPPROTO_TCP => "SOL_TCP".to_owned(),
        libc::IPPROTO_UDP => "SOL_UDP".to_owned(),
        libc::IPPROTO_IPV6 => "SOL_IPV6".to_owned(),
        other => other.to_string(),
    })
}

/// Its name; the level is the argument before.
pub(super) fn name(context: &Context<'_>, at: usize) -> Option<String> {
    let table = match context.int(at - 1) {
        libc::SOL_SOCKET => SOCKET,
        libc::IPPROTO_TCP => TCP,
        libc::IPPROTO_IP => IP,
        libc::IPPROTO_IPV6 => IPV6,
        _ => &[],
    };
    let number = context.int(at);
    let name = table.iter().find(|(known, _)| *known == number);
    Some(name.map_or_else(|| format!("{number:#x}"), |(_, name)| (*name).to_owned()))
}

/// The value that is set; its length is the next argument.
pub(super) fn given(context: &Context<'_>, at: usize) -> Option<String> {
    Some(value(context, at, low(context.args[at + 1])))
}

/// The value that was asked for; where its length is, the next argument says.
pub(super) fn got(context: &Context<'_>, at: usize) -> Option<String> {
    if context.ret.is_none() {
        return Some(PENDING.to_owned());
    }
    let len = context.memory.int(context.args[at + 1]);
    Some(match len.filter(|_| context.filled()) {
        Some(len) => value(context, at, len.cast_unsigned()),
        None => address(context.args[at]),
    })
}

/// Level and name are the second and third argument.
fn value(context: &Context<'_>, at: usize, len: u32) -> String {
    let place = context.args[at];
    let len = usize::try_from(len.min(MAX_VALUE)).unwrap_or(0);
    let bytes = context.memory.read(place, len);
    let int = |from: usize| Some(i32::from_ne_bytes(*bytes.get(from..)?.first_chunk()?));
    let long = |from: usize| Some(i64::from_ne_bytes(*bytes.get(from..)?.first_chunk()?));
    let shown = match (context.int(1), context.int(2)) {
        _ if place == 0 => None,
        (libc::SOL_SOCKET, libc::SO_LINGER) => int(0)
            .zip(int(4))
            .map(|(on, seconds)| format!("{{l_onoff={on}, l_linger={seconds}}}")),
        (libc::SOL_SOCKET, libc::SO_RCVTIMEO | libc::SO_SNDTIMEO) => long(0)
            .zip(long(8))
            .map(|(seconds, rest)| format!("{{tv_sec={seconds}, tv_usec={rest}}}")),
        (libc::SOL_SOCKET, libc::SO_PEERCRED) => {
            let who = int(0).zip(int(4)).zip(int(8));
            who.map(|((pid, uid), gid)| format!("{{pid={pid}, uid={uid}, gid={gid}}}"))
        }
        (libc::SOL_SOCKET, libc::SO_ERROR) => int(0).map(|errno| match errno {
            0 => "[0]".to_owned(),
            errno => format!("[{}]", Errno(errno)),
        }),
        (libc::SOL_SOCKET, libc::SO_BINDTODEVICE) | (libc::IPPROTO_TCP, libc::TCP_CONGESTION) => {
            bytes.split(|byte| *byte == 0).next().map(quoted)
        }
        (libc::IPPROTO_TCP, libc::TCP_INFO) => {
            let state = bytes.first().copied().unwrap_or_default();
            let state = crate::gauge::socket::state::name(state);
            int(68).zip(int(80)).map(|(rtt, cwnd)| {
                format!("{{tcpi_state=TCP_{state}, tcpi_rtt={rtt}, tcpi_snd_cwnd={cwnd}, ...}}")
            })
        }
        _ if bytes.len() == 4 => int(0).map(|number| format!("[{number}]")),
        _ if bytes.is_empty() => None,
        _ => Some(quoted(&bytes)),
    };
    shown.unwrap_or_else(|| address(place))
}
