//! Two machines: network namespaces, each with its own interfaces, addresses and loopback, joined by a cable. For a process
//! in one of them the other is somewhere else. network_namespaces(7), veth(4), rtnetlink(7).
//!
//! ```text
//! first machine (server)                     second machine (clients)
//!   lo 127.0.0.1    cable 10.x.y.1 ══════ cable 10.x.y.2    lo 127.0.0.1
//! ```
//! Nothing of it has a name outside: it is gone when the last process and descriptor in it is.

mod route;

use nix::{
    errno::Errno,
    net::if_::if_nametoindex,
    sched::{CloneFlags, setns, unshare},
    sys::{
        prctl,
        socket::{AddressFamily, SockFlag, SockProtocol, SockType, socket},
    },
    unistd::{getegid, geteuid},
};
use route::Route;
use std::{
    fmt,
    fs::{self, File},
    io,
    net::Ipv4Addr,
    os::fd::{AsFd, OwnedFd},
};

/// What both ends of the cable are called, each in its own machine.
const CABLE: &str = "cable";

/// The machines, as who made them has them. It stays in the first.
#[derive(Debug)]
pub struct Machines {
    /// The second, to go there.
    second: OwnedFd,
    /// Asks about sockets of the second.
    diag: OwnedFd,
    /// Changes interfaces of the first.
    route: Route,
    /// The first's end of the cable.
    end: u32,
}

/// Why there are no two machines.
#[derive(Debug)]
pub struct Refused {
    step: &'static str,
    why: io::Error,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.step, self.why)
    }
}

impl std::error::Error for Refused {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.why)
    }
}

impl Refused {
    /// What the kernel said, as a number; EIO where it was something else.
    pub fn errno(&self) -> i32 {
        self.why.raw_os_error().unwrap_or(Errno::EIO as i32)
    }

    /// What would help, for a person.
    pub fn hint(&self) -> &'static str {
        "network namespaces need root, or user namespaces: look at the sysctls user.max_user_namespaces, \
         user.max_net_namespaces, kernel.unprivileged_userns_clone and kernel.apparmor_restrict_unprivileged_userns"
    }
}

fn at<E: Into<io::Error>>(step: &'static str) -> impl FnOnce(E) -> Refused {
    move |why| Refused {
        step,
        why: why.into(),
    }
}

impl Machines {
    /// Makes both, with these addresses at their ends of the cable, and puts this process into the first. It must have one
    /// thread only.
    ///
    /// Without the right to do so, it first makes a user namespace, in which it has all rights over what it makes there.
    ///
    /// # Errors
    /// Which step the host does not permit: `EPERM`, or `ENOSPC` where a sysctl allows none or the limit is reached.
    pub fn make(addresses: [Ipv4Addr; 2]) -> Result<Self, Refused> {
        match unshare(CloneFlags::CLONE_NEWNET) {
            Err(Errno::EPERM) => {
                own_users()?;
                unshare(CloneFlags::CLONE_NEWNET).map_err(at("unshare(CLONE_NEWNET)"))?;
            }
            made => made.map_err(at("unshare(CLONE_NEWNET)"))?,
        }
        let first = current_network().map_err(at("/proc/self/ns/net"))?;
        let route = Route::new().map_err(at("a netlink socket"))?;
        loopback(&route)?;

        unshare(CloneFlags::CLONE_NEWNET).map_err(at("the second unshare(CLONE_NEWNET)"))?;
        let second = current_network().map_err(at("/proc/self/ns/net"))?;
        let there = Route::new().map_err(at("a netlink socket"))?;
        let diag = netlink(SockProtocol::NetlinkSockDiag).map_err(at("a socket of sock_diag"))?;
        loopback(&there)?;
        there
            .veth(CABLE, first.as_fd())
            .map_err(at("a pair of veth"))?;
        plug(&there, addresses[1])?;

        setns(&first, CloneFlags::CLONE_NEWNET).map_err(at("setns"))?;
        let end = plug(&route, addresses[0])?;
        Ok(Self {
            second,
            diag,
            route,
            end,
        })
    }

    /// The second, for [`go`].
    pub fn second(&self) -> &OwnedFd {
        &self.second
    }

    /// A socket of sock_diag(7): what one asks through it is about the second machine.
    ///
    /// # Errors
    /// When there are no descriptors left.
    pub fn diag(&self) -> io::Result<OwnedFd> {
        self.diag.try_clone()
    }

    /// Takes the first's end of the cable down, or up again: nothing goes through it meanwhile, and nobody is told.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn cable(&self, plugged: bool) -> io::Result<()> {
        self.route.up(self.end, plugged)
    }

    /// Whether the first's end of the cable is up.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn plugged(&self) -> io::Result<bool> {
        self.route.is_up(self.end)
    }
}

/// Makes the loopback of this network work: 127.0.0.1 and all other addresses that begin with 127, and ::1.
///
/// # Errors
/// What the kernel says: `EPERM` for who has no power over this network.
pub fn loopback_up() -> io::Result<()> {
    let lo = if_nametoindex("lo")?;
    Route::new()?.up(lo, true)
}

/// Puts this process, and those it will make, into another machine: `int setns(int fd, CLONE_NEWNET)`. Sockets that it has
/// stay where they are.
///
/// # Errors
/// As in setns(2).
pub fn go(there: impl AsFd) -> Result<(), Errno> {
    setns(there, CloneFlags::CLONE_NEWNET)
}

/// The network that this thread is in: `/proc/self` would be that of the first thread.
fn current_network() -> io::Result<OwnedFd> {
    Ok(File::open("/proc/thread-self/ns/net")?.into())
}

/// A user namespace in which we are who we are, and may do anything to what belongs to it.
fn own_users() -> Result<(), Refused> {
    let (user, group) = (geteuid(), getegid());
    unshare(CloneFlags::CLONE_NEWUSER).map_err(at("unshare(CLONE_NEWUSER)"))?;
    // Files in /proc of who is not dumpable are root's, and these must be written. For a moment: there is no worker yet.
    prctl::set_dumpable(true).map_err(at("prctl(PR_SET_DUMPABLE)"))?;
    let written = fs::write("/proc/self/setgroups", "deny")
        .and_then(|()| fs::write("/proc/self/uid_map", format!("{user} {user} 1")))
        .and_then(|()| fs::write("/proc/self/gid_map", format!("{group} {group} 1")));
    prctl::set_dumpable(false).map_err(at("prctl(PR_SET_DUMPABLE)"))?;
    written.map_err(at("the maps of a user namespace"))
}

fn netlink(protocol: SockProtocol) -> Result<OwnedFd, Errno> {
    socket(
        AddressFamily::Netlink,
        SockType::Datagram,
        SockFlag::SOCK_CLOEXEC,
        protocol,
    )
}

fn loopback(route: &Route) -> Result<(), Refused> {
    let lo = if_nametoindex("lo").map_err(at("the loopback interface"))?;
    route.up(lo, true).map_err(at("the loopback interface"))
}

/// Gives this machine's end of the cable its address; its number.
fn plug(route: &Route, address: Ipv4Addr) -> Result<u32, Refused> {
    let end = if_nametoindex(CABLE).map_err(at("the cable"))?;
    route
        .address(end, address)
        .map_err(at("an address of the cable"))?;
    route.up(end, true).map_err(at("the cable"))?;
    Ok(end)
}

#[cfg(test)]
mod tests;
