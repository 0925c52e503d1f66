//! The few requests of rtnetlink(7) that a cable between two machines takes: linux/rtnetlink.h, linux/if_link.h.

use super::netlink;
use nix::{
    errno::Errno,
    sys::socket::{MsgFlags, SockProtocol, recv, send},
};
use std::{
    io,
    net::Ipv4Addr,
    os::fd::{AsRawFd, BorrowedFd, OwnedFd},
};

const RTM_NEWLINK: u16 = 16;
const RTM_GETLINK: u16 = 18;
const RTM_NEWADDR: u16 = 20;
const NLMSG_ERROR: u16 = 2;
const NLM_F_REQUEST: u16 = 1;
const NLM_F_ACK: u16 = 4;
const NLM_F_CREATE: u16 = 0x400;
const NLM_F_EXCL: u16 = 0x200;
const IFF_UP: u32 = 1;

const IFLA_IFNAME: u16 = 3;
const IFLA_LINKINFO: u16 = 18;
const IFLA_INFO_KIND: u16 = 1;
const IFLA_INFO_DATA: u16 = 2;
const IFLA_NET_NS_FD: u16 = 28;
const VETH_INFO_PEER: u16 = 1;
const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
/// Both ends of a cable are in one network: 255.255.255.0.
const PREFIX: u8 = 24;
/// `struct nlmsghdr`.
const HEADER: usize = 16;
/// Where the flags are in an answer about an interface: behind family, type and number of its `struct ifinfomsg`.
const FLAGS: usize = HEADER + 8;

/// A socket that changes the interfaces of the network namespace it was made in, wherever its owner goes.
#[derive(Debug)]
pub(super) struct Route(OwnedFd);

impl Route {
    pub(super) fn new() -> Result<Self, Errno> {
        netlink(SockProtocol::NetlinkRoute).map(Self)
    }

    /// `ip link set INTERFACE up`, or `down`.
    pub(super) fn up(&self, interface: u32, up: bool) -> io::Result<()> {
        let flags = if up { IFF_UP } else { 0 };
        self.ask(RTM_NEWLINK, 0, &link(interface, flags, IFF_UP))
    }

    /// Whether it is up: what `ip link show INTERFACE` prints as `UP`.
    pub(super) fn is_up(&self, interface: u32) -> io::Result<bool> {
        let answer = self.exchange(RTM_GETLINK, 0, &link(interface, 0, 0))?;
        done(&answer)?;
        let flags = answer.get(FLAGS..).and_then(<[u8]>::first_chunk);
        let flags = flags.ok_or(io::ErrorKind::InvalidData)?;
        Ok(u32::from_ne_bytes(*flags) & IFF_UP != 0)
    }

    /// `ip link add NAME type veth peer name NAME netns OTHER`.
    pub(super) fn veth(&self, name: &str, other: BorrowedFd<'_>) -> io::Result<()> {
        let fd = other.as_raw_fd().to_ne_bytes();
        let name = [name.as_bytes(), &[0]].concat();
        // The peer is described as an interface of its own.
        let peer = [
            link(0, 0, 0),
            attribute(IFLA_IFNAME, &name),
            attribute(IFLA_NET_NS_FD, &fd),
        ]
        .concat();
        let kind = [
            attribute(IFLA_INFO_KIND, b"veth\0"),
            attribute(IFLA_INFO_DATA, &attribute(VETH_INFO_PEER, &peer)),
        ]
        .concat();
        let body = [
            link(0, 0, 0),
            attribute(IFLA_IFNAME, &name),
            attribute(IFLA_LINKINFO, &kind),
        ]
        .concat();
        self.ask(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &body)
    }

    /// `ip address add ADDRESS/24 dev INTERFACE`.
    pub(super) fn address(&self, interface: u32, address: Ipv4Addr) -> io::Result<()> {
        const AF_INET: u8 = 2;
        // `struct ifaddrmsg`: family, prefix, flags, scope, interface.
        let mut body = vec![AF_INET, PREFIX, 0, 0];
        body.extend(interface.to_ne_bytes());
        body.extend(attribute(IFA_LOCAL, &address.octets()));
        body.extend(attribute(IFA_ADDRESS, &address.octets()));
        self.ask(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &body)
    }

    /// One request, and the kernel's word that it is done.
    fn ask(&self, kind: u16, flags: u16, body: &[u8]) -> io::Result<()> {
        if done(&self.exchange(kind, NLM_F_ACK | flags, body)?)? {
            return Ok(());
        }
        Err(io::ErrorKind::InvalidData.into())
    }

    /// One request, and its answer, which is there before send() is back. Of a longer one the first bytes.
    fn exchange(&self, kind: u16, flags: u16, body: &[u8]) -> io::Result<Vec<u8>> {
        let len = u32::try_from(HEADER + body.len()).unwrap_or_default();
        let mut request = len.to_ne_bytes().to_vec();
        request.extend(kind.to_ne_bytes());
        request.extend((NLM_F_REQUEST | flags).to_ne_bytes());
        // Sequence and port: there is one request and one who asks.
        request.extend([0; 8]);
        request.extend(body);
        let fd = self.0.as_raw_fd();
        send(fd, &request, MsgFlags::empty())?;
        let mut answer = vec![0; 4096];
        let len = recv(fd, &mut answer, MsgFlags::MSG_DONTWAIT)?;
        answer.truncate(len);
        Ok(answer)
    }
}

/// Whether an answer only says that all went well; what did not, if so.
fn done(answer: &[u8]) -> io::Result<bool> {
    let word = |at: usize| answer.get(at..)?.first_chunk().copied();
    let kind = answer.get(4..).and_then(<[u8]>::first_chunk);
    if kind.copied().map(u16::from_ne_bytes) != Some(NLMSG_ERROR) {
        return Ok(false);
    }
    match word(HEADER).map(i32::from_ne_bytes) {
        Some(0) => Ok(true),
        Some(errno) => Err(io::Error::from_raw_os_error(-errno)),
        None => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// `struct ifinfomsg`: family, padding, type, interface, flags, which of them to change.
fn link(interface: u32, flags: u32, change: u32) -> Vec<u8> {
    let mut link = vec![0; 4];
    link.extend(interface.to_ne_bytes());
    link.extend(flags.to_ne_bytes());
    link.extend(change.to_ne_bytes());
    link
}

/// `struct rtattr`: length, type, value, and padding to four bytes.
fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let len = 4 + value.len();
    let mut attribute = u16::try_from(len)
        .unwrap_or_default()
        .to_ne_bytes()
        .to_vec();
    attribute.extend(kind.to_ne_bytes());
    attribute.extend(value);
    attribute.resize(len.next_multiple_of(4), 0);
    attribute
}
