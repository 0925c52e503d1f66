//! Chance that can be repeated: every test that uses it prints its seed.

use std::{env, time::SystemTime};

/// SplitMix64: small, fast, good enough to choose test cases.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// From `IPC_TEST_SEED` where it is set, else from the clock; the seed is printed.
    #[expect(
        clippy::print_stderr,
        reason = "without the seed a failure cannot be repeated"
    )]
    pub fn seeded() -> Self {
        let clock = || {
            let since = SystemTime::now()
                .duration_since(SystemTime::UNIX_EPOCH)
                .unwrap_or_default();
            u64::from(since.subsec_nanos()) << 20 ^ since.as_secs()
        };
        let seed = env::var("IPC_TEST_SEED")
            .ok()
            .and_then(|seed| seed.parse().ok())
            .unwrap_or_else(clock);
        eprintln!("to repeat this: IPC_TEST_SEED={seed}");
        Self(seed)
    }

    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub fn any(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below that one, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.any() % end).unwrap_or_default()
    }

    /// One of several.
    pub fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// Any byte.
    pub fn byte(&mut self) -> u8 {
        self.any().to_le_bytes()[0]
    }
}
