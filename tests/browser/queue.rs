//! The queues: whole messages on a shelf, and what happens when it is full or removed.

use crate::support::{Page, TELEPHONE, USUAL, browse};

/// What stands on the shelf, the front first.
async fn shelf_holds(page: &Page, texts: &[&str]) {
    let script = format!(
        "return JSON.stringify([...document.querySelectorAll('.envelope .text')].map(one => one.textContent)) === '{}'",
        serde_json::json!(texts)
    );
    page.until(&format!("{texts:?} on the shelf"), &script)
        .await;
}

#[tokio::test]
async fn a_higher_priority_steps_in_front_on_the_shelf() {
    browse("queue-priority", USUAL, async |page| {
        page.open("/lab/queue/posix?consumer=demand").await;
        page.send("plain").await;
        shelf_holds(page, &["plain"]).await;
        page.sentence_says("1 message waits in the queue").await;
        page.fill("#message", "urgent").await;
        page.fill("label.arg input", "9").await;
        page.press("Send").await;
        shelf_holds(page, &["urgent", "plain"]).await;
        page.says(".shelf", "priority 9").await;
        page.accessible_in_both_themes("a queue with two messages")
            .await;
        page.tell("consumer", "Receive").await;
        page.sentence_says("“urgent” went from producer A to consumer B")
            .await;
        shelf_holds(page, &["plain"]).await;
    })
    .await;
}

#[tokio::test]
async fn a_full_queue_lets_its_producer_sleep_with_the_message_in_its_hands() {
    browse("queue-full", USUAL, async |page| {
        page.open("/lab/queue/posix?consumer=demand&maxmsg=1").await;
        page.send("one").await;
        shelf_holds(page, &["one"]).await;
        page.send("two").await;
        page.worker_says("producer", "asleep: queue full").await;
        page.worker_says("producer", "“two” waits to go in").await;
        page.sentence_says("The queue is full: producer A sleeps")
            .await;
        page.tell("consumer", "Receive").await;
        shelf_holds(page, &["two"]).await;
    })
    .await;
}

#[tokio::test]
async fn who_sleeps_in_a_queue_that_is_removed_is_woken_and_told_why() {
    browse("queue-removed", USUAL, async |page| {
        page.open("/lab/queue/sysv").await;
        page.send("hello").await;
        page.sentence_says("“hello” went from").await;
        page.worker_says("consumer", "asks for any type").await;
        page.tell("parent", "Remove").await;
        page.sentence_says("EIDRM").await;
        page.says(".kernel.queue .figure", "gone").await;
        page.accessible_in_both_themes("a queue that was removed")
            .await;
    })
    .await;
}

#[tokio::test]
async fn a_reader_killed_with_the_lock_of_a_ring_keeps_it() {
    browse("queue-ring", USUAL, async |page| {
        page.open("/lab/queue/shared").await;
        page.press("Start").await;
        page.worker_says("consumer", "asleep").await;
        page.says(".case", "consumer has it").await;
        page.tell("consumer", "Kill").await;
        page.says(".case", "consumer has it, and is dead").await;
        page.send("task").await;
        shelf_holds(page, &["task"]).await;
        page.sentence_says("Consumer B is dead, and still has the lock of the readers")
            .await;
        page.accessible_in_both_themes("a ring whose lock is lost")
            .await;
    })
    .await;
}

#[tokio::test]
async fn what_is_put_waits_on_the_card_while_the_feeder_is_held() {
    browse("queue-feeder", USUAL, async |page| {
        page.open("/lab/queue/shared?consumer=demand").await;
        page.press("Start").await;
        page.tell("producer", "Hold feeder").await;
        page.worker_says("producer", "Release feeder").await;
        page.send("later").await;
        page.worker_says("producer", "“later” waits for the feeder")
            .await;
        page.sentence_says("its feeder is held").await;
        page.tell("producer", "Release feeder").await;
        shelf_holds(page, &["later"]).await;
        page.tell("consumer", "Receive").await;
        page.sentence_says("“later” went from producer A to consumer B")
            .await;
    })
    .await;
}

#[tokio::test]
async fn a_queue_fits_a_phone() {
    browse("queue-phone", TELEPHONE, async |page| {
        // A headless window may not become as narrow as that by itself.
        let metrics = serde_json::json!({"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": false});
        page.driver.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        page.open("/lab/queue/sysv?consumer=demand").await;
        page.send("a message").await;
        shelf_holds(page, &["a message"]).await;
        page.send("another message").await;
        shelf_holds(page, &["a message", "another messag…"]).await;
        page.send("a third").await;
        shelf_holds(page, &["a message", "another messag…", "a third"]).await;
        page.fits().await;
    })
    .await;
}

#[tokio::test]
async fn a_full_queue_of_python_s_shows_its_locks_and_who_sleeps() {
    browse("queue-python", USUAL, async |page| {
        page.open("/lab/queue/python?maxsize=1&consumer=demand&roles=producer:python")
            .await;
        page.send("hello").await;
        page.says(".case", "Readers' lock").await;
        page.says(".case", "0 of 1").await;
        page.send("more").await;
        page.sentence_says("The queue is full: producer A sleeps in put")
            .await;
        page.accessible_in_both_themes("Python's queue, full").await;
        page.worker_says("producer", "asleep").await;
        page.tell("consumer", "Receive").await;
        page.worker_says("producer", "waits for you").await;
    })
    .await;
}
