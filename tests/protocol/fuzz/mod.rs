//! Random and mutated input for everything that reads what others wrote. Seeded, so that a failure can be repeated;
//! a minute each, ten with `cargo xtask test --long`.

#![expect(
    clippy::print_stdout,
    reason = "what was tried is the best part of a failure's message"
)]

mod asked;
mod bytes;
mod corpus;
mod hostile;
mod targets;

use harness::dice::Dice;
use std::{
    env,
    time::{Duration, Instant},
};

/// Time for one target.
fn patience() -> Duration {
    if env::var_os("IPC_TEST_LONG").is_some() {
        Duration::from_secs(600)
    } else {
        Duration::from_secs(60)
    }
}

/// Longest input.
const LONGEST: usize = 4096;

/// Words that often matter.
const WORDS: [&str; 24] = [
    "null",
    "true",
    "\"\"",
    "[]",
    "{}",
    "-1",
    "0",
    "1e308",
    "9007199254740993",
    "18446744073709551616",
    "\\u0000",
    "\\ud800",
    "\"type\":",
    "\"kind\":",
    "\"seq\":",
    "\"parts\":",
    "\n",
    "```beat\n",
    "---\n",
    "\u{feff}",
    "\u{10ffff}",
    ",",
    ":",
    "\"",
];

/// Feeds a target until its time is over. A panic of the target is the failure; the input is shown.
fn fuzz<C: AsRef<[u8]>>(corpus: &[C], target: impl Fn(&[u8])) {
    let mut dice = Dice::seeded();
    let end = Instant::now() + patience();
    let mut tried = 0_u64;
    for input in corpus {
        target(input.as_ref());
    }
    while Instant::now() < end {
        let input = mutated(corpus, &mut dice);
        let guard = Shown(&input);
        target(&input);
        drop(guard);
        tried += 1;
    }
    println!("{tried} inputs");
}

/// Shows the input when the target panics.
struct Shown<'a>(&'a [u8]);

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("the input was {:?}", String::from_utf8_lossy(self.0));
        }
    }
}

fn mutated<C: AsRef<[u8]>>(corpus: &[C], dice: &mut Dice) -> Vec<u8> {
    let mut input = dice.one_of(corpus).as_ref().to_vec();
    for _ in 0..=dice.below(4) {
        let at = dice.below(input.len() + 1);
        let end = (at + dice.below(16)).min(input.len());
        match dice.below(8) {
            0 => input.truncate(at),
            1 => drop(input.drain(at..end)),
            2 => {
                let word = *dice.one_of(&WORDS);
                input.splice(at..end, word.bytes()).for_each(drop);
            }
            3 => input.insert(at, dice.byte()),
            4 => {
                let other = dice.one_of(corpus).as_ref();
                let from = dice.below(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            5 => {
                let again = input[at..end].to_vec();
                for _ in 0..dice.below(20) {
                    input.splice(at..at, again.iter().copied()).for_each(drop);
                }
            }
            6 => input
                .iter_mut()
                .skip(at)
                .take(1)
                .for_each(|byte| *byte = dice.byte()),
            _ => input
                .iter_mut()
                .skip(at)
                .take(1)
                .for_each(|byte| *byte ^= 1 << dice.below(8)),
        }
    }
    input.truncate(LONGEST);
    input
}
