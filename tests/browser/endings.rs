//! How runs end: SIGPIPE, EPIPE, and the end that somebody forgot.

use crate::support::{USUAL, browse};

#[tokio::test]
async fn a_killed_reader_takes_the_writer_with_it() {
    browse("sigpipe", USUAL, async |page| {
        page.open("/lab/pipe").await;
        page.send("hello").await;
        page.worker_says("reader", "pipe empty").await;
        page.tell("reader", "Kill").await;
        page.worker_says("reader", "killed by SIGKILL").await;
        page.send("anybody?").await;
        page.worker_says("writer", "killed by SIGPIPE").await;
    })
    .await;
}

#[tokio::test]
async fn a_writer_that_ignores_sigpipe_reads_epipe() {
    browse("epipe", USUAL, async |page| {
        page.open("/lab/pipe?sigpipe=ignore").await;
        page.send("hello").await;
        page.worker_says("reader", "pipe empty").await;
        page.tell("reader", "Kill").await;
        page.worker_says("reader", "killed by SIGKILL").await;
        page.send("anybody?").await;
        page.worker_says("writer", "EPIPE").await;
        page.worker_says("writer", "waits for you").await;
    })
    .await;
}

#[tokio::test]
async fn a_closed_write_end_is_end_of_file_for_the_reader() {
    browse("end-of-file", USUAL, async |page| {
        page.open("/lab/pipe").await;
        page.send("hello").await;
        page.worker_says("reader", "pipe empty").await;
        page.tell("writer", "Close write end").await;
        page.worker_says("reader", "exited 0").await;
    })
    .await;
}

#[tokio::test]
async fn a_forgotten_write_end_keeps_the_reader_waiting() {
    browse("forgotten-end", USUAL, async |page| {
        page.open("/lab/pipe?forgotten=reader-write").await;
        page.send("hello").await;
        page.worker_says("reader", "pipe empty").await;
        page.tell("writer", "Close write end").await;
        page.says(".mouth.write", "write end ×1").await;
        page.says(".mouth.write", "reader").await;
        page.worker_says("reader", "asleep: pipe empty").await;
        page.sentence_says("waits for itself").await;
    })
    .await;
}
