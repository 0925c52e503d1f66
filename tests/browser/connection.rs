//! A lost connection.

use crate::support::{Setting, USUAL, browse};
use serde_json::json;

/// Being offline is an error on the console, and is meant to be.
const OFFLINE: Setting = Setting {
    console_errors: true,
    ..USUAL
};

#[tokio::test]
async fn a_lost_connection_is_shown_and_the_same_run_goes_on_after() {
    browse("reconnect", OFFLINE, async |page| {
        page.open("/lab/pipe").await;
        page.send("before").await;
        page.worker_says("reader", "pipe empty").await;
        let pid = page.script("return document.querySelector('[data-worker=reader]').innerText.match(/pid\\s+(\\d+)/i)[1]").await;
        let network = |offline: bool| {
            json!({"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})
        };
        page.driver.devtools("Network.enable", json!({})).await;
        page.driver.devtools("Network.emulateNetworkConditions", network(true)).await;
        // The emulation does not touch sockets that are open; the loss is made by the page's own hook or the server.
        page.script("window.dispatchEvent(new Event('offline'))").await;
        page.says("[data-connection]", "econnecting").await;
        page.driver.devtools("Network.emulateNetworkConditions", network(false)).await;
        page.says("[data-connection]", "ive").await;
        page.send("after").await;
        page.until(
            "the message after the break in the log",
            "return document.querySelector('#log, [role=log], .log')?.innerText.includes('after')",
        )
        .await;
        let again = page.script("return document.querySelector('[data-worker=reader]').innerText.match(/pid\\s+(\\d+)/i)[1]").await;
        assert_eq!(pid, again, "the same process");
    })
    .await;
}
