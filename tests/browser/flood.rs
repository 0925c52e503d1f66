//! A frozen reader and a flood.

use crate::support::{USUAL, browse};

#[tokio::test]
async fn a_flood_stops_at_exactly_65536_bytes_and_the_writer_sleeps() {
    browse("flood", USUAL, async |page| {
        page.open("/lab/pipe").await;
        page.send("hello").await;
        page.worker_says("reader", "pipe empty").await;
        page.tell("reader", "Freeze").await;
        page.worker_says("reader", "frozen").await;
        page.flood(4096, 20).await;
        page.tube_holds("65,536").await;
        page.worker_says("writer", "asleep: pipe full").await;
        page.worker_says("writer", "write(").await;
        page.sentence_says("sleeps").await;
        page.tell("reader", "Resume").await;
        page.tube_holds("0").await;
        page.worker_says("writer", "waits for you").await;
    })
    .await;
}
