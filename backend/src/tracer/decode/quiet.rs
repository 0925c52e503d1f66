//! Calls that a library makes for itself, in the middle of something else: seen by the tracer, not told.

use super::{Memory, Raw};

/// Signal 32 as a bit. A program cannot block it through the C library, which takes its own two signals out of what it is
/// given, and blocks them itself only around making a process or a thread and at a thread's end.
const OWN: u64 = 1 << 31;

/// What a call of the C library's own does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tracer) enum Quiet {
    /// It blocks all signals, and will restore the mask if the thread goes on.
    Block,
    /// It may be that restoration: it sets the mask and does not ask for the old one.
    Restore,
    /// It gives back memory that nobody else ever saw.
    Unmap,
}

/// Whether a call at its entry is of that kind.
pub(in crate::tracer) fn quiet(raw: Raw, memory: &dyn Memory) -> Option<Quiet> {
    let [first, set, old, ..] = raw.args;
    match raw.nr {
        libc::SYS_rt_sigprocmask => match i32::try_from(first) {
            Ok(libc::SIG_BLOCK) if set != 0 => memory
                .word(set)
                .is_some_and(|set| set & OWN != 0)
                .then_some(Quiet::Block),
            Ok(libc::SIG_SETMASK) if old == 0 => Some(Quiet::Restore),
            _ => None,
        },
        libc::SYS_munmap => (!memory.is_shared(first)).then_some(Quiet::Unmap),
        _ => None,
    }
}

/// Whether an address is in memory that others may share, by the content of `/proc/PID/maps`.
pub(in crate::tracer) fn is_shared(maps: &str, address: u64) -> bool {
    let within = |line: &&str| {
        let (range, _) = line.split_once(' ')?;
        let (from, to) = range.split_once('-')?;
        let from = u64::from_str_radix(from, 16).ok()?;
        let to = u64::from_str_radix(to, 16).ok()?;
        (from..to).contains(&address).then_some(())
    };
    let line = maps.lines().find(|line| within(line).is_some());
    // `7f12a000-7f12b000 rw-s 00000000 00:01 7 /dev/shm/name`
    let permissions = line.and_then(|line| line.split_ascii_whitespace().nth(1));
    permissions.is_some_and(|permissions| permissions.ends_with('s'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAPS: &str = "\
555500000000-555500001000 r--p 00000000 fe:00 12 /usr/bin/cat
7f0000000000-7f0000002000 rw-s 00000000 00:01 7 /dev/shm/a b
7f0000002000-7f0000003000 rw-p 00000000 00:00 0
";

    #[test]
    fn only_shared_memory_is_shared() {
        for (address, shared) in [
            (0x7f00_0000_0000, true),
            (0x7f00_0000_1fff, true),
            (0x7f00_0000_2000, false),
            (0x5555_0000_0000, false),
            (0, false),
        ] {
            assert_eq!(is_shared(MAPS, address), shared, "{address:x}");
        }
    }

    struct Word(u64);

    impl Memory for Word {
        fn read(&self, _at: u64, len: usize) -> Vec<u8> {
            self.0.to_ne_bytes()[..len.min(8)].to_vec()
        }
    }

    #[test]
    fn only_the_c_library_blocks_its_own_signals() {
        let ask = |how: i32, old, mask| {
            let how = u64::from(how.cast_unsigned());
            let raw = Raw {
                nr: libc::SYS_rt_sigprocmask,
                args: [how, 0x7000, old, 8, 0, 0],
            };
            quiet(raw, &Word(mask))
        };
        assert_eq!(ask(libc::SIG_BLOCK, 0x8000, u64::MAX), Some(Quiet::Block));
        // At the end of a thread.
        assert_eq!(ask(libc::SIG_BLOCK, 0, !(1 << 32)), Some(Quiet::Block));
        // What sigfillset(3) fills in.
        assert_eq!(ask(libc::SIG_BLOCK, 0x8000, !(3 << 31)), None);
        assert_eq!(ask(libc::SIG_SETMASK, 0, 0), Some(Quiet::Restore));
        assert_eq!(ask(libc::SIG_SETMASK, 0x8000, 0), None);
        assert_eq!(ask(libc::SIG_UNBLOCK, 0, u64::MAX), None);
    }
}
