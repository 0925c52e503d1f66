//! A class in short; `cargo xtask bench class` has it for as long as one likes.

use harness::{Account, drill::Drill};
use std::time::Duration;

const SHORT: Drill = Drill {
    learners: 12,
    time: Duration::from_secs(10),
    pause: Duration::from_millis(300),
};
/// Fewer runs than this in that time, and the class was not one.
const FEWEST: usize = 30;

#[tokio::test]
async fn whatever_a_class_breaks_nothing_falls_and_nothing_is_left() {
    let outcome = SHORT.run(Account::Plain).await;
    assert!(outcome.errors.is_empty(), "{:#?}", outcome.errors);
    assert!(
        outcome.runs.len() >= FEWEST && outcome.broken.iter().all(|times| *times > 0),
        "{} runs, broken {:?}",
        outcome.runs.len(),
        outcome.broken
    );
}
