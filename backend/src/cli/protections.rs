//! The rows of `doctor` about what keeps runs apart: each was tried, in the order in which a box needs them.

use super::doctor::Row;
use crate::{
    limits::PIPE_BYTES,
    sandbox::{Enforced, Step},
    spawner::{Examination, Protection},
};
use std::{fs, path::Path};

/// A protection, the steps that make it, and what it does.
const PROTECTIONS: &[(&str, &[Step], &str)] = &[
    (
        "namespaces",
        &[
            Step::Namespaces,
            Step::Maps,
            Step::Gate,
            Step::User,
            Step::Death,
        ],
        "user, mount, pid, net, ipc, uts and cgroup namespaces of a run's own (made)",
    ),
    (
        "own files",
        &[Step::Root, Step::Proc],
        "a read-only root with /usr, a /proc, a /tmp and a /dev/shm of a run's own (mounted)",
    ),
    (
        "own queues",
        &[Step::Queues],
        "message queues, shared memory and semaphores of a run's own (mounted)",
    ),
    (
        "own network",
        &[Step::Loopback],
        "a loopback of a run's own and nothing else (brought up)",
    ),
    (
        "own host name",
        &[Step::Name],
        "given to the box alone (set)",
    ),
    (
        "limits of a box",
        &[Step::Sysctls],
        "kernel objects that a run can have in all (set)",
    ),
    (
        "no more namespaces",
        &[Step::Powerless, Step::NoNewUsers],
        "nobody in a box makes further ones, or has power over those there are (tried)",
    ),
    (
        "process limit",
        &[Step::Processes],
        "a fork bomb ends in its own box (tried)",
    ),
    (
        "no capabilities",
        &[Step::Capabilities],
        "root's rights are given up (tried)",
    ),
    (
        "no new privileges",
        &[Step::NoNewPrivileges],
        "no program has more rights than who starts it (set)",
    ),
    (
        "call filter",
        &[Step::Filter],
        "seccomp refuses system calls that no lesson needs (tried)",
    ),
];

/// One row each.
pub(super) fn rows(found: &Examination) -> Vec<Row> {
    let mut rows = vec![own_users(found)];
    let first = found
        .refused
        .iter()
        .find(|refused| matches!(refused.step, Step::Namespaces | Step::Maps | Step::Gate));
    for (what, steps, does) in PROTECTIONS {
        let refused = found
            .refused
            .iter()
            .find(|refused| steps.contains(&refused.step));
        // Without namespaces, what is in them cannot be tried.
        let inside = steps
            .iter()
            .all(|step| (Step::User..=Step::NoNewUsers).contains(step));
        let refused = refused.or_else(|| first.filter(|_| inside));
        rows.push(Row {
            what,
            on: refused.is_none(),
            text: match refused {
                None => (*does).to_owned(),
                Some(refused) if !steps.contains(&refused.step) => {
                    format!("needs namespaces, see there ({refused})")
                }
                Some(refused) => format!("{refused}; {}", refused.hint()),
            },
        });
    }
    rows.push(landlock(found.landlock));
    rows.push(cgroups());
    rows
}

fn own_users(found: &Examination) -> Row {
    let refused = found
        .refused
        .iter()
        .find(|refused| refused.step == Step::Uid);
    let text = match (refused, found.own_users) {
        (Some(refused), _) => format!("{refused}; {}", refused.hint()),
        (None, true) => "each box has a user id that nobody else has".to_owned(),
        (None, false) => all_one_user(),
    };
    Row {
        what: "own user",
        on: found.own_users && refused.is_none(),
        text,
    }
}

/// What runs share that are one user, and how that is kept from hurting.
fn all_one_user() -> String {
    let room = Protection::default().room_for_pipes();
    let at_once = room.map_or_else(String::new, |runs| {
        format!(", and at most {runs} runs at once unless --runs says else")
    });
    format!(
        "all boxes are this user to the kernel, which has one account for it: message queues, inotify and System V are limited \
         for each box; of pipe pages, 64 MiB in all make every new pipe small, so a pipe has at most {} KiB{at_once}; to change \
         that, start the server as root or give it CAP_SETUID, CAP_SETGID and CAP_KILL",
        PIPE_BYTES >> 10
    )
}

fn landlock(how_far: Enforced) -> Row {
    let text = match how_far {
        Enforced::Fully => "a second lock on files and on processes outside of a box (put on)",
        Enforced::Partly => {
            "a second lock on files; this kernel does not know all of it: 6.12 does"
        }
        Enforced::Not => {
            "this kernel has none, or lsm= leaves it out: a second lock on files is missing"
        }
    };
    Row {
        what: "Landlock",
        on: how_far != Enforced::Not,
        text: text.to_owned(),
    }
}

/// Where memory and processes of a box could be counted together: version 2 with its controllers, or version 1.
const GROUPS: [&str; 3] = [
    "/sys/fs/cgroup",
    "/sys/fs/cgroup/memory",
    "/sys/fs/cgroup/pids",
];

/// Not used: the address space of each process is limited, files in memory only in their size.
fn cgroups() -> Row {
    let name = format!("ipc-playground-doctor-{}", std::process::id());
    let made = GROUPS.into_iter().find(|group| {
        let controls = ["cgroup.procs", "cgroup.subtree_control"]
            .iter()
            .any(|file| Path::new(group).join(file).exists());
        let path = Path::new(group).join(&name);
        controls && fs::create_dir(&path).is_ok() && fs::remove_dir(&path).is_ok()
    });
    let unbounded = "the memory of all is bounded by the unit's, the container's or the host's";
    Row {
        what: "cgroups",
        on: made.is_some(),
        text: match made {
            Some(group) => {
                format!("a group can be made in {group} (made); boxes do without, and {unbounded}")
            }
            None => format!("no group can be made; boxes do without, and {unbounded}"),
        },
    }
}
