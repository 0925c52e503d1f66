//! What the kernel counts by user: with a user for each box nobody notices; without, it is rationed.

use super::{Guest, inside};
use crate::figure;
use harness::{Account, World, client::Plan};
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
async fn without_one_a_bomb_of_pipes_has_a_share_and_doctor_says_so() {
    let mut bomb = Guest::start(Account::Plain, BOMBS, &["pipes", "keep"]);
    let taken = bomb.says();
    figure("bytes of pipes in one box, one user for all", &taken);
    // Some sixty pipes of 256 KiB, where each could have a mebibyte.
    let bytes = taken["taken"].as_u64().unwrap_or(u64::MAX);
    assert!((8 << 20..=16 << 20).contains(&bytes), "{taken}");
    let size = new_pipe(Account::Plain).await;
    figure(
        "a new pipe in another box meanwhile, one user for all",
        size,
    );
    assert_eq!(size, 65_536);
    let mut cli = harness::Cli::new();
    cli.place = harness::program::Place::new(Account::Plain);
    let said = cli.run(["doctor"]).await.stdout;
    let row = said.lines().find(|line| line.contains("own user"));
    let row = row.unwrap_or_default();
    assert!(row.starts_with("off"), "{said}");
    for word in ["pipe pages", "256 KiB", "runs at once"] {
        assert!(row.contains(word), "{word}: {row}");
    }
}

/// A lesson that wants more is told, traced or not.
#[tokio::test]
async fn without_one_a_pipe_that_is_too_large_is_refused_in_words() {
    for xray in [true, false] {
        let mut world = World::with(Account::Plain, &[]).await;
        for (capacity, refused) in [(256 << 10, false), (1 << 20, true)] {
            let params = json!({"capacity": capacity});
            world
                .client
                .start(Plan::new("pipe", "anonymous", params, xray))
                .await;
            world.client.everybody(3).await;
            world.client.send_text("writer", "through it").await;
            world
                .client
                .until("the message on the other side", |state| {
                    state.counts.received == 1
                })
                .await;
            let hit = world.client.state().limit.clone();
            let hit = hit.map(|hit| (hit.limit, hit.value));
            let want = refused.then(|| ("pipe_bytes".to_owned(), 256 << 10));
            assert_eq!(hit, want, "{capacity}, X-ray {xray}");
            world.client.stop().await;
        }
        world.end().await;
    }
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
