//! Signals and events: a lamp that lights once for five sends, a counter, a bench.

use crate::support::{USUAL, browse};

#[tokio::test]
async fn five_signals_to_a_blocked_lamp_are_one() {
    browse("signal-merged", USUAL, async |page| {
        page.open("/").await;
        page.open("/lab/signal").await;
        page.press("Send").await;
        page.sentence_says("the handler of receiver B ran").await;
        page.says(".signal-row", "handler ran once").await;
        page.tell("receiver", "Block USR1").await;
        page.says(".signal-row.blocked", "blocked").await;
        page.fill("#times", "5").await;
        page.press("Send").await;
        page.says(".signal-row.pending", "4 merged into one").await;
        page.sentence_says("SIGUSR1 is pending, once").await;
        page.accessible_in_both_themes("lamps").await;
        page.tell("receiver", "Unblock USR1").await;
        page.says(".signal-row", "handler ran twice").await;
    })
    .await;
}

#[tokio::test]
async fn what_is_added_to_a_counter_is_one_number() {
    browse("signal-counter", USUAL, async |page| {
        page.open("/lab/signal/eventfd?takes=demand").await;
        page.send("3").await;
        page.says(".wheels", "3").await;
        page.send("4").await;
        page.says(".wheels", "7").await;
        page.tell("receiver", "Take").await;
        page.says(".wheels", "0").await;
        page.sentence_says("took what sender A had added").await;
        page.accessible("a counter").await;
    })
    .await;
}

#[tokio::test]
async fn a_post_wakes_one_of_the_bench() {
    browse("signal-bench", USUAL, async |page| {
        page.open("/lab/signal/semaphore?receivers=2&takes=demand&initial=1")
            .await;
        page.press("Send").await;
        page.says(".wheels", "2").await;
        page.tell("receiver", "Take").await;
        page.says(".wheels", "1").await;
        page.tell("receiver-2", "Take").await;
        page.says(".wheels", "0").await;
        page.tell("receiver-2", "Take").await;
        page.says(".bench", "receiver-2").await;
        page.tell("receiver", "Kill").await;
        page.sentence_says("is dead, and receiver C sleeps on")
            .await;
        page.press("Send").await;
        page.says(".bench", "nobody sleeps").await;
        page.accessible("a bench").await;
    })
    .await;
}
