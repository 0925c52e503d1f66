//! Shared memory: a message that no call carried, a record that is torn, and a lock whose owner is killed.

use crate::support::{TELEPHONE, USUAL, browse};

#[tokio::test]
async fn a_message_is_there_for_both_and_no_call_carried_it() {
    browse("memory-first", USUAL, async |page| {
        page.open("/lab/shared-memory").await;
        page.send("hello").await;
        page.says(".kernel.memory .cells", "hello").await;
        page.says(".kernel.memory .figure", "0").await;
        page.until(
            "two addresses",
            "return document.querySelectorAll('.address').length === 2",
        )
        .await;
        page.sentence_says("“hello” went from writer A to reader B")
            .await;
        page.accessible_in_both_themes("memory with a message")
            .await;
    })
    .await;
}

#[tokio::test]
async fn a_record_of_two_halves_is_called_torn() {
    browse("memory-torn", USUAL, async |page| {
        page.open("/lab/shared-memory/shm?reader=demand").await;
        page.send("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
            .await;
        page.says(".kernel.memory .cells", "AAAAAAAA").await;
        page.tell("reader", "Fill half a record").await;
        page.says(".kernel.memory", "torn: a part of each").await;
        page.sentence_says("The record is torn: a part of it is by reader B")
            .await;
        page.accessible_in_both_themes("a torn record").await;
    })
    .await;
}

#[tokio::test]
async fn who_waits_for_a_dead_owner_is_told_why() {
    browse("memory-owner", USUAL, async |page| {
        page.open("/lab/shared-memory/shm?guard=mutex&reader=demand")
            .await;
        page.send("x").await;
        page.tell("writer", "Lock").await;
        page.says(".kernel.memory .guard", "writer has it").await;
        page.tell("writer", "Kill").await;
        page.tell("reader", "Load the record").await;
        page.sentence_says("sleeps for ever: writer A had the mutex, and is dead")
            .await;
        page.accessible_in_both_themes("a mutex with a dead owner")
            .await;
    })
    .await;
}

#[tokio::test]
async fn on_a_telephone_the_cells_fit() {
    browse("memory-phone", TELEPHONE, async |page| {
        page.open("/lab/shared-memory/sysv?guard=semaphore").await;
        page.send("hello").await;
        page.says(".kernel.memory .cells", "hello").await;
        page.fits().await;
        page.accessible("memory on a telephone").await;
    })
    .await;
}
