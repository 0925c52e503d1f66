//! What the kernel counts by user: with a user for each box nobody notices; without, it is rationed.

use super::{Guest, inside};
use crate::figure;
use harness::Account;
use serde_json::{Value, json};

const BOMBS: &str = include_str!("bombs.py");

/// What a new pipe holds in another box.
const PIPE: &str = r"
import fcntl, json, os
print(json.dumps(fcntl.fcntl(os.pipe()[1], 1032)))
";

async fn new_pipe(account: Account) -> u64 {
    let said = inside(account, "full", PIPE, &[]).await;
    said[0].as_u64().unwrap_or(0)
}

#[tokio::test]
async fn with_a_user_for_each_box_pipe_pages_of_one_are_not_missed_in_another() {
    if !Account::can_change() {
        figure("SKIPPED", "a user for each box takes root");
        return;
    }
    let mut bomb = Guest::start(Account::Ours, BOMBS, &["pipes", "keep"]);
    let taken = bomb.says();
    figure("bytes of pipes in one box", &taken);
    assert!(taken["taken"].as_u64() >= Some(32 << 20), "{taken}");
    let size = new_pipe(Account::Ours).await;
    figure("a new pipe in another box meanwhile", size);
    assert_eq!(size, 65_536);
}

#[tokio::test]
async fn without_one_doctor_says_that_they_are() {
    let mut bomb = Guest::start(Account::Plain, BOMBS, &["pipes", "keep"]);
    figure("bytes of pipes in one box", bomb.says());
    figure(
        "a new pipe in another box meanwhile, one user for all",
        new_pipe(Account::Plain).await,
    );
    let mut cli = harness::Cli::new();
    cli.place = harness::program::Place::new(Account::Plain);
    let said = cli.run(["doctor"]).await.stdout;
    let row = said.lines().find(|line| line.contains("own user"));
    assert!(
        row.is_some_and(|row| row.starts_with("off") && row.contains("pipe pages")),
        "{said}"
    );
}

#[tokio::test]
async fn queues_and_inotify_of_one_box_are_not_missed_in_another() {
    for account in [Account::Ours, Account::Plain] {
        for what in ["queues", "watchers", "segments"] {
            let mut bomb = Guest::start(account, BOMBS, &[what, "keep"]);
            let first: Value = bomb.says();
            let second = inside(account, "full", BOMBS, &[what]).await;
            assert_eq!(
                json!(first["taken"]),
                second[0]["taken"],
                "{account:?}: {what} in a second box"
            );
        }
    }
}
