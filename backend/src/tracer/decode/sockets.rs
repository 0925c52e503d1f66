//! Sockets: families, kinds and addresses. socket(2), unix(7), ip(7).
#![expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]

use super::{
    Context,
    files::pipe_ends,
    flags::{Names, joined},
    message::Header,
    numbers::{PENDING, address, filled, low},
    text::quoted,
};
use std::net::{Ipv4Addr, Ipv6Addr};

/// Bytes of an address that are looked at: a `struct sockaddr_un`.
const MAX_ADDRESS: u32 = 110;

const MADE: Names = &[
    (libc::SOCK_CLOEXEC, "SOCK_CLOEXEC"),
    (libc::SOCK_NONBLOCK, "SOCK_NONBLOCK"),
];

/// The family of a socket.
pub(super) fn family(context: &Context<'_>, at: usize) -> Option<String> {
    Some(family_name(context.int(at)))
}

fn family_name(family: i32) -> String {
    match family {
        libc::AF_UNSPEC => "AF_UNSPEC".to_owned(),
        libc::AF_UNIX => "AF_UNIX".to_owned(),
        libc::AF_INET => "AF_INET".to_owned(),
        libc::AF_INET6 => "AF_INET6".to_owned(),
        libc::AF_NETLINK => "AF_NETLINK".to_owned(),
        other => format!("{other:#x}"),
    }
}

/// The kind of a socket, and flags.
pub(super) fn kind(context: &Context<'_>, at: usize) -> Option<String> {
    let bits = context.int(at);
    let kind = match bits & 0xf {
        libc::SOCK_STREAM => "SOCK_STREAM".to_owned(),
        libc::SOCK_DGRAM => "SOCK_DGRAM".to_owned(),
        libc::SOCK_SEQPACKET => "SOCK_SEQPACKET".to_owned(),
        libc::SOCK_RAW => "SOCK_RAW".to_owned(),
        other => format!("{other:#x}"),
    };
    Some(match bits & !0xf {
        0 => kind,
        flags => format!("{kind}|{}", joined(flags, MADE)),
    })
}

/// The protocol, named for the families of the internet.
pub(super) fn protocol(context: &Context<'_>, at: usize) -> Option<String> {
    let internet = [libc::AF_INET, libc::AF_INET6].contains(&context.int(0));
    Some(match context.int(at) {
        libc::IPPROTO_IP if internet => "IPPROTO_IP".to_owned(),
        libc::IPPROTO_TCP if internet => "IPPROTO_TCP".to_owned(),
        libc::IPPROTO_UDP if internet => "IPPROTO_UDP".to_owned(),
        other => other.to_string(),
    })
}

/// Flags of accept4.
pub(super) fn accept(context: &Context<'_>, at: usize) -> Option<String> {
    Some(joined(context.int(at), MADE))
}

/// Which direction is closed.
pub(super) fn shut(context: &Context<'_>, at: usize) -> Option<String> {
    Some(match context.int(at) {
        libc::SHUT_RD => "SHUT_RD".to_owned(),
        libc::SHUT_WR => "SHUT_WR".to_owned(),
        libc::SHUT_RDWR => "SHUT_RDWR".to_owned(),
        other => format!("{other:#x}"),
    })
}

/// The two descriptors of a new pair.
pub(super) fn pair(context: &Context<'_>, at: usize) -> Option<String> {
    Some(filled(context, at, |place| {
        pipe_ends(context, place).map(|[one, other]| format!("[{one}, {other}]"))
    }))
}

/// An address that is given; its length is the next argument.
pub(super) fn address_of(context: &Context<'_>, at: usize) -> Option<String> {
    Some(given(context, context.args[at], low(context.args[at + 1])))
}

/// An address at some place.
pub(super) fn given(context: &Context<'_>, place: u64, len: u32) -> String {
    let len = usize::try_from(len.min(MAX_ADDRESS)).unwrap_or(0);
    let bytes = context.memory.read(place, len);
    text(&bytes)
        .filter(|_| place != 0)
        .unwrap_or_else(|| address(place))
}

/// Who sent a datagram; the address of the length is the next argument.
pub(super) fn sender(context: &Context<'_>, at: usize) -> Option<String> {
    peer(context, at)
}

/// How long that address is.
pub(super) fn sender_len(context: &Context<'_>, at: usize) -> Option<String> {
    peer_len(context, at)
}

/// Who has connected.
pub(super) fn peer(context: &Context<'_>, at: usize) -> Option<String> {
    Some(filled(context, at, |place| {
        let len = context.memory.int(context.args[at + 1])?.cast_unsigned();
        let bytes = context
            .memory
            .read(place, usize::try_from(len.min(MAX_ADDRESS)).ok()?);
        text(&bytes)
    }))
}

/// The length of an address, before and after.
pub(super) fn peer_len(context: &Context<'_>, at: usize) -> Option<String> {
    let place = context.args[at];
    Some(match context.memory.int(place).filter(|_| place != 0) {
        None => address(place),
        Some(_) if context.ret.is_none() => PENDING.to_owned(),
        Some(len) => format!("[{len}]"),
    })
}

fn text(bytes: &[u8]) -> Option<String> {
    let short = |at: usize| Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?));
    let family = i32::from(u16::from_ne_bytes(*bytes.first_chunk()?));
    Some(match family {
        libc::AF_UNIX => {
            let path = bytes.get(2..)?;
            match path.split_first() {
                None => "{sa_family=AF_UNIX}".to_owned(),
                // An abstract name: it begins with a NUL and is as long as it is said to be.
                Some((0, name)) => format!("{{sa_family=AF_UNIX, sun_path=@{}}}", quoted(name)),
                Some(_) => {
                    let end = path.iter().position(|byte| *byte == 0);
                    let path = path.get(..end.unwrap_or(path.len()))?;
                    format!("{{sa_family=AF_UNIX, sun_path={}}}", quoted(path))
                }
            }
        }
        libc::AF_INET => {
            let host = Ipv4Addr::from(*bytes.get(4..)?.first_chunk::<4>()?);
            format!(
                "{{sa_family=AF_INET, sin_port=htons({}), sin_addr=inet_addr(\"{host}\")}}",
                short(2)?
            )
        }
        libc::AF_INET6 => {
            let host = Ipv6Addr::from(*bytes.get(8..)?.first_chunk::<16>()?);
            format!(
                "{{sa_family=AF_INET6, sin6_port=htons({}), inet_pton(AF_INET6, \"{host}\", &sin6_addr)}}",
                short(2)?
            )
        }
        other => format!("{{sa_family={}}}", family_name(other)),
    })
}

/// The address that a call is given, plainly.
pub(super) fn given_to(call: &str, context: &Context<'_>) -> Option<String> {
    match call {
        "sendto" => plain_at(context, context.args[4], low(context.args[5])),
        "bind" | "connect" => plain_at(context, context.args[1], low(context.args[2])),
        "sendmsg" => {
            let header = Header::read(context, context.args[1])?;
            plain_at(context, header.name, header.name_len)
        }
        _ => None,
    }
}

/// The address of who has sent or connected, which the kernel has filled in.
pub(super) fn came_from(call: &str, context: &Context<'_>) -> Option<String> {
    let filled = |at: usize| {
        let len = context.memory.int(context.args[at + 1])?.cast_unsigned();
        plain_at(context, context.args[at], len)
    };
    match call {
        _ if !context.filled() => None,
        "recvfrom" => filled(4),
        "accept" | "accept4" => filled(1),
        "recvmsg" => {
            let header = Header::read(context, context.args[1])?;
            plain_at(context, header.name, header.name_len)
        }
        _ => None,
    }
}

fn plain_at(context: &Context<'_>, place: u64, len: u32) -> Option<String> {
    if place == 0 {
        return None;
    }
    let len = usize::try_from(len.min(MAX_ADDRESS)).ok()?;
    plain(&context.memory.read(place, len))
}

/// An address as `ss` shows it.
fn plain(bytes: &[u8]) -> Option<String> {
    let family = i32::from(u16::from_ne_bytes(*bytes.first_chunk()?));
    match family {
        libc::AF_UNIX => match bytes.get(2..)?.split_first()? {
            (0, hidden) => Some(format!("@{}", String::from_utf8_lossy(hidden))),
            _ => {
                let path = bytes.get(2..)?.split(|byte| *byte == 0).next()?;
                Some(String::from_utf8_lossy(path).into_owned())
            }
        },
        libc::AF_INET => {
            let port = u16::from_be_bytes(*bytes.get(2..)?.first_chunk()?);
            let host = Ipv4Addr::from(*bytes.get(4..)?.first_chunk::<4>()?);
            Some(format!("{host}:{port}"))
        }
        _ => None,
    }
}
