//! Names of everything that a run can leave behind: files, shared memory, queues, semaphores, keys. All carry the run's id,
//! but in a box: there they are the run's own, and can be as short as in a book.

use crate::{sandbox, sys::leftovers};
use shared::ids::RunId;
use std::{
    env, fs, io,
    net::Ipv4Addr,
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::{Path, PathBuf},
};

/// Where shm_open(3) and sem_open(3) keep their files.
const SHARED_MEMORY: &str = "/dev/shm";
/// What POSIX message queues can be called: they cannot be listed where mqueue(7) is not mounted, so that all that could be
/// there are removed by name. A mechanism that needs another adds it here.
pub const QUEUES: [&str; 4] = ["queue", "replies", "requests", "results"];
/// System V keys a run can use, see [`Names::key`].
pub const KEYS: u8 = 16;
/// The port that servers bind, at an address of the run's own.
pub const PORT: u16 = 5000;
/// The port of who stands between a client and a server.
pub const RELAY_PORT: u16 = 5001;

/// The folder of a run that is in a box.
const FOLDER: &str = "/tmp/run";
/// The first System V key of a run that is in a box.
const KEY: i32 = 0x1230;

/// Names of one run. No role has a literal.
#[derive(Clone, Debug)]
pub struct Names {
    folder: PathBuf,
    /// What names in flat places begin with, `ipc-playground-RUN-`.
    prefix: String,
    /// The first of the run's System V keys.
    key: i32,
    /// The run has two machines with a cable between them.
    two: bool,
    /// Nobody else has these names: they are in a box.
    alone: bool,
}

impl Names {
    /// The names of a run, whose process asks; nothing is made yet.
    pub fn new(run: &RunId) -> Self {
        if sandbox::boxed() {
            Self::in_a_box()
        } else {
            Self::among_others(run)
        }
    }

    /// The names of every run that is in a box.
    fn in_a_box() -> Self {
        Self {
            folder: PathBuf::from(FOLDER),
            prefix: String::new(),
            key: KEY,
            two: false,
            alone: true,
        }
    }

    /// The names of a run that shares places with others.
    fn among_others(run: &RunId) -> Self {
        // What a path must not contain is left out; a run's id has none of it.
        let id: String = run
            .as_str()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(64)
            .collect();
        Self {
            folder: base().join(format!("ipc-playground-{id}")),
            prefix: format!("ipc-playground-{id}-"),
            key: first_key(&id),
            two: false,
            alone: false,
        }
    }

    /// The same for a run on two machines.
    #[must_use]
    pub fn on_two_machines(self) -> Self {
        Self { two: true, ..self }
    }

    /// The addresses at the two ends of the cable, the server's first. In their own networks they are nobody else's.
    pub fn cable(&self) -> [Ipv4Addr; 2] {
        let [_, a, b, _] = self.key.to_be_bytes();
        let (a, b) = if self.alone { (0, 0) } else { (a, b) };
        [1, 2].map(|end| Ipv4Addr::new(10, a, b, end))
    }

    /// Makes the folder, for this user alone.
    ///
    /// # Errors
    /// What the kernel says; somebody else's folder of that name counts as existing.
    pub fn prepare(&self) -> io::Result<()> {
        fs::DirBuilder::new().mode(0o700).create(&self.folder)
    }

    /// The run's own folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A file of the run.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Where a FIFO of the run is.
    pub fn fifo(&self) -> PathBuf {
        self.file("fifo")
    }

    /// Name of shared memory, for shm_open(3): `/ipc-playground-RUN-cells`, which is that file in `/dev/shm`.
    pub fn memory(&self, name: &str) -> String {
        format!("/{}{name}", self.prefix)
    }

    /// Name of a semaphore, for sem_open(3), which is the file `sem.` and that name in `/dev/shm`.
    pub fn semaphore(&self, name: &str) -> String {
        self.memory(name)
    }

    /// Name of a message queue, for mq_open(3); `name` is one of [`QUEUES`].
    pub fn queue(&self, name: &str) -> String {
        debug_assert!(QUEUES.contains(&name), "add {name} to QUEUES");
        self.memory(name)
    }

    /// A System V key, for msgget(2), shmget(2) and semget(2); `number` below [`KEYS`]. What ftok(3) would give depends on
    /// a file; this depends on the run alone.
    pub fn key(&self, number: u8) -> i32 {
        self.key | i32::from(number % KEYS)
    }

    /// Whether a System V key is the run's.
    pub fn has_key(&self, key: i32) -> bool {
        key & !i32::from(KEYS - 1) == self.key
    }

    /// One of the run's two loopback addresses, `number` 0 or 1: all of 127.0.0.0/8 is this machine, so that [`PORT`] at
    /// the one is nobody else's, and is not the same as at the other. On two machines, the first is the server's end of the
    /// cable; the second is on the server's machine alone.
    pub fn address(&self, number: u8) -> Ipv4Addr {
        if self.two && number & 1 == 0 {
            return self.cable()[0];
        }
        if self.alone {
            return Ipv4Addr::new(127, 0, 0, 1 + (number & 1));
        }
        let [_, a, b, c] = self.key.to_be_bytes();
        // Neither 127.0.0.x, which others use, nor the broadcast address at the end; the key ends with four zeros.
        Ipv4Addr::new(127, a.clamp(1, 254), b, c | 2 | (number & 1))
    }

    /// A port for who binds all addresses: those of other runs are among them. Below the ports that the kernel gives away.
    pub fn port(&self) -> u16 {
        if self.alone {
            return PORT;
        }
        let [_, a, b, c] = self.key.to_be_bytes();
        10_000 + u16::from_be_bytes([a ^ c, b]) % 20_000
    }

    /// The last part of a name in a flat place, if it is the run's: `/dev/shm/sem.ipc-playground-RUN-free` is `free`.
    pub fn own<'a>(&self, name: &'a str) -> Option<&'a str> {
        let last = name.rsplit('/').next()?;
        last.strip_prefix("sem.")
            .unwrap_or(last)
            .strip_prefix(&self.prefix)
    }

    /// Removes all that has one of these names; it does not matter if there is nothing. Supervisor and spawner both do
    /// this; the second finds nothing.
    pub fn remove(&self) {
        // Only what this user made itself: in a shared folder, anybody could have taken the name.
        let us = nix::unistd::geteuid().as_raw();
        let ours = |path: &Path| fs::symlink_metadata(path).is_ok_and(|meta| meta.uid() == us);
        if self.folder.is_dir() && ours(&self.folder) {
            let _removed = fs::remove_dir_all(&self.folder);
        }
        for entry in fs::read_dir(SHARED_MEMORY).into_iter().flatten().flatten() {
            let named = entry
                .file_name()
                .to_str()
                .and_then(|name| self.own(name))
                .is_some();
            if named && ours(&entry.path()) {
                let _removed = fs::remove_file(entry.path());
            }
        }
        for name in QUEUES {
            leftovers::remove_queue(&self.memory(name));
        }
        for number in 0..KEYS {
            leftovers::remove_key(self.key(number), us);
        }
    }
}

/// FNV-1a of the id: 27 bits of it, so that keys are positive, never IPC_PRIVATE, and end with their number.
fn first_key(id: &str) -> i32 {
    let hash = id.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    let folded = (hash >> 4) ^ (hash << 7);
    ((folded & 0x7fff_fff0) | 0x10).cast_signed()
}

/// The user's own folder for what lives as long as a session, if there is one; else the temporary folder. What is not this
/// program's user has no folder of its own.
fn base() -> PathBuf {
    if sandbox::own_user_alone() {
        return for_all(env::temp_dir());
    }
    let private = env::var_os("XDG_RUNTIME_DIR")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute() && path.is_dir());
    private.unwrap_or_else(env::temp_dir)
}

/// That folder if everybody may make names there, else the one where they may on every host.
fn for_all(folder: PathBuf) -> PathBuf {
    /// Others may write and search.
    const OPEN: u32 = 0o003;
    let open = fs::metadata(&folder).is_ok_and(|about| about.mode() & OPEN == OPEN);
    if open { folder } else { PathBuf::from("/tmp") }
}

#[cfg(test)]
mod tests {
    use super::{KEYS, Names, for_all};
    use crate::sys::leftovers::testing;
    use shared::ids::RunId;
    use std::{fs, os::unix::fs::PermissionsExt, path::Path};

    /// Distinct from what other tests use at the same time.
    fn names(what: &str) -> Names {
        Names::new(&RunId::new(format!("{what}{}", std::process::id())))
    }

    #[test]
    fn who_is_nobody_makes_names_where_everybody_may() {
        let folder = tempfile::tempdir().unwrap();
        for (mode, ours) in [(0o700, false), (0o755, false), (0o1777, true)] {
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).unwrap();
            let found = for_all(folder.path().to_owned());
            let want = if ours {
                folder.path()
            } else {
                Path::new("/tmp")
            };
            assert_eq!(found, want, "{mode:o}");
        }
    }

    #[test]
    fn everything_a_run_can_leave_is_removed_and_nothing_else() {
        let (ours, other) = (names("left"), names("kept"));
        for names in [&ours, &other] {
            names.prepare().unwrap();
            fs::write(names.file("notes"), "x").unwrap();
            fs::write(Path::new("/dev/shm").join(&names.memory("cells")[1..]), "x").unwrap();
            fs::write(
                format!("/dev/shm/sem.{}", &names.semaphore("free")[1..]),
                "x",
            )
            .unwrap();
            testing::make_queue(&names.queue("queue")).unwrap();
            testing::make_sysv(names.key(3)).unwrap();
        }
        let there = |names: &Names| {
            [
                names.folder().exists(),
                Path::new("/dev/shm")
                    .join(&names.memory("cells")[1..])
                    .exists(),
                Path::new(&format!("/dev/shm/sem.{}", &names.semaphore("free")[1..])).exists(),
                testing::queue_exists(&names.queue("queue")),
                testing::sysv_exists(names.key(3)),
            ]
        };
        assert_eq!(there(&ours), [true; 5]);
        ours.remove();
        assert_eq!(there(&ours), [false; 5]);
        assert_eq!(there(&other), [true; 5]);
        ours.remove();
        other.remove();
        assert_eq!(there(&other), [false; 5]);
    }

    #[test]
    fn keys_are_positive_and_end_with_their_number() {
        for id in ["1", "5f0c1d2e3a4b", "zzzzzzzzzzzz"] {
            let names = Names::new(&RunId::new(id));
            for number in 0..KEYS {
                let key = names.key(number);
                assert!(key > 0 && key & 15 == i32::from(number) && names.has_key(key));
            }
            assert!(!names.has_key(0) && !names.has_key(names.key(0) + 16));
        }
    }

    #[test]
    fn addresses_are_loopback_and_differ() {
        for id in ["1", "2", "5f0c1d2e3a4b", "zzzzzzzzzzzz"] {
            let names = Names::new(&RunId::new(id));
            let (first, second) = (names.address(0), names.address(1));
            assert!(first.is_loopback() && second.is_loopback() && first != second);
            assert!(first.octets()[1] > 0 && (2..255).contains(&second.octets()[3]));
        }
        let two = Names::new(&RunId::new("1")).on_two_machines();
        assert!(two.address(0).is_private() && two.address(1).is_loopback());
        assert!(two.cable()[0] == two.address(0) && two.cable()[1] != two.address(0));
        let of = |id: &str| Names::new(&RunId::new(id)).address(0);
        assert_ne!(of("1"), of("2"));
    }

    #[test]
    fn in_a_box_names_are_short_and_everything_is_the_runs() {
        let names = Names::in_a_box();
        assert_eq!(names.fifo(), Path::new("/tmp/run/fifo"));
        assert_eq!(names.queue("queue"), "/queue");
        assert_eq!(names.own("/dev/shm/sem.free"), Some("free"));
        assert!(names.has_key(names.key(KEYS - 1)) && !names.has_key(0));
        let addresses = [names.address(0), names.address(1)].map(|at| at.to_string());
        assert_eq!(addresses, ["127.0.0.1", "127.0.0.2"]);
        let two = Names::in_a_box().on_two_machines();
        assert_eq!(two.address(0).to_string(), "10.0.0.1");
        assert_eq!(two.cable()[1].to_string(), "10.0.0.2");
    }

    #[test]
    fn a_name_of_the_run_is_known_by_its_last_part() {
        let names = Names::new(&RunId::new("abc"));
        assert_eq!(
            names.own("/dev/shm/ipc-playground-abc-cells"),
            Some("cells")
        );
        assert_eq!(
            names.own("/dev/shm/sem.ipc-playground-abc-free"),
            Some("free")
        );
        assert_eq!(names.own("/dev/shm/ipc-playground-abcd-cells"), None);
    }
}
