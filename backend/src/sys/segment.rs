//! Making memory that can be mapped, and handing it on. shm_open(3), memfd_create(2), shmget(2), unix(7).
#![expect(
    unsafe_code,
    reason = "the lesson's descriptors and identifiers are numbers, outside Rust's ownership"
)]

use super::calls::Fd;
use nix::{
    errno::Errno,
    fcntl::OFlag,
    sys::{
        mman,
        socket::{ControlMessage, ControlMessageOwned, MsgFlags, recvmsg, sendmsg},
        stat::Mode,
    },
};
use std::{
    ffi::CString,
    io::{IoSlice, IoSliceMut},
    os::fd::IntoRawFd,
    path::Path,
    ptr,
};

/// Read and write for this user, and nobody else.
const OURS: Mode = Mode::S_IRUSR.union(Mode::S_IWUSR);

/// `int shm_open(const char *name, int flags, mode_t mode)`: a file in `/dev/shm`, which is memory.
///
/// # Errors
/// As in shm_open(3): `ENOENT` when nothing has that name.
#[track_caller]
pub fn shm_open(name: &str, flags: OFlag) -> Result<Fd, Errno> {
    super::here::mark();
    mman::shm_open(name, flags, OURS).map(IntoRawFd::into_raw_fd)
}

/// `int shm_unlink(const char *name)`: the name is gone; who has it mapped, still has.
///
/// # Errors
/// As in shm_open(3).
#[track_caller]
pub fn shm_unlink(name: &str) -> Result<(), Errno> {
    super::here::mark();
    mman::shm_unlink(name)
}

/// `int open(const char *path, int flags, mode_t mode)` of a file of this user alone.
///
/// # Errors
/// As in open(2).
#[track_caller]
pub fn open_file(path: &Path, flags: OFlag) -> Result<Fd, Errno> {
    super::here::mark();
    nix::fcntl::open(path, flags, OURS).map(IntoRawFd::into_raw_fd)
}

/// `int unlink(const char *path)`.
///
/// # Errors
/// As in unlink(2).
#[track_caller]
pub fn unlink(path: &Path) -> Result<(), Errno> {
    super::here::mark();
    nix::unistd::unlink(path)
}

/// `int memfd_create(const char *name, 0)`: memory with a descriptor and no name anywhere; `name` is for `/proc` only.
///
/// # Errors
/// As in memfd_create(2).
#[track_caller]
pub fn memfd_create(name: &str) -> Result<Fd, Errno> {
    super::here::mark();
    let name = CString::new(name).map_err(|_| Errno::EINVAL)?;
    // SAFETY: the name is a live C string for the length of the call.
    Errno::result(unsafe { libc::memfd_create(name.as_ptr(), 0) })
}

/// `int ftruncate(int fd, off_t length)`: gives it a size; new bytes are zero.
///
/// # Errors
/// As in ftruncate(2).
#[track_caller]
pub fn ftruncate(fd: Fd, length: usize) -> Result<(), Errno> {
    super::here::mark();
    let length = libc::off_t::try_from(length).map_err(|_| Errno::EINVAL)?;
    // SAFETY: takes numbers.
    Errno::result(unsafe { libc::ftruncate(fd, length) }).map(drop)
}

/// `int shmget(key_t key, size_t size, IPC_CREAT | IPC_EXCL | 0600)`: a new System V segment; its identifier.
///
/// # Errors
/// As in shmget(2).
#[track_caller]
pub fn shmget_new(key: i32, size: usize) -> Result<i32, Errno> {
    super::here::mark();
    let flags = libc::IPC_CREAT | libc::IPC_EXCL | 0o600;
    // SAFETY: takes numbers.
    Errno::result(unsafe { libc::shmget(key, size, flags) })
}

/// `int shmget(key_t key, 0, 0)`: the identifier of the one that has that key.
///
/// # Errors
/// As in shmget(2): `ENOENT` when none has.
#[track_caller]
pub fn shmget(key: i32) -> Result<i32, Errno> {
    super::here::mark();
    // SAFETY: takes numbers.
    Errno::result(unsafe { libc::shmget(key, 0, 0) })
}

/// `int shmctl(int id, IPC_RMID, NULL)`: it goes with the last who has it attached; no key leads to it from now on.
///
/// # Errors
/// As in shmctl(2).
#[track_caller]
pub fn shm_remove(id: i32) -> Result<(), Errno> {
    super::here::mark();
    // SAFETY: this command reads no structure.
    Errno::result(unsafe { libc::shmctl(id, libc::IPC_RMID, ptr::null_mut()) }).map(drop)
}

/// `ssize_t sendmsg(int socket, const struct msghdr *msg, 0)` with `SCM_RIGHTS`: one byte, and a copy of a descriptor.
///
/// # Errors
/// As in sendmsg(2).
#[track_caller]
pub fn send_descriptor(socket: Fd, fd: Fd) -> Result<(), Errno> {
    super::here::mark();
    let fds = [fd];
    let rights = [ControlMessage::ScmRights(&fds)];
    let byte = [IoSlice::new(b"m")];
    sendmsg::<()>(socket, &byte, &rights, MsgFlags::MSG_NOSIGNAL, None).map(drop)
}

/// `ssize_t recvmsg(int socket, struct msghdr *msg, 0)`: the descriptor that comes with a byte, under a number of its own.
///
/// # Errors
/// As in recvmsg(2); `ENOMSG` when none came.
#[track_caller]
pub fn receive_descriptor(socket: Fd) -> Result<Fd, Errno> {
    super::here::mark();
    let mut byte = [0];
    let mut space = nix::cmsg_space!(Fd);
    let mut bytes = [IoSliceMut::new(&mut byte)];
    let message = recvmsg::<()>(socket, &mut bytes, Some(&mut space), MsgFlags::empty())?;
    for control in message.cmsgs()? {
        if let ControlMessageOwned::ScmRights(fds) = control {
            return fds.first().copied().ok_or(Errno::ENOMSG);
        }
    }
    Err(Errno::ENOMSG)
}

#[cfg(test)]
mod tests {
    use super::{
        OFlag, ftruncate, memfd_create, receive_descriptor, send_descriptor, shm_open, shm_remove,
        shm_unlink, shmget, shmget_new,
    };
    use crate::sys::{calls::close, memory::Mapping, pipeline::socketpair};
    use nix::errno::Errno;

    fn name(what: &str) -> String {
        format!("/ipc-playground-test-{what}-{}", std::process::id())
    }

    #[test]
    fn two_addresses_of_one_memory() {
        let name = name("two");
        let fd = shm_open(&name, OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL).unwrap();
        ftruncate(fd, 4096).unwrap();
        let one = Mapping::map(fd, 4096, 64, 0).unwrap();
        let other = Mapping::map(fd, 4096, 64, 0x7e00_0000_0000).unwrap();
        close(fd).unwrap();
        shm_unlink(&name).unwrap();
        assert_ne!(one.address(), other.address());
        assert_eq!(one.store(100, b"hello"), 5);
        let mut seen = [0; 5];
        assert_eq!(other.load(100, &mut seen), 5);
        assert_eq!(&seen, b"hello");
        assert_eq!(shm_open(&name, OFlag::O_RDWR), Err(Errno::ENOENT));
    }

    #[test]
    fn a_descriptor_arrives_under_another_number_and_is_the_same_memory() {
        let [here, there] = socketpair().unwrap();
        let fd = memfd_create("test").unwrap();
        ftruncate(fd, 4096).unwrap();
        send_descriptor(here, fd).unwrap();
        let copy = receive_descriptor(there).unwrap();
        assert_ne!(copy, fd);
        let (one, other) = (
            Mapping::map(fd, 4096, 0, 0).unwrap(),
            Mapping::map(copy, 4096, 0, 0).unwrap(),
        );
        one.store(8, b"x");
        let mut seen = [0];
        other.load(8, &mut seen);
        assert_eq!(&seen, b"x");
        for fd in [fd, copy, here, there] {
            close(fd).unwrap();
        }
    }

    #[test]
    fn a_removed_segment_lives_as_long_as_somebody_has_it() {
        let key = 0x1234_0000 | std::process::id().cast_signed() & 0xffff;
        let id = shmget_new(key, 4096).unwrap();
        let memory = Mapping::attach(id, 4096, 0, 0).unwrap();
        assert_eq!(shmget(key), Ok(id));
        shm_remove(id).unwrap();
        assert_eq!(shmget(key), Err(Errno::ENOENT));
        assert_eq!(memory.store(0, b"still"), 5);
        memory.unmap().unwrap();
        assert_eq!(Mapping::attach(id, 4096, 0, 0).unwrap_err(), Errno::EINVAL);
    }
}
