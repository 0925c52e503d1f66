//! How many runs this host has room for, where nobody has said how many there may be.

use super::Protection;
use crate::{limits::PIPE_BYTES, sandbox::Level};
use shared::os::PAGE_SIZE;
use std::fs;

/// Bytes of memory a run: with its share of the server's, one is a mebibyte and a half when it is idle.
const EACH: u64 = 4 << 20;
/// Runs without boxes see and disturb each other, so that they are for a few people who know each other.
const MOST_BASIC: u64 = 5;
/// The largest pipes of one run, where each may be as large as [`PIPE_BYTES`]: two, with somebody in between.
const PIPES: u64 = 2;

/// What is known of the host.
#[derive(Clone, Copy, Debug)]
struct Host {
    /// Bytes of memory that could be used: MemAvailable of `/proc/meminfo`.
    memory: Option<u64>,
    /// Bytes in pipes that one user may have before new ones are made small; 0 is no limit.
    pipes: Option<u64>,
}

impl Protection {
    /// At most `most` runs at once, and fewer where this host has no room for so many, or does not keep them apart well enough.
    pub fn room(&self, most: u64) -> u64 {
        self.room_on(most, Host::this())
    }

    /// Runs that can have their largest pipes at once, where all are one user to the kernel.
    pub(crate) fn room_for_pipes(&self) -> Option<u64> {
        self.pipes_on(Host::this())
    }

    fn pipes_on(&self, host: Host) -> Option<u64> {
        let pipes = host.pipes.filter(|pipes| *pipes > 0 && !self.own_users)?;
        Some((pipes / (PIPES * PIPE_BYTES)).max(1))
    }

    fn room_on(&self, most: u64, host: Host) -> u64 {
        let memory = host.memory.map(|bytes| (bytes / EACH).max(1));
        let basic = (self.level == Level::Basic).then_some(MOST_BASIC);
        let all = [memory, self.pipes_on(host), basic];
        all.into_iter().flatten().fold(most, u64::min)
    }
}

impl Host {
    fn this() -> Self {
        let memory = fs::read_to_string("/proc/meminfo").ok();
        let pages = fs::read_to_string("/proc/sys/fs/pipe-user-pages-soft").ok();
        Self {
            memory: memory.as_deref().and_then(available),
            pipes: pages
                .and_then(|pages| pages.trim().parse::<u64>().ok())
                .map(|pages| pages.saturating_mul(PAGE_SIZE)),
        }
    }
}

/// MemAvailable, in bytes.
fn available(meminfo: &str) -> Option<u64> {
    let line = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::{Host, Protection, available};
    use crate::sandbox::Level;

    const MANY: u64 = 200;
    /// 2 GiB, and the kernel's own 64 MiB of pipes.
    const HOST: Host = Host {
        memory: Some(2 << 30),
        pipes: Some(64 << 20),
    };

    fn protection(level: Level, own_users: bool) -> Protection {
        Protection {
            level,
            own_users,
            ..Protection::default()
        }
    }

    #[test]
    fn a_host_has_a_run_for_each_four_mebibytes_that_are_free() {
        let full = protection(Level::Full, true);
        assert_eq!(full.room_on(MANY, HOST), 200);
        for (mebibytes, runs) in [(400, 100), (40, 10), (0, 1)] {
            let memory = Some(mebibytes << 20);
            assert_eq!(full.room_on(MANY, Host { memory, ..HOST }), runs);
        }
        let unknown = Host {
            memory: None,
            pipes: None,
        };
        assert_eq!(full.room_on(MANY, unknown), MANY);
    }

    #[test]
    fn runs_that_share_a_user_are_as_many_as_have_room_for_their_pipes() {
        let shared = protection(Level::Full, false);
        assert_eq!(shared.room_on(MANY, HOST), 128);
        assert_eq!(
            shared.room_for_pipes().is_some(),
            Host::this().pipes > Some(0)
        );
        let without = Host {
            pipes: Some(0),
            ..HOST
        };
        assert_eq!(shared.room_on(MANY, without), MANY);
        assert_eq!(protection(Level::Full, true).pipes_on(HOST), None);
    }

    #[test]
    fn without_boxes_there_are_five() {
        for own_users in [true, false] {
            assert_eq!(protection(Level::Basic, own_users).room_on(MANY, HOST), 5);
            assert_eq!(protection(Level::Basic, own_users).room_on(2, HOST), 2);
        }
    }

    #[test]
    fn what_the_kernel_says_is_read() {
        let text = "MemTotal:       24573260 kB\nMemFree: 1 kB\nMemAvailable:   18201384 kB\n";
        assert_eq!(available(text), Some(18_201_384 << 10));
        assert_eq!(available("MemTotal: 1 kB\n"), None);
        assert!(Host::this().memory.is_some());
    }
}
