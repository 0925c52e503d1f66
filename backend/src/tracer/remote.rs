//! The memory of another process, read where its call points to.

use super::decode::{Memory, is_shared};
use nix::{
    sys::uio::{RemoteIoVec, process_vm_readv},
    unistd::Pid,
};
use std::io::IoSliceMut;

/// The memory of a task that stands still. What another thread of it changes meanwhile is read as it is then.
#[derive(Clone, Copy, Debug)]
pub(super) struct Remote(pub(super) Pid);

impl Memory for Remote {
    fn read(&self, at: u64, len: usize) -> Vec<u8> {
        let Ok(base) = usize::try_from(at) else {
            return Vec::new();
        };
        if at == 0 || len == 0 {
            return Vec::new();
        }
        let mut bytes = vec![0; len];
        let got = process_vm_readv(
            self.0,
            &mut [IoSliceMut::new(&mut bytes)],
            &[RemoteIoVec { base, len }],
        );
        bytes.truncate(got.unwrap_or(0));
        bytes
    }

    fn link(&self, fd: i32) -> Option<String> {
        let link = std::fs::read_link(format!("/proc/{}/fd/{fd}", self.0)).ok()?;
        link.into_os_string().into_string().ok()
    }

    fn is_shared(&self, at: u64) -> bool {
        std::fs::read_to_string(format!("/proc/{}/maps", self.0))
            .map_or(true, |maps| is_shared(&maps, at))
    }
}
