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
