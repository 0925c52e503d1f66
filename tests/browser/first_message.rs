//! From landing to a first message.

use crate::support::{USUAL, browse};

#[tokio::test]
async fn two_clicks_lead_from_landing_to_a_first_message() {
    browse("two-clicks", USUAL, async |page| {
        page.open("/").await;
        let pipe = page.see("a[href$='lab/pipe'], a[href*='lab/pipe/']").await;
        page.click(&pipe).await; // one
        page.press("Send").await; // two
        page.worker_says("writer", "PID ").await;
        page.worker_says("reader", "PID ").await;
        page.log_says("got ").await;
    })
    .await;
}

/// The Tab key, as WebDriver names it.
const TAB: char = '\u{e004}';
/// The Enter key.
const ENTER: char = '\u{e007}';

#[tokio::test]
async fn the_keyboard_alone_is_enough_for_a_first_message() {
    browse("keyboard", USUAL, async |page| {
        page.open("/").await;
        let focus = async |page: &mut crate::support::Page, what: &str, css: &str| {
            for _ in 0..60 {
                page.key(TAB).await;
                let there = page
                    .script(&format!("return document.activeElement.matches(\"{css}\")"))
                    .await;
                if there == serde_json::Value::Bool(true) {
                    return;
                }
            }
            panic!("Tab never leads to {what}");
        };
        focus(page, "the pipe", "a[href*='lab/pipe']").await;
        page.key(ENTER).await;
        page.see("#message").await;
        focus(page, "the message", "#message").await;
        let shown = page
            .script("return getComputedStyle(document.activeElement).outlineStyle")
            .await;
        assert_ne!(shown, "none", "the focus can be seen");
        page.keys("by keyboard").await;
        page.key(ENTER).await;
        page.worker_says("reader", "PID ").await;
        page.sentence_says("by keyboard").await;
    })
    .await;
}

#[tokio::test]
async fn the_landing_page_plays_a_recording_and_does_it_for_real_in_place() {
    browse("for-real", USUAL, async |page| {
        page.open("/").await;
        page.says("[data-test=replay-badge]", "REPLAY").await;
        // It begins with two processes that are there, not with how they were made.
        page.worker_says("writer", "PID ").await;
        page.worker_says("reader", "PID ").await;
        page.press("Do it for real").await;
        page.sentence_says("hello").await;
        page.see("#message").await;
        page.until(
            "no recording any more",
            "return document.querySelector('[data-test=replay-badge]') === null",
        )
        .await;
        let lab = page.link("Go on in the lab").await;
        page.click(&lab).await;
        page.until("the lab", "return location.pathname.endsWith('/lab/pipe')")
            .await;
        page.worker_says("reader", "PID ").await;
    })
    .await;
}
