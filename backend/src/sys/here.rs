//! Where a role is: each wrapper of a call leaves the place it was called from in memory, where the supervisor reads it.
//!
//! No system call, a few stores. A worker is a fork of the supervisor's own program, without exec, so that [`PLACES`] is at
//! the same address in both. Threads have places of their own, or one would be shown at the line of another.

use std::{
    cell::Cell,
    panic::Location,
    sync::atomic::{AtomicI32, AtomicU32, AtomicU64, AtomicUsize, Ordering},
};

/// Threads of a worker that can be told apart; a role has a handful. Further ones have no place.
pub(crate) const MAX_THREADS: usize = 8;
/// 64-bit words of one place, as they lie in memory.
pub(crate) const WORDS: usize = 3;

/// Where one thread is.
#[repr(C)]
#[derive(Debug)]
struct Place {
    /// Address of the name of the source file, in this program.
    file: AtomicU64,
    /// Bytes of that name.
    len: AtomicU32,
    /// The line.
    line: AtomicU32,
    /// gettid() of the thread, 0 for none.
    thread: AtomicI32,
    unused: AtomicU32,
}

impl Place {
    const fn nowhere() -> Self {
        Self {
            file: AtomicU64::new(0),
            len: AtomicU32::new(0),
            line: AtomicU32::new(0),
            thread: AtomicI32::new(0),
            unused: AtomicU32::new(0),
        }
    }
}

const _: () = assert!(size_of::<Place>() == WORDS * 8, "as the reader expects it");

/// Read by the supervisor from the memory of each worker.
static PLACES: [Place; MAX_THREADS] = [const { Place::nowhere() }; MAX_THREADS];
/// How many places are taken.
static TAKEN: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// This thread's place; `usize::MAX` before its first call.
    static MINE: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// The address of the places in this program and in every fork of it.
pub(crate) fn address() -> usize {
    (&raw const PLACES).addr()
}

/// Leaves the place of the caller's caller. Every wrapper of a call begins with it.
#[track_caller]
#[inline]
pub(crate) fn mark() {
    let place = Location::caller();
    MINE.with(|mine| {
        if mine.get() == usize::MAX {
            mine.set(take());
        }
        // Nobody of this process reads them, and the supervisor only while this thread stands still: any order will do.
        if let Some(own) = PLACES.get(mine.get()) {
            let file = place.file();
            own.file
                .store(file.as_ptr().addr() as u64, Ordering::Relaxed);
            own.len
                .store(u32::try_from(file.len()).unwrap_or(0), Ordering::Relaxed);
            own.line.store(place.line(), Ordering::Relaxed);
        }
    });
}

/// A place for this thread.
fn take() -> usize {
    let index = TAKEN.fetch_add(1, Ordering::Relaxed).min(MAX_THREADS);
    if let Some(place) = PLACES.get(index) {
        let thread = nix::unistd::gettid().as_raw();
        place.thread.store(thread, Ordering::Relaxed);
    }
    index
}

/// In a new process: the places are its parent's threads', of which only the caller's goes on, under another id.
pub(crate) fn forked() {
    TAKEN.store(0, Ordering::Relaxed);
    for place in &PLACES {
        place.thread.store(0, Ordering::Relaxed);
        place.line.store(0, Ordering::Relaxed);
    }
    MINE.with(|mine| mine.set(usize::MAX));
}
