//! Memory that several processes see: mapped, stored into, loaded from. mmap(2), shmat(2).
//!
//! Another process may store into it at any moment, so that no Rust value lies there and nothing is ever borrowed from it:
//! all data is moved in words of eight bytes that are atomic, one by one, or in blocks of such words where there are many.
//! That is as fast as a copy, it is what a processor does anyway, and it promises nothing about two words in a row: a record
//! of several can be torn.
#![expect(
    unsafe_code,
    reason = "mapped memory is outside Rust's ownership: others write to it"
)]

use super::blocks::{BLOCK, move_blocks};
use nix::errno::Errno;
use std::{
    os::fd::RawFd,
    ptr::{self, NonNull},
    slice,
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
};

/// Bytes of a word.
const WORD: usize = 8;
/// Bytes from which on they are moved in blocks.
const MANY: usize = 4 * BLOCK;

/// Memory shared with other processes, mapped into this one; unmapped when it is dropped.
#[derive(Debug)]
pub struct Mapping {
    base: NonNull<u8>,
    /// Bytes, a multiple of the size of a page.
    len: usize,
    /// Bytes at the front that only [`super::guard`] touches.
    kept: usize,
    how: How,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Mmap,
    Shmat,
    /// Unmapped already.
    Gone,
}

// SAFETY: it is a range of addresses of the process, not of a thread, and every access through it is atomic, or made by
// assembly in whole words.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// `void *mmap(wish, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)`: the first `len` bytes of a file or of memory
    /// with a descriptor. `wish` is an address that would do, 0 for any; the kernel takes another where that is taken.
    ///
    /// The first `kept` bytes are left to the guard: [`Self::store`] refuses them.
    ///
    /// # Errors
    /// As in mmap(2).
    #[track_caller]
    pub fn map(fd: RawFd, len: usize, kept: usize, wish: usize) -> Result<Self, Errno> {
        super::here::mark();
        Self::mmap(fd, libc::MAP_SHARED, len, kept, wish)
    }

    /// `mmap(…, MAP_SHARED | MAP_ANONYMOUS, -1, 0)`: new memory that children have as well, without a name or descriptor.
    ///
    /// # Errors
    /// As in mmap(2).
    pub fn inherited(len: usize) -> Result<Self, Errno> {
        Self::mmap(-1, libc::MAP_SHARED | libc::MAP_ANONYMOUS, len, 0, 0)
    }

    fn mmap(fd: RawFd, flags: i32, len: usize, kept: usize, wish: usize) -> Result<Self, Errno> {
        let wish = ptr::without_provenance_mut(wish);
        let access = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: without MAP_FIXED the kernel only hands out addresses that nothing uses.
        let base = unsafe { libc::mmap(wish, len, access, flags, fd, 0) };
        if base == libc::MAP_FAILED {
            return Err(Errno::last());
        }
        Self::of(base.cast(), len, kept, How::Mmap)
    }

    /// `void *shmat(int id, wish, 0)`: attaches a System V segment of `len` bytes.
    ///
    /// # Errors
    /// As in shmat(2).
    #[track_caller]
    pub fn attach(id: i32, len: usize, kept: usize, wish: usize) -> Result<Self, Errno> {
        super::here::mark();
        let wish = ptr::without_provenance_mut(wish);
        // SAFETY: without SHM_REMAP the kernel only hands out addresses that nothing uses.
        let base = unsafe { libc::shmat(id, wish, 0) };
        if base.addr() == usize::MAX {
            return Err(Errno::last());
        }
        Self::of(base.cast(), len, kept, How::Shmat)
    }

    fn of(base: *mut u8, len: usize, kept: usize, how: How) -> Result<Self, Errno> {
        let base = NonNull::new(base).ok_or(Errno::EFAULT)?;
        Ok(Self {
            base,
            len,
            kept,
            how,
        })
    }

    /// Where it lies in this process.
    pub fn address(&self) -> usize {
        self.base.addr().get()
    }

    /// Bytes.
    pub fn len(&self) -> usize {
        self.len
    }

    /// It has no bytes at all.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// `int munmap(void *addr, size_t length)`, `int shmdt(const void *shmaddr)`: the addresses are free again; the memory
    /// stays as long as it has a name, a descriptor or another mapping.
    ///
    /// # Errors
    /// As in munmap(2), shmdt(2).
    #[track_caller]
    pub fn unmap(mut self) -> Result<(), Errno> {
        super::here::mark();
        self.let_go()
    }

    fn let_go(&mut self) -> Result<(), Errno> {
        let base = self.base.as_ptr().cast();
        let result = match self.how {
            // SAFETY: this value made the mapping, and nothing is ever borrowed from it for longer than from this value.
            How::Mmap => unsafe { libc::munmap(base, self.len) },
            // SAFETY: as above.
            How::Shmat => unsafe { libc::shmdt(base) },
            How::Gone => 0,
        };
        self.how = How::Gone;
        Errno::result(result).map(drop)
    }

    fn words(&self) -> &[AtomicU64] {
        // SAFETY: the kernel mapped `len` bytes there, page-aligned, for as long as this value lives; any value is a valid
        // u64, and in this program all data in them is accessed by atomics of this size alone (the words of a guard, the
        // first `kept` bytes, and the 32-bit words of `Self::word` are never accessed as data).
        unsafe { slice::from_raw_parts(self.base.as_ptr().cast(), self.len / WORD) }
    }

    /// The words from the one that has byte `at` on, and which byte of it that is.
    fn from(&self, at: usize) -> (&[AtomicU64], usize) {
        (self.words().get(at / WORD..).unwrap_or_default(), at % WORD)
    }

    /// Stores bytes, word by word (many in blocks), front to back: how many found room. None into what is the guard's.
    pub fn store(&self, at: usize, bytes: &[u8]) -> usize {
        if at < self.kept || at >= self.len {
            return 0;
        }
        let bytes = bytes.get(..self.len - at).unwrap_or(bytes);
        let (mut words, skip) = self.from(at);
        let mut left = bytes;
        if skip != 0
            && let Some((first, others)) = words.split_first()
        {
            let head;
            (head, left) = bytes.split_at(bytes.len().min(WORD - skip));
            splice(first, skip, head);
            words = others;
        }
        let blocks = blocks(left.len().min(size_of_val(words)));
        // SAFETY: so many blocks are in both, which do not overlap: one is borrowed, the other is a mapping, of which nothing
        // is ever borrowed as bytes.
        let moved = unsafe { move_blocks(left.as_ptr(), words.as_ptr().cast_mut().cast(), blocks) };
        let (_, left) = left.split_at(moved);
        let (_, words) = words.split_at(moved / WORD);
        let (whole, tail) = left.as_chunks::<WORD>();
        let mut words = words.iter();
        for (bytes, word) in whole.iter().zip(words.by_ref()) {
            word.store(u64::from_ne_bytes(*bytes), Ordering::Relaxed);
        }
        if let Some(last) = words.next().filter(|_| !tail.is_empty()) {
            splice(last, 0, tail);
        }
        bytes.len()
    }

    /// Loads bytes, word by word (many in blocks), front to back: how many there were.
    pub fn load(&self, at: usize, buffer: &mut [u8]) -> usize {
        let most = self.len.saturating_sub(at).min(buffer.len());
        let buffer = buffer.get_mut(..most).unwrap_or_default();
        let (mut words, skip) = self.from(at);
        let mut left = &mut *buffer;
        if skip != 0
            && let Some((first, others)) = words.split_first()
        {
            let head;
            let len = left.len().min(WORD - skip);
            (head, left) = left.split_at_mut(len);
            copy_part(first, skip, head);
            words = others;
        }
        let blocks = blocks(left.len().min(size_of_val(words)));
        // SAFETY: as in `store`, the other way round.
        let moved = unsafe { move_blocks(words.as_ptr().cast(), left.as_mut_ptr(), blocks) };
        let (_, left) = left.split_at_mut(moved);
        let (_, words) = words.split_at(moved / WORD);
        let (whole, tail) = left.as_chunks_mut::<WORD>();
        let mut words = words.iter();
        for (bytes, word) in whole.iter_mut().zip(words.by_ref()) {
            *bytes = word.load(Ordering::Relaxed).to_ne_bytes();
        }
        if let Some(last) = words.next().filter(|_| !tail.is_empty()) {
            copy_part(last, 0, tail);
        }
        most
    }

    /// The word of eight bytes at `at`, for atomic arithmetic.
    ///
    /// # Errors
    /// `EINVAL` where it is not aligned, not inside, or the guard's.
    pub fn cell(&self, at: usize) -> Result<&AtomicU64, Errno> {
        if !at.is_multiple_of(WORD) || at < self.kept {
            return Err(Errno::EINVAL);
        }
        self.words().get(at / WORD).ok_or(Errno::EINVAL)
    }

    /// A word of four bytes, for futex(2) and counters: one that is never loaded or stored as data.
    ///
    /// # Errors
    /// `EINVAL` where it is not aligned or not inside.
    pub fn word(&self, at: usize) -> Result<&AtomicU32, Errno> {
        let place = self.place::<AtomicU32>(at)?;
        // SAFETY: inside the mapping and aligned; this program accesses that word by 32-bit atomics alone, which is what
        // the callers, guard and ring, use words for.
        Ok(unsafe { place.as_ref() })
    }

    /// Where a value of that type can be, `at` bytes from the start.
    ///
    /// # Errors
    /// `EINVAL` where it is not aligned or not inside.
    pub(super) fn place<T>(&self, at: usize) -> Result<NonNull<T>, Errno> {
        let inside = at
            .checked_add(size_of::<T>())
            .is_some_and(|end| end <= self.len);
        if !inside || !at.is_multiple_of(align_of::<T>()) {
            return Err(Errno::EINVAL);
        }
        // SAFETY: `at` is inside the mapping, as was checked.
        Ok(unsafe { self.base.add(at) }.cast())
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // There is nobody to tell; it can only fail if the range is wrong, and it is the kernel's own.
        let _unmapped = self.let_go();
    }
}

/// Bytes inside one word; the others keep whatever somebody else stores there meanwhile.
fn splice(cell: &AtomicU64, skip: usize, bytes: &[u8]) {
    let merged = |word: u64| {
        let mut all = word.to_ne_bytes();
        if let Some(some) = all.get_mut(skip..skip + bytes.len()) {
            some.copy_from_slice(bytes);
        }
        Some(u64::from_ne_bytes(all))
    };
    let _always_some = cell.fetch_update(Ordering::Relaxed, Ordering::Relaxed, merged);
}

/// Blocks that are moved at once. Where there are few it is none: a record of a lesson is stored and loaded word by word, as it
/// says, and a processor that stores 64 bytes at once would hardly ever be seen half way.
fn blocks(len: usize) -> usize {
    if len < MANY { 0 } else { len / BLOCK }
}

/// The bytes of a word from the one at `skip` on.
fn copy_part(cell: &AtomicU64, skip: usize, into: &mut [u8]) {
    let bytes = cell.load(Ordering::Relaxed).to_ne_bytes();
    if let Some(part) = bytes.get(skip..skip + into.len()) {
        into.copy_from_slice(part);
    }
}

/// Loads the byte at an address of this process, whatever is there now; where nothing is mapped, the kernel ends the
/// process by SIGSEGV. For the lesson about that.
pub fn load_anywhere(address: usize) -> u8 {
    let byte: u8;
    #[cfg(target_arch = "x86_64")]
    // SAFETY: one load that touches no memory of Rust's: if nothing is mapped there the process ends, which is asked for,
    // and if something is, a byte of it is read, as any debugger would.
    unsafe {
        std::arch::asm!("mov {byte}, byte ptr [{address}]", byte = out(reg_byte) byte, address = in(reg) address,
            options(nostack, preserves_flags, readonly));
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: as above.
    unsafe {
        let word: u32;
        std::arch::asm!("ldrb {word:w}, [{address}]", word = out(reg) word, address = in(reg) address,
            options(nostack, preserves_flags, readonly));
        byte = word.to_le_bytes()[0];
    }
    byte
}

#[cfg(test)]
mod tests {
    use super::Mapping;
    use nix::errno::Errno;
    use std::sync::atomic::Ordering;

    #[test]
    fn bytes_come_out_as_they_went_in_wherever_they_lie() {
        let memory = Mapping::inherited(4096).unwrap();
        // Words alone, and blocks with words before and behind them.
        for len in [40, 203, 1203] {
            let bytes: Vec<u8> = (1..=250).cycle().take(len).collect();
            for at in [0, 3, 7, 8, 61, 3890, 4090] {
                let fits = bytes.len().min(4096 - at);
                assert_eq!(memory.store(at, &bytes), fits);
                let mut loaded = vec![0; bytes.len()];
                assert_eq!(memory.load(at, &mut loaded), fits);
                assert_eq!(loaded[..fits], bytes[..fits], "{len} at {at}");
            }
        }
        assert_eq!(memory.store(4096, b"x"), 0);
        assert_eq!(memory.load(5000, &mut [0]), 0);
    }

    #[test]
    fn a_store_leaves_its_neighbors_alone() {
        let memory = Mapping::inherited(4096).unwrap();
        memory.store(0, &[9; 24]);
        memory.store(10, b"ab");
        let mut all = [0; 24];
        memory.load(0, &mut all);
        assert_eq!(all[8..14], [9, 9, b'a', b'b', 9, 9]);
        assert_eq!(all.iter().filter(|byte| **byte == 9).count(), 22);
    }

    #[test]
    fn what_is_the_guards_is_not_stored_into() {
        let mut memory = Mapping::inherited(4096).unwrap();
        memory.kept = 64;
        assert_eq!(memory.store(0, b"x"), 0);
        assert_eq!(memory.store(63, b"x"), 0);
        assert_eq!(memory.cell(8).err(), Some(Errno::EINVAL));
        memory.cell(64).unwrap().fetch_add(5, Ordering::Relaxed);
        let mut cell = [0; 8];
        memory.load(64, &mut cell);
        assert_eq!(u64::from_ne_bytes(cell), 5);
        assert_eq!(memory.cell(65).err(), Some(Errno::EINVAL));
        assert_eq!(memory.cell(4096).err(), Some(Errno::EINVAL));
        assert!(memory.word(4094).is_err() && memory.word(4092).is_ok());
    }

    #[test]
    fn unmapping_twice_is_not_possible_and_a_wrong_descriptor_is_refused() {
        Mapping::inherited(8192).unwrap().unmap().unwrap();
        assert_eq!(Mapping::map(-1, 4096, 0, 0).unwrap_err(), Errno::EBADF);
    }
}
