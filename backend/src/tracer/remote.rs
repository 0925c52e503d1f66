//! The memory of another process, read where its call points to.

use super::decode::Memory;
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
}
