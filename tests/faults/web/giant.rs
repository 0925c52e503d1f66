//! Messages that are too long, or say they will be.

use super::{closed, echo, greeted, pipe};
use crate::figure;
use harness::{Client, World, procfs::resident_kib};
use shared::command::{MAX_CLIENT_MESSAGE, Resume};

/// What an allocator may keep for itself.
const SLACK_KIB: u64 = 8 * 1024;
/// Rounds; where one kept what it was sent, memory would grow by more than the slack.
const ROUNDS: usize = 5;

#[tokio::test]
async fn a_giant_message_is_refused_in_words_and_its_run_goes_on() {
    let mut world = World::running(pipe(true)).await;
    let (token, run) = (world.client.token.clone(), world.client.run.clone());
    echo(&mut world.client).await;
    let gib = [
        &[0x81, 0xff][..],
        &(1_u64 << 30).to_be_bytes(),
        &[0; 4],
        &[b'x'; 70_000],
    ]
    .concat();
    let mut before = 0;
    for round in 0..ROUNDS {
        for len in [MAX_CLIENT_MESSAGE + 1, 16 << 20, 1 << 30] {
            let resume = Resume {
                run: run.clone(),
                after: 0,
            };
            let mut raw = greeted(&world.server, Some(&token), Some(resume)).await;
            if len == 1 << 30 {
                // Declared, and never sent.
                raw.say_bytes(&gib).await;
            } else {
                raw.say_text("x".repeat(len)).await;
            }
            let (code, reason) = closed(&mut raw).await.expect("a close frame");
            assert_eq!(code, 1009, "{len} bytes: {reason}");
            assert!(reason.contains(&MAX_CLIENT_MESSAGE.to_string()), "{reason}");
        }
        if round == 0 {
            before = resident_kib(world.server.pid());
        }
    }
    let grown = resident_kib(world.server.pid()).saturating_sub(before);
    figure(
        "memory after giant messages",
        format_args!("{grown} KiB more"),
    );
    assert!(grown < SLACK_KIB, "{grown} KiB more");
    world.client = Client::resume(&world.server, world.client).await;
    echo(&mut world.client).await;
    world.end().await;
}
