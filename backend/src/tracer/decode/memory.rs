//! Memory of the process whose call is decoded.

/// Reads the caller's memory.
pub trait Memory {
    /// The bytes from `at` on: `len` of them, or as many as can be read.
    fn read(&self, at: u64, len: usize) -> Vec<u8>;

    /// What a descriptor of the caller is, as the link in `/proc/PID/fd` says. `None` where it cannot be looked at.
    fn link(&self, _fd: i32) -> Option<String> {
        None
    }

    /// Whether others may share the caller's memory at this address. `true` where that cannot be looked at.
    fn is_shared(&self, _at: u64) -> bool {
        true
    }
}

/// Smallest unit in which memory is readable or not.
const PAGE: u64 = shared::os::PAGE_SIZE;

impl dyn Memory + '_ {
    /// A string that ends with a NUL, without it; `true` if it did end within `most` bytes. `None` if nothing can be read.
    pub(super) fn text(&self, at: u64, most: usize) -> Option<(Vec<u8>, bool)> {
        let mut text = Vec::new();
        while text.len() < most {
            let from = at.checked_add(u64::try_from(text.len()).ok()?)?;
            // Not beyond the page's end, so that a string at the end of what is mapped is read in one piece.
            let room = usize::try_from(PAGE - from % PAGE)
                .ok()?
                .min(most - text.len());
            let piece = self.read(from, room);
            if let Some(end) = piece.iter().position(|byte| *byte == 0) {
                text.extend_from_slice(&piece[..end]);
                return Some((text, true));
            }
            if piece.is_empty() && text.is_empty() {
                return None;
            }
            text.extend_from_slice(&piece);
            if piece.len() < room {
                break;
            }
        }
        Some((text, false))
    }

    /// That many bytes or none.
    pub(super) fn exact<const N: usize>(&self, at: u64) -> Option<[u8; N]> {
        self.read(at, N).try_into().ok()
    }

    /// An `int`.
    pub(super) fn int(&self, at: u64) -> Option<i32> {
        self.exact(at).map(i32::from_ne_bytes)
    }

    /// A `long`.
    pub(super) fn long(&self, at: u64) -> Option<i64> {
        self.exact(at).map(i64::from_ne_bytes)
    }

    /// A pointer or `size_t`.
    pub(super) fn word(&self, at: u64) -> Option<u64> {
        self.exact(at).map(u64::from_ne_bytes)
    }
}
