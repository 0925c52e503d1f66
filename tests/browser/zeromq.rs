//! ZeroMQ: a message on a shelf, an update that reaches nobody, a publisher that comes back.

use crate::support::{TELEPHONE, USUAL, browse};

#[tokio::test]
async fn an_update_stands_on_a_shelf_and_reaches_all() {
    browse("zeromq-shelf", USUAL, async |page| {
        page.open("/").await;
        page.click(&page.link("ZeroMQ").await).await;
        page.says("h1", "ZeroMQ").await;
        page.open("/lab/zeromq").await;
        page.send("Update 0").await;
        page.sentence_says("“Update 0” went from publisher A to subscriber")
            .await;
        // Which of the two is first is nobody's promise.
        for who in ["subscriber B", "subscriber C"] {
            page.sentence_says(who).await;
        }
        page.says(".zmq .link.up", "connected").await;
        page.says(".zmq .bin", "Bin: empty").await;
        // Who does not run takes nothing from its socket: a byte of flags, one of length, and the message.
        page.tell("subscriber", "Freeze").await;
        page.worker_says("subscriber", "frozen").await;
        page.send("Update 1").await;
        page.says(".zmq .provenance", "10 bytes").await;
        page.accessible_in_both_themes("houses, and a message in the kernel")
            .await;
        page.tell("subscriber", "Resume").await;
        page.sentence_says("“Update 1” went from publisher A to subscriber")
            .await;
    })
    .await;
}

#[tokio::test]
async fn what_is_published_too_early_is_in_the_bin() {
    browse("zeromq-slow-joiner", USUAL, async |page| {
        page.open("/lab/zeromq?subscribers=1&order=told&handshake=off")
            .await;
        page.send("Update 0").await;
        page.sentence_says("will reach nobody").await;
        page.sentence_says("Nobody was connected").await;
        page.says(".zmq .bin", "1 gone for good").await;
        page.says(".zmq .link", "not connected").await;
        page.accessible_in_both_themes("a message in the bin").await;
        // The cure: to wait until somebody has said that it is there.
        page.open("/lab/zeromq?subscribers=1&order=told").await;
        page.send("Update 0").await;
        page.says(".zmq .house", "waits for subscribers: 0 of 1")
            .await;
        page.tell("subscriber", "Connect").await;
        page.sentence_says("“Update 0” went from publisher A to subscriber B")
            .await;
        page.says(".zmq .bin", "Bin: empty").await;
    })
    .await;
}

#[tokio::test]
async fn who_was_killed_is_connected_again_by_itself() {
    browse("zeromq-reconnects", TELEPHONE, async |page| {
        // A headless window may not become as narrow as that by itself.
        let metrics = serde_json::json!({"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": false});
        page.driver.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        page.open("/lab/zeromq?subscribers=1").await;
        page.send("one").await;
        page.sentence_says("“one” went from publisher A").await;
        page.tell("publisher", "Kill").await;
        page.says(".zmq .link", "it tries again by itself").await;
        page.accessible("a connection that is tried again").await;
        page.press("Start again").await;
        page.says(".zmq .link.up", "connected").await;
        page.send("two").await;
        page.sentence_says("“two” went from publisher A").await;
        page.fits().await;
    })
    .await;
}

#[tokio::test]
async fn a_second_question_before_the_answer_is_refused() {
    browse("zeromq-lock-step", USUAL, async |page| {
        page.open("/lab/zeromq/req-rep?receiver=demand").await;
        page.send("one").await;
        page.says(".zmq .in", "1 of 1,000").await;
        page.send("two").await;
        page.sentence_says("client may not send now: EFSM").await;
        page.tell("server", "Receive").await;
        page.tell("client", "Receive").await;
        page.sentence_says("“re: one” went from server B to client A")
            .await;
        page.accessible("questions and answers").await;
    })
    .await;
}
