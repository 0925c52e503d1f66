//! Sockets: two sends that arrive as one, a bench that is full, an address where nobody listens, a mailbox that overflows, a
//! cable that is pulled.

use crate::support::{TELEPHONE, USUAL, browse};

#[tokio::test]
async fn two_sends_lie_in_one_tank_and_come_out_as_one() {
    browse("socket-stream", USUAL, async |page| {
        page.open("/").await;
        page.click(&page.link("Socket").await).await;
        page.says("h1", "Socket").await;
        page.open("/lab/socket").await;
        page.send("hello").await;
        page.sentence_says("“hello” went from client A to server B")
            .await;
        page.says(".wire", "ESTABLISHED").await;
        page.tell("server", "Freeze").await;
        page.worker_says("server", "frozen").await;
        page.send("Hello").await;
        page.says(".lane.there", "5 bytes").await;
        page.send("World").await;
        page.says(".lane.there", "10 bytes").await;
        page.says(".lane.there", "then 1 more").await;
        page.accessible_in_both_themes("a connection with ten bytes unread")
            .await;
        page.tell("server", "Resume").await;
        page.sentence_says("server B got “HelloWorld”").await;
        page.says(".lane.there", "0 bytes").await;
    })
    .await;
}

#[tokio::test]
async fn who_finds_the_bench_full_gets_no_answer() {
    browse("socket-bench", USUAL, async |page| {
        page.open("/lab/socket?clients=3&connect=demand&backlog=0&takes=demand")
            .await;
        page.press("Start").await;
        page.says(".seated", "of 0 in the accept queue").await;
        page.tell("client", "Connect").await;
        page.says(".seated.full", "the kernel lets in one more")
            .await;
        page.tell("client-2", "Connect").await;
        page.sentence_says("The accept queue is full: client B sleeps in connect")
            .await;
        page.says(".knocks", "client-2 has asked").await;
        page.says(".wire-end", "no answer yet").await;
        page.accessible_in_both_themes("a full bench").await;
    })
    .await;
}

#[tokio::test]
async fn a_refused_client_learns_where_the_server_listens() {
    browse("socket-refused", USUAL, async |page| {
        page.open("/lab/socket?bind=second&connect=demand").await;
        page.press("Start").await;
        page.says(".seated", "listens at").await;
        page.tell("client", "Connect").await;
        page.sentence_says("Client A was refused: ECONNREFUSED")
            .await;
        page.accessible_in_both_themes("a client that was refused")
            .await;
    })
    .await;
}

#[tokio::test]
async fn a_full_mailbox_throws_away_and_counts() {
    browse("socket-mailbox", TELEPHONE, async |page| {
        // A headless window may not become as narrow as that by itself.
        let metrics = serde_json::json!({"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": false});
        page.driver.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        page.open("/lab/socket/udp?takes=demand&rcvbuf=1024").await;
        page.fill("#times", "40").await;
        page.send("datagram").await;
        page.says(".mailbox", "thrown away by the kernel").await;
        page.sentence_says("thrown away: its mailbox is full").await;
        page.fits().await;
    })
    .await;
}

#[tokio::test]
async fn a_pulled_cable_is_seen_and_what_is_sent_again_is_counted() {
    browse("socket-cable", USUAL, async |page| {
        page.open("/lab/socket?machines=two").await;
        page.press("Start").await;
        let told = "return document.querySelector('.cable') !== null || document.body.innerText.includes('does not permit')";
        page.until("a cable, or why there is none", told).await;
        if page.text().await.contains("does not permit") {
            return;
        }
        page.says(".cable", "clients’ machine").await;
        page.says(".cable", "The cable is in").await;
        page.says(".wire", "ESTABLISHED").await;
        page.tell("server", "Pull the cable").await;
        page.says(".cable.pulled", "nobody is told").await;
        page.sentence_says("The cable is pulled").await;
        page.send("meanwhile").await;
        page.says(".lane.there", "of them again").await;
        page.accessible_in_both_themes("a pulled cable").await;
        page.tell("server", "Plug the cable in").await;
        page.says(".cable", "The cable is in").await;
        page.says(".lane.there", "0 in the send buffer").await;
    })
    .await;
}
