//! A file: a message that lies there, the torn read and its cure, the lock and the stranger.

use crate::support::{TELEPHONE, USUAL, browse};

#[tokio::test]
async fn a_message_lies_in_the_file_until_the_reader_is_told_to_read() {
    browse("file-first", USUAL, async |page| {
        page.open("/lab/file").await;
        page.says(".kernel.file", "shared_data.txt").await;
        page.send("hello").await;
        page.says(".bytes", "hello").await;
        page.says(".kernel.file .figure", "5 bytes").await;
        page.sentence_says("“hello” lies in the file. Reader B does not know")
            .await;
        page.tell("reader", "Read").await;
        page.sentence_says("“hello” went from writer A to reader B")
            .await;
        page.says(".bytes", "hello").await;
        page.accessible_in_both_themes("a file that was read").await;
    })
    .await;
}

#[tokio::test]
async fn a_reader_between_open_and_write_finds_nothing_and_is_told_why() {
    browse("file-torn", USUAL, async |page| {
        page.open("/lab/file/write").await;
        page.send("version 1").await;
        page.says(".bytes", "version 1").await;
        page.tell("writer", "Open only").await;
        page.says(".bytes", "empty").await;
        page.tell("reader", "Read").await;
        page.sentence_says("Reader B found nothing: writer A has emptied the file")
            .await;
        page.says(".looks", "found nothing").await;
        page.accessible_in_both_themes("a file that was emptied")
            .await;
    })
    .await;
}

#[tokio::test]
async fn a_replaced_file_keeps_its_old_inode_for_who_has_it_open() {
    browse("file-rename", USUAL, async |page| {
        page.open("/lab/file/rename").await;
        page.send("version 1").await;
        page.says(".bytes", "version 1").await;
        page.tell("reader", "Open").await;
        page.worker_says("reader", "stands at 0").await;
        page.send("version 2").await;
        page.says(".kernel.nameless", "no name leads here any more")
            .await;
        page.says(".kernel.nameless .bytes", "version 1").await;
        page.sentence_says("Reader B has a file open that has no name any more")
            .await;
        page.accessible_in_both_themes("a file without a name")
            .await;
    })
    .await;
}

#[tokio::test]
async fn a_lock_keeps_a_writer_waiting_and_not_the_stranger() {
    browse("file-locks", TELEPHONE, async |page| {
        page.open("/learn/file/locks").await;
        page.press("Start").await;
        page.until("the first beat done", DONE).await;
        page.says(".lock", "writer has flock, exclusive, the whole file")
            .await;
        page.press("Next beat ›").await;
        let option = page.see(".ask .option").await;
        page.click(&option).await;
        page.says(".lock.waits", "writer-2 waits for flock").await;
        page.sentence_says("Writer B sleeps in flock: writer A has the lock")
            .await;
        page.accessible_in_both_themes("a lock and who waits for it")
            .await;
    })
    .await;
}

/// The beat is over, and it went as it should.
const DONE: &str = "return document.querySelector('.quest.done') !== null";
