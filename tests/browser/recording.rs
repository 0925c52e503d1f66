//! A recording needs no server.

use crate::support::{Page, Setting, USUAL, browse};
use fantoccini::Locator;
use harness::Cli;

/// The server is gone, which the console says.
const ALONE: Setting = Setting {
    console_errors: true,
    ..USUAL
};

#[tokio::test]
async fn a_recording_is_opened_with_the_server_stopped() {
    let cli = Cli::new();
    let file = cli.place.tmp.join("run.jsonl");
    let file = file.to_str().expect("a plain path");
    cli.run(["run", "pipe", "--send", "recorded", "--record", file])
        .await
        .ok();
    browse("recording", ALONE, async |page| {
        page.open("/replay").await;
        if let Some(mut server) = page.server.take() {
            server.stop().await;
        }
        let input = page
            .driver
            .client
            .find(Locator::Css("input[type=file]"))
            .await
            .expect("a field for files");
        input.send_keys(file).await.expect("a file can be chosen");
        page.until(
            "the badge",
            "return document.body.innerText.includes('REPLAY')",
        )
        .await;
        page.worker_says("reader", "not started").await;
        scrub(page, "range.max").await;
        page.worker_says("reader", "exited 0").await;
        page.log_says("recorded").await;
        scrub(page, "1").await;
        page.worker_says("reader", "not started").await;
    })
    .await;
}

/// Moves the slider.
async fn scrub(page: &Page, to: &str) {
    let script = format!(
        "const range = document.querySelector('.player input[type=range]'); range.value = {to};
         range.dispatchEvent(new Event('input', {{bubbles: true}}));"
    );
    page.script(&script).await;
}
