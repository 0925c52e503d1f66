//! Model of a pipe's slots.

/// Mirrors what the kernel does with the pages of a pipe.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlotModel {}

impl SlotModel {
    /// An empty pipe of that many bytes of capacity (F_GETPIPE_SZ).
    pub fn new(capacity: u64) -> Self {
        let _ = capacity;
        Self {}
    }

    /// The capacity changed (F_SETPIPE_SZ).
    pub fn resize(&mut self, capacity: u64) {
        let _ = capacity;
    }

    /// A write put `bytes` in; `packet` if O_DIRECT was set.
    pub fn wrote(&mut self, bytes: u64, packet: bool) {
        let _ = (bytes, packet);
    }

    /// A read took `bytes` out.
    pub fn took(&mut self, bytes: u64) {
        let _ = bytes;
    }

    /// Slots in use.
    pub fn used(&self) -> u64 {
        0
    }

    /// Slots there are.
    pub fn slots(&self) -> u64 {
        0
    }

    /// Bytes in it.
    pub fn bytes(&self) -> u64 {
        0
    }
}
