//! A lost connection, and a page that does not come at all.

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
        // The page must not notice how its sockets are cut: it is cut from outside, by a wrapper set before it loads.
        let wrapper = "const Real = WebSocket; window.sockets = [];
            window.WebSocket = class extends Real {
                constructor(...given) { super(...given); window.sockets.push(this); }
            };";
        page.driver.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": wrapper})).await;
        page.open("/lab/pipe").await;
        page.send("before").await;
        page.worker_says("reader", "pipe empty").await;
        let pid = page.pid_of("reader").await;
        // New connections fail from now on, and the one there is ends.
        let network = |offline: bool| json!({"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
        page.driver.devtools("Network.enable", json!({})).await;
        page.driver.devtools("Network.emulateNetworkConditions", network(true)).await;
        page.script("window.sockets.at(-1).close()").await;
        page.until(
            "a connection that is not live",
            "return document.querySelector('[data-test=connection]').dataset.state !== 'connected'",
        )
        .await;
        page.driver.devtools("Network.emulateNetworkConditions", network(false)).await;
        page.until(
            "a live connection",
            "return document.querySelector('[data-test=connection]').dataset.state === 'connected'",
        )
        .await;
        page.send("after").await;
        page.log_says("after").await;
        assert_eq!(page.pid_of("reader").await, pid, "the same process");
    })
    .await;
}

#[tokio::test]
async fn until_the_page_comes_it_says_that_it_loads_and_why_if_it_never_does() {
    browse("loading", OFFLINE, async |page| {
        // Stays while the module is under way.
        let slow = "WebAssembly.instantiateStreaming = () => new Promise((_, reject) => { window.refuse = reject; });";
        let added = json!({"source": slow});
        page.driver.devtools("Page.addScriptToEvaluateOnNewDocument", added).await;
        page.open_undrawn("/lab/pipe").await;
        page.says("[role=status]", "Loading").await;
        page.until("a module to wait for", "return window.refuse !== undefined").await;
        page.script("window.refuse(new Error('no room for it'))").await;
        page.says("[role=alert]", "could not start: Error: no room for it").await;
        let loading = page.script("return document.querySelector('.loading')").await;
        assert_eq!(loading, json!(null), "nothing loads any more");
    })
    .await;
}
