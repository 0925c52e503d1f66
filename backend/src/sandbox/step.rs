//! What goes into a box, step by step, and what to do where a host does not permit one of them.

use nix::errno::Errno;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A step on the way into a box. In the order in which they are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A user id that belongs to no other box.
    Uid,
    /// Namespaces: clone(2) with all of their flags.
    Namespaces,
    /// Who is who in the new user namespace: /proc/PID/uid_map.
    Maps,
    /// The spawner must be there to say when to go on.
    Gate,
    /// setgroups(2), setresgid(2), setresuid(2).
    User,
    /// Dying with the spawner: prctl(2).
    Death,
    /// A file system of the box's own: mount(2), pivot_root(2).
    Root,
    /// A process file system of the box's own.
    Proc,
    /// A file system of the box's own message queues.
    Queues,
    /// The loopback interface.
    Loopback,
    /// The host's name: sethostname(2).
    Name,
    /// What the box may make: sysctl(8) of its own namespaces.
    Sysctls,
    /// The user namespace in which nobody has any power over the others.
    Powerless,
    /// Nobody in the box makes another user namespace.
    NoNewUsers,
    /// No more processes than are allowed: RLIMIT_NPROC.
    Processes,
    /// Giving up all capabilities: capset(2).
    Capabilities,
    /// No program that is started has more rights than who starts it: prctl(2).
    NoNewPrivileges,
    /// The filter of system calls: seccomp(2).
    Filter,
}

impl Step {
    /// What was tried, in words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uid => "a user id of its own",
            Self::Namespaces => "namespaces of its own",
            Self::Maps => "the maps of its user namespace",
            Self::Gate => "the word of the spawner",
            Self::User => "becoming that user",
            Self::Death => "dying with the spawner",
            Self::Root => "a file system of its own",
            Self::Proc => "a /proc of its own",
            Self::Queues => "a /dev/mqueue of its own",
            Self::Loopback => "a loopback of its own",
            Self::Name => "a host name of its own",
            Self::Sysctls => "limits of its namespaces",
            Self::Powerless => "a user without power over the box",
            Self::NoNewUsers => "no further user namespace",
            Self::Processes => "a limit of processes",
            Self::Capabilities => "giving up capabilities",
            Self::NoNewPrivileges => "no new privileges",
            Self::Filter => "a filter of system calls",
        }
    }

    /// What would turn it on.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Uid => "choose --box-uids that nobody else has and that this container has",
            Self::Namespaces | Self::Maps | Self::Powerless => {
                "set user.max_user_namespaces above 0 (sysctl), on Debian kernel.unprivileged_userns_clone=1, on Ubuntu \
                 kernel.apparmor_restrict_unprivileged_userns=0 or an AppArmor profile with \"userns,\"; in a container, a \
                 seccomp profile that permits clone and unshare with namespaces"
            }
            Self::Root | Self::Proc | Self::Queues => {
                "in a container, a profile that permits mount and pivot_root, and a /proc without masked paths \
                 (docker run --security-opt seccomp=… --security-opt systempaths=unconfined --security-opt apparmor=unconfined)"
            }
            Self::User => {
                "give the program CAP_SETUID and CAP_SETGID, and as root CAP_SETPCAP too, or none of them; with CAP_KILL as \
                 well, boxes die with their spawner"
            }
            Self::Loopback | Self::Name | Self::Sysctls | Self::NoNewUsers => {
                "in a container, a /proc/sys that is not read-only, and CAP_NET_ADMIN in its own namespaces"
            }
            Self::Processes => {
                "root's processes are limited in a user namespace only: it comes with namespaces of its own"
            }
            Self::Filter => "the kernel needs CONFIG_SECCOMP_FILTER",
            Self::Gate | Self::Death | Self::Capabilities | Self::NoNewPrivileges => {
                "try again, and report it if it happens twice"
            }
        }
    }
}

/// A host does not permit a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Which.
    pub step: Step,
    /// What the kernel said, as a number.
    pub errno: i32,
}

impl Refused {
    /// From what a call said.
    pub(crate) fn at<E: Into<std::io::Error>>(step: Step) -> impl FnOnce(E) -> Self {
        move |why| Self {
            step,
            errno: why.into().raw_os_error().unwrap_or(Errno::EIO as i32),
        }
    }

    /// What would turn it on.
    pub fn hint(&self) -> &'static str {
        match (self.step, Errno::from_raw(self.errno)) {
            // The ids are there, but not the right to be one of them.
            (Step::Uid, Errno::EPERM) => Step::User.hint(),
            (step, _) => step.hint(),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.step.name(), shared::os::Errno(self.errno))
    }
}

impl std::error::Error for Refused {}
