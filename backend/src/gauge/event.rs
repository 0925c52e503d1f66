//! What the kernel and the C library say of counters: proc_pid_fdinfo(5), sem_overview(7).

use nix::unistd::Pid;
use std::fs;

/// What an eventfd holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventReading {
    /// Its counter.
    pub count: u64,
    /// EFD_SEMAPHORE.
    pub units: bool,
}

/// The counter behind a descriptor, without reading it.
pub fn look_at_event(pid: Pid, fd: i32) -> Option<EventReading> {
    let about = fs::read_to_string(format!("/proc/{pid}/fdinfo/{fd}")).ok()?;
    let field = |name: &str| {
        let line = about.lines().find_map(|line| line.strip_prefix(name))?;
        u64::from_str_radix(line.trim(), 16).ok()
    };
    Some(EventReading {
        count: field("eventfd-count:")?,
        units: field("eventfd-semaphore:") == Some(1),
    })
}

/// What the GNU C library keeps of a semaphore on a 64-bit machine, `struct new_sem`: the value, and how many sleep or are
/// about to.
pub fn semaphore(memory: &[u8]) -> Option<(u64, u64)> {
    let word = |at: usize| {
        let bytes = memory.get(at..at + 4)?;
        Some(u64::from(u32::from_le_bytes(bytes.try_into().ok()?)))
    };
    Some((word(0)?, word(4)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::{
        sys::eventfd::{EfdFlags, EventFd},
        unistd::getpid,
    };
    use std::os::fd::{AsFd, AsRawFd};

    #[test]
    fn a_counter_is_seen_without_taking_anything() {
        let event = EventFd::from_value_and_flags(3, EfdFlags::EFD_SEMAPHORE).unwrap();
        let fd = event.as_fd().as_raw_fd();
        event.write(4).unwrap();
        for _ in 0..2 {
            let seen = look_at_event(getpid(), fd).unwrap();
            assert_eq!((seen.count, seen.units), (7, true));
        }
        assert_eq!(look_at_event(getpid(), 9_999), None);
    }

    #[test]
    fn a_semaphore_is_two_words() {
        assert_eq!(semaphore(&[3, 0, 0, 0, 2, 0, 0, 0, 0]), Some((3, 2)));
        assert_eq!(semaphore(&[3, 0, 0]), None);
    }
}
