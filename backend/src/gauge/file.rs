//! What the kernel says of a file: locks, size, names. `/proc/locks`, fdinfo, stat(2).

use nix::{sys::stat::makedev, unistd::Pid};
use shared::{
    event::{LockKind, LockMode},
    ledger::Inode,
};
use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// A lock, or somebody who waits for one: a line of `/proc/locks`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locked {
    /// Who asked for it; absent for `F_OFD_SETLK`, which belongs to no process.
    pub pid: Option<Pid>,
    /// Which call made it.
    pub kind: LockKind,
    /// Shared or exclusive.
    pub mode: LockMode,
    /// First byte.
    pub from: u64,
    /// One past the last; absent for the end of the file, wherever that is.
    pub to: Option<u64>,
    /// It is not got yet.
    pub waiting: bool,
}

/// Locks on a file, in the order of the kernel's table: who waits comes after who is waited for.
pub fn locks(inode: Inode) -> Vec<Locked> {
    let table = fs::read_to_string("/proc/locks").unwrap_or_default();
    // Boxes count their files alike, and `F_OFD_SETLK` of all of them stand in the table. On a host, stat(2) may tell another
    // device than the table does (btrfs).
    parse(&table, inode, crate::sandbox::boxed())
}

/// Whether a descriptor's open file has such a lock itself: `lock:` of fdinfo. That is how the owner of an
/// `F_OFD_SETLK` is found.
pub fn has_lock(pid: Pid, fd: i32, lock: &Locked) -> bool {
    let info = fs::read_to_string(format!("/proc/{pid}/fdinfo/{fd}")).unwrap_or_default();
    info.lines()
        .filter_map(|line| line.strip_prefix("lock:"))
        .filter_map(|line| one(line).map(|(_, own)| own))
        .any(|own| {
            (own.kind, own.mode, own.from, own.to) == (lock.kind, lock.mode, lock.from, lock.to)
        })
}

fn parse(table: &str, inode: Inode, by_device: bool) -> Vec<Locked> {
    let all = table.lines().filter_map(one);
    all.filter(|(of, _)| of.ino == inode.ino && (of.dev == inode.dev || !by_device))
        .map(|(_, lock)| lock)
        .collect()
}

/// `1: -> FLOCK  ADVISORY  WRITE 1234 fe:01:5678 0 EOF`.
fn one(line: &str) -> Option<(Inode, Locked)> {
    let mut words = line.split_whitespace().skip(1).peekable();
    let waiting = words.next_if_eq(&"->").is_some();
    let kind = match words.next()? {
        "FLOCK" => LockKind::Flock,
        "POSIX" => LockKind::Posix,
        "OFDLCK" => LockKind::Ofd,
        _ => return None,
    };
    let _advisory_always = words.next()?;
    let mode = match words.next()? {
        "READ" => LockMode::Shared,
        "WRITE" => LockMode::Exclusive,
        _ => return None,
    };
    let pid: i32 = words.next()?.parse().ok()?;
    let mut numbers = words.next()?.splitn(3, ':');
    let mut hex = || u64::from_str_radix(numbers.next()?, 16).ok();
    let dev = makedev(hex()?, hex()?);
    let ino = numbers.next()?.parse().ok()?;
    let from = words.next()?.parse().ok()?;
    let to = match words.next()? {
        "EOF" => None,
        last => Some(last.parse::<u64>().ok()?.saturating_add(1)),
    };
    Some((
        Inode { dev, ino },
        Locked {
            pid: (pid > 0).then(|| Pid::from_raw(pid)),
            kind,
            mode,
            from,
            to,
            waiting,
        },
    ))
}

/// Where an open file reads or writes next, and whether it only appends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stands {
    /// Bytes from the start.
    pub pos: u64,
    /// `O_APPEND`.
    pub append: bool,
}

/// `pos` and `flags` of a descriptor's fdinfo.
pub fn stands(pid: Pid, fd: i32) -> Option<Stands> {
    let info = fs::read_to_string(format!("/proc/{pid}/fdinfo/{fd}")).ok()?;
    let field = |name: &str| info.lines().find_map(|line| line.strip_prefix(name));
    let flags = i32::from_str_radix(field("flags:")?.trim(), 8).ok()?;
    Some(Stands {
        pos: field("pos:")?.trim().parse().ok()?,
        append: flags & libc::O_APPEND != 0,
    })
}

/// Size and number of names of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileSize {
    /// Bytes.
    pub size: u64,
    /// Names that lead to it; 0 if it lives only as long as somebody has it open.
    pub links: u64,
}

/// stat(2) of a file, through a descriptor of a process or a name that leads to that very file.
pub fn size(inode: Inode, open: &[(Pid, i32)], names: &[String]) -> Option<FileSize> {
    let open = open
        .iter()
        .map(|(pid, fd)| PathBuf::from(format!("/proc/{pid}/fd/{fd}")));
    let names = names.iter().map(|name| Path::new(name).to_owned());
    open.chain(names)
        .filter_map(|path| fs::metadata(path).ok())
        .find(|about| about.ino() == inode.ino && about.dev() == inode.dev)
        .map(|about| FileSize {
            size: about.len(),
            links: about.nlink(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::unistd::getpid;
    use std::os::fd::AsRawFd;

    #[test]
    fn lines_of_the_kernels_table_are_read() {
        let table = "1: POSIX  ADVISORY  WRITE 12 00:2f:77 0 EOF\n\
                     2: OFDLCK ADVISORY  READ  -1 00:2f:77 10 14\n\
                     2: -> OFDLCK ADVISORY  WRITE -1 00:2f:77 0 EOF\n\
                     3: FLOCK  ADVISORY  WRITE 9 00:2f:78 0 EOF\n\
                     4: LEASE  ACTIVE    READ 9 00:2f:77 0 EOF\n";
        let of = |minor, ino| Inode {
            dev: makedev(0, minor),
            ino,
        };
        let all = parse(table, of(0x2f, 77), true);
        assert_eq!(all.len(), 3);
        assert_eq!(
            (all[0].pid, all[0].kind, all[0].to),
            (Some(Pid::from_raw(12)), LockKind::Posix, None)
        );
        assert_eq!((all[1].pid, all[1].mode), (None, LockMode::Shared));
        assert_eq!(
            (all[1].from, all[1].to, all[1].waiting),
            (10, Some(15), false)
        );
        assert!(all[2].waiting);
        assert!(parse(table, of(0x30, 77), true).is_empty());
        assert_eq!(parse(table, of(0x30, 77), false), all);
        assert!(parse("nonsense\n1: FLOCK", of(0, 0), false).is_empty());
    }

    #[test]
    fn who_has_a_lock_is_found_by_its_open_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let other = fs::File::open(file.path()).unwrap();
        file.as_file().lock().unwrap();
        let about = file.as_file().metadata().unwrap();
        let (dev, ino) = (about.dev(), about.ino());
        let all = locks(Inode { dev, ino });
        assert_eq!(all.len(), 1);
        assert!(has_lock(getpid(), file.as_file().as_raw_fd(), &all[0]));
        assert!(!has_lock(getpid(), other.as_raw_fd(), &all[0]));
    }

    #[test]
    fn where_an_open_file_stands_is_known() {
        use std::io::Write;
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"hello").unwrap();
        let stands = stands(getpid(), file.as_file().as_raw_fd()).unwrap();
        assert_eq!(
            stands,
            Stands {
                pos: 5,
                append: false
            }
        );
        let adds = fs::OpenOptions::new()
            .append(true)
            .open(file.path())
            .unwrap();
        assert!(super::stands(getpid(), adds.as_raw_fd()).unwrap().append);
    }

    #[test]
    fn a_file_without_a_name_has_a_size_still() {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(7).unwrap();
        let about = file.as_file().metadata().unwrap();
        let inode = Inode {
            dev: about.dev(),
            ino: about.ino(),
        };
        let (open, path) = file.into_parts();
        path.close().unwrap();
        let size = size(inode, &[(getpid(), open.as_raw_fd())], &[]).unwrap();
        assert_eq!(size, FileSize { size: 7, links: 0 });
        assert_eq!(super::size(inode, &[], &[]), None);
    }
}
