//! Links open a page prepared, and start nothing.

use crate::support::{Setting, USUAL, browse};
use serde_json::json;

#[tokio::test]
async fn a_link_prepares_a_run_and_waits_for_the_learner() {
    browse("links", USUAL, async |page| {
        page.server().settled().await;
        page.open("/lab/pipe/fifo?capacity=4096&writers=2").await;
        page.until("a connection", "return document.querySelector('[data-test=connection]')?.dataset.state === 'connected'")
            .await;
        let chosen = page.script("return document.querySelector('input[name=variant]:checked').value").await;
        assert_eq!(chosen, json!("fifo"));
        assert!(page.server().supervisors().is_empty(), "nothing runs before the learner says so");
        page.send("hello").await;
        page.worker_says("writer-2", "PID ").await;
        page.says(".kernel .figure", "of 4,096 bytes").await;
        assert_eq!(page.server().supervisors().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn every_address_opens_its_page_and_starts_nothing() {
    browse("addresses", USUAL, async |page| {
        page.server().settled().await;
        for (path, title) in [
            ("/", "Watch real processes talk"),
            ("/learn", "Learn"),
            ("/learn/pipe/flood", "The flood"),
            ("/lab/pipe", "Pipe"),
            ("/lab/pipe/fifo", "Pipe"),
            ("/lab/queue", "Queue"),
            ("/compare", "What each can do"),
            ("/replay", "Replay"),
            ("/embed/pipe/fifo", "Pipe"),
            ("/embed-builder", "Embed a stage"),
            ("/w/0000000000", "Watching a run"),
            ("/glossary", "Glossary"),
            ("/keys", "Keys"),
        ] {
            page.open(path).await;
            page.until(
                &format!("{path} called {title}"),
                &format!("return document.title.includes('{title}')"),
            )
            .await;
        }
        assert!(
            page.server().supervisors().is_empty(),
            "looking around starts nothing"
        );
    })
    .await;
}

/// The answer is a page, with status 404, which the console notes.
const NOT_FOUND: Setting = Setting {
    console_errors: true,
    ..USUAL
};

#[tokio::test]
async fn an_unknown_address_says_so_and_leads_back() {
    browse("unknown-address", NOT_FOUND, async |page| {
        page.open("/nowhere/at/all").await;
        page.says("main", "no page at").await;
        let home = page.see("main a").await;
        page.click(&home).await;
        page.says("h1", "Watch real processes").await;
    })
    .await;
}
