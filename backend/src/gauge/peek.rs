//! What is in memory and in files, read without becoming part of the lesson.

use nix::{
    sys::uio::{RemoteIoVec, process_vm_readv},
    unistd::Pid,
};
use rustix::process::{PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};
use std::{
    fs::File,
    io::{self, IoSliceMut},
    os::unix::fs::FileExt,
    path::Path,
};

/// process_vm_readv(2): bytes of another process's memory, as many of them as are there.
pub fn memory(pid: Pid, address: u64, len: usize) -> Vec<u8> {
    let Ok(base) = usize::try_from(address) else {
        return Vec::new();
    };
    let mut bytes = vec![0; len];
    let got = process_vm_readv(
        pid,
        &mut [IoSliceMut::new(&mut bytes)],
        &[RemoteIoVec { base, len }],
    );
    bytes.truncate(got.unwrap_or(0));
    bytes
}

/// pread(2) through a duplicate of a process's own descriptor, which lives for microseconds: opens nothing, so that nobody
/// who watches the file is told of an open; changes no offset. The bytes, and how many the file has.
///
/// # Errors
/// What the kernel said; `EBADF` if the descriptor is open for writing only.
pub fn file(pid: Pid, fd: i32, at: u64, len: usize) -> io::Result<(Vec<u8>, u64)> {
    let pid = rustix::process::Pid::from_raw(pid.as_raw()).ok_or(io::ErrorKind::InvalidInput)?;
    let process = pidfd_open(pid, PidfdFlags::empty())?;
    read(
        &File::from(pidfd_getfd(&process, fd, PidfdGetfdFlags::empty())?),
        at,
        len,
    )
}

/// The same through a name. Who watches the file is told of an open and a close.
///
/// # Errors
/// What the kernel said.
pub fn named(path: &Path, at: u64, len: usize) -> io::Result<(Vec<u8>, u64)> {
    read(&File::open(path)?, at, len)
}

fn read(file: &File, at: u64, len: usize) -> io::Result<(Vec<u8>, u64)> {
    let total = file.metadata()?.len();
    let mut bytes = vec![0; len];
    let got = file.read_at(&mut bytes, at)?;
    bytes.truncate(got);
    Ok((bytes, total))
}

#[cfg(test)]
mod tests {
    use super::{file, memory, named};
    use nix::unistd::{Pid, getpid};
    use std::{
        io::{Seek, Write},
        os::fd::AsRawFd,
    };

    #[test]
    fn memory_is_read_as_far_as_it_is_there() {
        let bytes = *b"hello";
        let at = bytes.as_ptr() as u64;
        assert_eq!(memory(getpid(), at, 5), b"hello");
        assert!(memory(getpid(), 1, 5).is_empty());
        assert!(memory(Pid::from_raw(i32::MAX), at, 5).is_empty());
    }

    #[test]
    fn a_file_is_read_without_moving_its_offset() {
        let mut on_disk = tempfile::NamedTempFile::new().unwrap();
        on_disk.write_all(b"hello").unwrap();
        let (bytes, total) = file(getpid(), on_disk.as_raw_fd(), 1, 3).unwrap();
        assert_eq!((bytes.as_slice(), total), (&b"ell"[..], 5));
        assert_eq!(on_disk.stream_position().unwrap(), 5);
        assert_eq!(named(on_disk.path(), 4, 9).unwrap(), (b"o".to_vec(), 5));
        assert!(file(getpid(), 9999, 0, 1).is_err());
    }
}
