//! What a box sees of the world, as a list of what to make. Pure: it says what should be there, `root` makes it.
//!
//! ```text
//! /            tmpfs, read-only when all of it is there
//! /usr /bin …  the host's, read-only
//! /etc         passwd, group, hosts, nsswitch.conf: written here, nothing of the host's
//! /dev         null, zero, full, random, urandom; shm and mqueue of the box's own
//! /proc        of the box's own; /proc/sys read-only
//! /tmp         of the box's own, the only place to write files
//! /opt/python  modules that the host's Python lacks, read-only
//! ```

use crate::limits::BoxLimits;
use std::path::PathBuf;

/// Who everybody in a box is.
pub(crate) const LEARNER: u32 = 1000;
/// Name of every box.
pub(crate) const HOST_NAME: &str = "playground";
/// An empty folder, until something is mounted there last.
pub(super) const EMPTY: &str = "tmp";
/// Where folders with Python modules are shown.
pub(crate) const PYTHON: &str = "opt/python";

/// Top-level names that are the host's beside `/usr`: links into it on most hosts, folders on some.
pub(super) const SYSTEM: [&str; 6] = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];
/// Devices that are shown. No terminal: a box has none.
const DEVICES: [&str; 5] = ["null", "zero", "full", "random", "urandom"];

const PASSWD: &str =
    "root:x:0:0:root:/:/usr/sbin/nologin\nlearner:x:1000:1000:Learner:/tmp:/bin/sh\n";
const GROUP: &str = "root:x:0:\nlearner:x:1000:\n";
const HOSTS: &str = "127.0.0.1 localhost playground\n::1 localhost playground\n";
/// Names are looked up in these files and nowhere else: a box has no network.
const NSSWITCH: &str =
    "passwd: files\ngroup: files\nhosts: files\nservices: files\nprotocols: files\n";

/// Bytes of the tmpfs that is the root: a few short files.
const ROOT_BYTES: u64 = 256 * 1024;
/// Names in it.
const ROOT_FILES: u64 = 128;

/// One thing to make; every path is relative to the new root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A folder.
    Folder(String),
    /// A symbolic link.
    Link { at: String, to: PathBuf },
    /// A file with this text.
    File { at: String, text: &'static str },
    /// The host's folder of that path, read-only.
    Shown { host: PathBuf, at: String },
    /// A folder that was opened before, by its place in the list of those, read-only.
    Opened { which: usize, at: String },
    /// A device of the host's.
    Device(&'static str),
    /// A file system in memory.
    Memory {
        at: String,
        bytes: u64,
        files: u64,
        /// Anybody may make files, as in `/tmp`; else only who made it.
        open: bool,
        programs: bool,
    },
    /// The process file system of the box's namespaces.
    Proc,
    /// The file system of the box's message queues.
    Queues,
}

/// What is in the host's root of the names in [`SYSTEM`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Link(PathBuf),
    Folder,
}

/// The root itself.
pub(super) fn root() -> Part {
    Part::Memory {
        at: ".".to_owned(),
        bytes: ROOT_BYTES,
        files: ROOT_FILES,
        open: false,
        programs: true,
    }
}

/// All that is in it, in the order in which it can be made; `python` is how many folders were opened for Python.
pub(super) fn plan(system: &[(&str, Found)], limits: &BoxLimits, python: usize) -> Vec<Part> {
    let folder = |at: &str| Part::Folder(at.to_owned());
    let file = |at: &str, text| Part::File {
        at: at.to_owned(),
        text,
    };
    let mut parts = vec![folder(EMPTY), folder("usr")];
    parts.push(Part::Shown {
        host: PathBuf::from("/usr"),
        at: "usr".to_owned(),
    });
    for (name, found) in system {
        match found {
            Found::Link(to) => parts.push(Part::Link {
                at: (*name).to_owned(),
                to: to.clone(),
            }),
            Found::Folder => {
                parts.push(folder(name));
                parts.push(Part::Shown {
                    host: PathBuf::from(format!("/{name}")),
                    at: (*name).to_owned(),
                });
            }
        }
    }
    parts.extend([
        folder("etc"),
        file("etc/passwd", PASSWD),
        file("etc/group", GROUP),
        file("etc/hosts", HOSTS),
        file("etc/nsswitch.conf", NSSWITCH),
        folder("dev"),
    ]);
    parts.extend(DEVICES.map(Part::Device));
    parts.push(Part::Link {
        at: "dev/fd".to_owned(),
        to: PathBuf::from("/proc/self/fd"),
    });
    parts.extend([
        folder("dev/shm"),
        memory("dev/shm", limits.shm_bytes, limits.shm_files),
        folder("dev/mqueue"),
        Part::Queues,
        folder("proc"),
        Part::Proc,
        memory(EMPTY, limits.tmp_bytes, limits.tmp_files),
    ]);
    if python > 0 {
        parts.extend([folder("opt"), folder(PYTHON)]);
    }
    for which in 0..python {
        let at = format!("{PYTHON}/{which}");
        parts.push(Part::Folder(at.clone()));
        parts.push(Part::Opened { which, at });
    }
    parts
}

fn memory(at: &str, bytes: u64, files: u64) -> Part {
    Part::Memory {
        at: at.to_owned(),
        bytes,
        files,
        open: true,
        programs: false,
    }
}

/// What the namespaces of a box allow in all, as files below `/proc/sys`. Each was the host's own figure before.
pub(super) const SYSCTLS: &[(&str, &str)] = &[
    // System V: bytes a segment, pages in all, segments; semaphores a set, in all, calls at once, sets; queues.
    ("kernel/shmmax", "16777216"),
    ("kernel/shmall", "4096"),
    ("kernel/shmmni", "32"),
    ("kernel/sem", "64 1024 32 32"),
    ("kernel/msgmni", "16"),
    // Bytes in queues are limited by user, RLIMIT_MSGQUEUE, and a lesson comes to that limit first.
    ("fs/mqueue/queues_max", "64"),
    // What one user may have in all on the host, 128 by default: no box takes more than an eighth of it.
    ("user/max_inotify_instances", "16"),
    ("user/max_inotify_watches", "1024"),
    // One: the powerless one that this box makes itself, next. Nobody in it makes another.
    ("user/max_user_namespaces", "1"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn example(python: usize) -> Vec<Part> {
        let system = [
            ("bin", Found::Link(PathBuf::from("usr/bin"))),
            ("lib", Found::Folder),
        ];
        plan(&system, &BoxLimits::default(), python)
    }

    #[test]
    fn of_the_host_there_is_nothing_but_the_system_devices_and_python() {
        let mut shown: Vec<_> = Vec::new();
        for part in example(1) {
            match part {
                Part::Shown { host, .. } => shown.push(host),
                Part::Device(name) => shown.push(Path::new("/dev").join(name)),
                Part::Opened { which, at } => {
                    assert_eq!((which, at.as_str()), (0, "opt/python/0"));
                }
                Part::Folder(_)
                | Part::Link { .. }
                | Part::File { .. }
                | Part::Memory { .. }
                | Part::Proc
                | Part::Queues => {}
            }
        }
        let expected = [
            "/usr",
            "/lib",
            "/dev/null",
            "/dev/zero",
            "/dev/full",
            "/dev/random",
            "/dev/urandom",
        ];
        assert_eq!(shown, expected.map(PathBuf::from));
    }

    #[test]
    fn only_three_places_can_be_written_and_two_of_them_are_limited_by_us() {
        let limits = BoxLimits::default();
        let open: Vec<_> = example(0)
            .into_iter()
            .filter_map(|part| match part {
                Part::Memory {
                    at,
                    bytes,
                    files,
                    open: true,
                    ..
                } => Some((at, bytes, files)),
                Part::Folder(_)
                | Part::Link { .. }
                | Part::File { .. }
                | Part::Shown { .. }
                | Part::Opened { .. }
                | Part::Device(_)
                | Part::Memory { open: false, .. }
                | Part::Proc
                | Part::Queues => None,
            })
            .collect();
        assert_eq!(
            open,
            [
                ("dev/shm".to_owned(), limits.shm_bytes, limits.shm_files),
                ("tmp".to_owned(), limits.tmp_bytes, limits.tmp_files),
            ]
        );
    }

    #[test]
    fn every_place_is_there_before_something_is_put_into_it() {
        let mut there = vec![".".to_owned()];
        for part in example(2) {
            let at = match part {
                Part::Folder(at) | Part::Link { at, .. } | Part::File { at, .. } => {
                    let parent = Path::new(&at).parent().unwrap().to_str().unwrap();
                    let parent = if parent.is_empty() { "." } else { parent };
                    assert!(there.contains(&parent.to_owned()), "{at}");
                    there.push(at);
                    continue;
                }
                Part::Shown { at, .. } | Part::Opened { at, .. } | Part::Memory { at, .. } => at,
                Part::Device(_) => "dev".to_owned(),
                Part::Proc => "proc".to_owned(),
                Part::Queues => "dev/mqueue".to_owned(),
            };
            assert!(there.contains(&at), "{at}");
        }
    }
}
