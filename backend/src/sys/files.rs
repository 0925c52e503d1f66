//! The calls on files: names, locks, watches, and what is written back to the disk.
#![expect(
    unsafe_code,
    reason = "locks, watches and mappings are asked for by number, as in the lessons"
)]

use super::{calls::Fd, memory::Mapping};
use nix::{errno::Errno, fcntl::OFlag, sys::stat::Mode};
use shared::event::LockMode;
use std::{
    ffi::CString,
    os::{
        fd::{BorrowedFd, IntoRawFd},
        unix::ffi::OsStrExt,
    },
    path::Path,
};

/// Who may do what with a file that is made: its owner reads and writes, others read.
const MODE: Mode = Mode::from_bits_truncate(0o644);

/// `int open(const char *pathname, int flags | O_CREAT, 0644)`: makes the file if there is none.
///
/// # Errors
/// As in open(2).
#[track_caller]
pub fn create(path: &Path, flags: OFlag) -> Result<Fd, Errno> {
    super::here::mark();
    nix::fcntl::open(path, flags | OFlag::O_CREAT, MODE).map(IntoRawFd::into_raw_fd)
}

/// Device and inode behind a descriptor, if that is a file: `int fstat(int fd, struct stat *)`.
pub fn file_behind(fd: Fd) -> Option<(u64, u64)> {
    // SAFETY: the descriptor is only looked at, before this function returns; a number that is closed is EBADF.
    let about = nix::sys::stat::fstat(unsafe { BorrowedFd::borrow_raw(fd) }).ok()?;
    (about.st_mode & libc::S_IFMT == libc::S_IFREG).then_some((about.st_dev, about.st_ino))
}

/// The number of the Unix stream socket behind a descriptor, if it is one: `socket:[4711]` in /proc.
pub fn unix_stream_behind(fd: Fd) -> Option<u64> {
    use nix::sys::socket::{
        AddressFamily, SockType, SockaddrLike as _, SockaddrStorage, getsockname, getsockopt,
        sockopt,
    };
    // SAFETY: the descriptor is only looked at, before this function returns; a number that is closed is EBADF.
    let socket = unsafe { BorrowedFd::borrow_raw(fd) };
    let about = nix::sys::stat::fstat(socket).ok()?;
    if about.st_mode & libc::S_IFMT != libc::S_IFSOCK
        || getsockopt(&socket, sockopt::SockType).ok()? != SockType::Stream
    {
        return None;
    }
    let name: SockaddrStorage = getsockname(fd).ok()?;
    (name.family() == Some(AddressFamily::Unix)).then_some(about.st_ino)
}

/// Own and other address of the TCP connection behind a descriptor, if it is one: getsockname(2), getpeername(2).
pub fn connection_behind(fd: Fd) -> Option<(std::net::SocketAddrV4, std::net::SocketAddrV4)> {
    use nix::sys::socket::{SockType, SockaddrIn, getpeername, getsockname, getsockopt, sockopt};
    // SAFETY: the descriptor is only looked at, before this function returns; a number that is closed is EBADF.
    let socket = unsafe { BorrowedFd::borrow_raw(fd) };
    // Of anything else, only this is asked: a reader of files must not look as if it dealt with sockets.
    if nix::sys::stat::fstat(socket).ok()?.st_mode & libc::S_IFMT != libc::S_IFSOCK {
        return None;
    }
    if getsockopt(&socket, sockopt::SockType).ok()? != SockType::Stream {
        return None;
    }
    let ends: [SockaddrIn; 2] = [getsockname(fd).ok()?, getpeername(fd).ok()?];
    let [local, remote] = ends.map(|end| std::net::SocketAddrV4::new(end.ip(), end.port()));
    Some((local, remote))
}

/// `int rename(const char *oldpath, const char *newpath)`: the name leads to another file from now on, at once.
///
/// # Errors
/// As in rename(2).
#[track_caller]
pub fn rename(from: &Path, to: &Path) -> Result<(), Errno> {
    super::here::mark();
    let text = |path: &Path| CString::new(path.as_os_str().as_bytes()).map_err(|_| Errno::EINVAL);
    let (from, to) = (text(from)?, text(to)?);
    // SAFETY: two strings that end with a NUL and live until the call is back.
    Errno::result(unsafe { libc::rename(from.as_ptr(), to.as_ptr()) }).map(drop)
}

/// `int ftruncate(int fd, off_t length)`: the file ends there.
///
/// # Errors
/// As in ftruncate(2).
#[track_caller]
pub fn truncate(fd: Fd, len: u64) -> Result<(), Errno> {
    super::here::mark();
    let len = libc::off_t::try_from(len).map_err(|_| Errno::EFBIG)?;
    // SAFETY: takes numbers only.
    Errno::result(unsafe { libc::ftruncate(fd, len) }).map(drop)
}

/// `int fsync(int fd)`: waits until the bytes are on the disk.
///
/// # Errors
/// As in fsync(2).
#[track_caller]
pub fn fsync(fd: Fd) -> Result<(), Errno> {
    super::here::mark();
    // SAFETY: takes a number only.
    Errno::result(unsafe { libc::fsync(fd) }).map(drop)
}

/// `int flock(int fd, LOCK_EX)` or `LOCK_SH`: a lock of the open file; sleeps while another has one that does not go
/// with it.
///
/// # Errors
/// As in flock(2).
#[track_caller]
pub fn flock(fd: Fd, mode: LockMode) -> Result<(), Errno> {
    super::here::mark();
    let operation = match mode {
        LockMode::Shared => libc::LOCK_SH,
        LockMode::Exclusive => libc::LOCK_EX,
    };
    // SAFETY: takes numbers only.
    Errno::result(unsafe { libc::flock(fd, operation) }).map(drop)
}

/// `int flock(int fd, LOCK_UN)`: gives it back.
///
/// # Errors
/// As in flock(2).
#[track_caller]
pub fn unflock(fd: Fd) -> Result<(), Errno> {
    super::here::mark();
    // SAFETY: takes numbers only.
    Errno::result(unsafe { libc::flock(fd, libc::LOCK_UN) }).map(drop)
}

/// Bytes of a file that are locked together; `len` 0 is to the end, wherever that will be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// First byte.
    pub from: u64,
    /// How many.
    pub len: u64,
}

/// Whose a lock of a range is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The open file's: `F_OFD_SETLKW`.
    OpenFile,
    /// The process's: `F_SETLKW`.
    Process,
}

/// `int fcntl(int fd, F_SETLKW or F_OFD_SETLKW, struct flock *)`: a lock of a range; sleeps while another has one that does
/// not go with it.
///
/// # Errors
/// As in fcntl(2).
#[track_caller]
pub fn lock_range(fd: Fd, owner: Owner, mode: LockMode, range: Range) -> Result<(), Errno> {
    super::here::mark();
    let kind = match mode {
        LockMode::Shared => libc::F_RDLCK,
        LockMode::Exclusive => libc::F_WRLCK,
    };
    set_lock(fd, owner, kind, range)
}

/// The same with `F_UNLCK`: gives it back.
///
/// # Errors
/// As in fcntl(2).
#[track_caller]
pub fn unlock_range(fd: Fd, owner: Owner, range: Range) -> Result<(), Errno> {
    super::here::mark();
    set_lock(fd, owner, libc::F_UNLCK, range)
}

#[track_caller]
fn set_lock(fd: Fd, owner: Owner, kind: libc::c_int, range: Range) -> Result<(), Errno> {
    super::here::mark();
    let number = |n: u64| libc::off_t::try_from(n).map_err(|_| Errno::EINVAL);
    let lock = libc::flock {
        l_type: libc::c_short::try_from(kind).map_err(|_| Errno::EINVAL)?,
        l_whence: 0, // SEEK_SET
        l_start: number(range.from)?,
        l_len: number(range.len)?,
        l_pid: 0,
    };
    let command = match owner {
        Owner::OpenFile => libc::F_OFD_SETLKW,
        Owner::Process => libc::F_SETLKW,
    };
    // SAFETY: one structure, which the kernel reads and which lives until the call is back.
    Errno::result(unsafe { libc::fcntl(fd, command, &raw const lock) }).map(drop)
}

/// `int inotify_init1(0)`: a descriptor that tells of changes.
///
/// # Errors
/// As in inotify_init1(2).
#[track_caller]
pub fn inotify_init() -> Result<Fd, Errno> {
    super::here::mark();
    // SAFETY: takes a number only.
    Errno::result(unsafe { libc::inotify_init1(0) })
}

/// `int inotify_add_watch(int fd, const char *folder, IN_CLOSE_WRITE | IN_MOVED_TO)`: tells when a file in there was closed
/// by somebody who could write, or got its name by a rename.
///
/// # Errors
/// As in inotify_add_watch(2).
#[track_caller]
pub fn inotify_watch(fd: Fd, folder: &Path) -> Result<i32, Errno> {
    super::here::mark();
    let folder = CString::new(folder.as_os_str().as_bytes()).map_err(|_| Errno::EINVAL)?;
    let mask = libc::IN_CLOSE_WRITE | libc::IN_MOVED_TO;
    // SAFETY: a string that ends with a NUL and lives until the call is back.
    Errno::result(unsafe { libc::inotify_add_watch(fd, folder.as_ptr(), mask) })
}

/// What a read of an inotify descriptor brought: of each event what happened, and the name in the folder.
pub fn inotify_events(bytes: &[u8]) -> Vec<(u32, String)> {
    let mut events = Vec::new();
    let mut rest = bytes;
    // struct inotify_event: wd, mask, cookie, len, name[len].
    while let Some((head, after)) = rest.split_at_checked(16) {
        let word = |at: usize| {
            let bytes = head.get(at..at + 4)?;
            Some(u32::from_ne_bytes(bytes.try_into().ok()?))
        };
        let (Some(mask), Some(len)) = (word(4), word(12)) else {
            break;
        };
        let Some((name, next)) = usize::try_from(len)
            .ok()
            .and_then(|len| after.split_at_checked(len))
        else {
            break;
        };
        let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
        events.push((mask, String::from_utf8_lossy(name).into_owned()));
        rest = next;
    }
    events
}

/// `int msync(void *addr, size_t length, MS_ASYNC)` or `MS_SYNC`: has the kernel write a mapped file back; with `wait`
/// until it has.
///
/// # Errors
/// As in msync(2).
#[track_caller]
pub fn sync_mapping(mapping: &Mapping, wait: bool) -> Result<(), Errno> {
    super::here::mark();
    let flags = if wait { libc::MS_SYNC } else { libc::MS_ASYNC };
    let start = std::ptr::without_provenance_mut(mapping.address());
    // SAFETY: nothing is changed in memory; the kernel checks the addresses itself.
    Errno::result(unsafe { libc::msync(start, mapping.len(), flags) }).map(drop)
}

#[cfg(test)]
mod tests {
    use super::{Owner, Range, create, inotify_events, inotify_init, inotify_watch, rename};
    use crate::sys::calls::{close, read, write};
    use nix::fcntl::OFlag;
    use shared::event::LockMode;
    use std::fs;

    #[test]
    fn a_watch_tells_of_a_close_and_of_a_rename() {
        let folder = tempfile::tempdir().unwrap();
        let fd = inotify_init().unwrap();
        inotify_watch(fd, folder.path()).unwrap();
        let made = create(&folder.path().join("new"), OFlag::O_WRONLY).unwrap();
        write(made, b"x").unwrap();
        close(made).unwrap();
        rename(&folder.path().join("new"), &folder.path().join("name")).unwrap();
        let mut buffer = [0; 1024];
        let n = read(fd, &mut buffer).unwrap();
        close(fd).unwrap();
        let events = inotify_events(&buffer[..n]);
        let expected = [
            (libc::IN_CLOSE_WRITE, "new".to_owned()),
            (libc::IN_MOVED_TO, "name".to_owned()),
        ];
        assert_eq!(events, expected);
        assert_eq!(inotify_events(&buffer[..20]), [], "cut short");
    }

    #[test]
    fn a_lock_of_a_range_stands_in_the_kernels_table() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let fd = create(&path, OFlag::O_RDWR).unwrap();
        let range = Range { from: 10, len: 5 };
        super::lock_range(fd, Owner::OpenFile, LockMode::Exclusive, range).unwrap();
        let ino = std::os::unix::fs::MetadataExt::ino(&fs::metadata(&path).unwrap());
        let there = || {
            let table = fs::read_to_string("/proc/locks").unwrap();
            table
                .lines()
                .any(|line| line.contains("OFDLCK") && line.ends_with(&format!(":{ino} 10 14")))
        };
        assert!(there());
        super::unlock_range(fd, Owner::OpenFile, range).unwrap();
        assert!(!there());
        close(fd).unwrap();
    }
}
