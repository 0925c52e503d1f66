//! Calls: a line of code with a hole, envelopes that are open, and a server that dies with the answer.

use crate::support::{USUAL, browse};

#[tokio::test]
async fn a_hole_is_filled_with_what_another_process_computed() {
    browse("rpc-call", USUAL, async |page| {
        page.open("/lab/rpc").await;
        page.send("square(5)").await;
        page.says(".hole.filled", "25").await;
        page.says(".opened.request .body", "<methodName>square</methodName>")
            .await;
        page.says(".opened.answer .body", "<i4>25</i4>").await;
        page.sentence_says("returned 25 to client A").await;
        page.accessible_in_both_themes("a call").await;
        page.send("divide(1, 0)").await;
        page.says(".hole.torn", "✗").await;
        page.sentence_says("failed in the server").await;
    })
    .await;
}

#[tokio::test]
async fn a_call_without_answer_may_have_been_executed() {
    browse("rpc-unanswered", USUAL, async |page| {
        page.open("/lab/rpc?dies=after").await;
        page.send("increment()").await;
        page.sentence_says("cannot know whether").await;
        page.says(".became", "executed, or not?").await;
        page.accessible("a call without answer").await;
        page.press("Start again").await;
        page.says(".kernel.seated:not(.removed)", "listens at")
            .await;
        page.send("increment()").await;
        page.says(".hole.filled", "2").await;
        page.says(".kernel.times b", "2").await;
        page.says(".kernel.times", "times executed in all").await;
    })
    .await;
}

#[tokio::test]
async fn what_is_nested_in_a_managers_dictionary_is_changed_in_vain() {
    browse("rpc-manager", USUAL, async |page| {
        page.open("/lab/rpc/manager").await;
        page.send("tasks['1'] = {'done': False}").await;
        page.says(".hole.filled", "None").await;
        page.says(".became", "tasks.__setitem__('1', {'done': False})")
            .await;
        page.says(".opened.request .head", "bytes follow").await;
        page.says(".opened.request .body", "'__setitem__'").await;
        page.says(".opened.answer .body", "'#RETURN'").await;
        page.send("tasks['1']['done'] = True").await;
        page.sentence_says("has changed a copy").await;
        page.says(".became", "changed here only: {'done': True}")
            .await;
        page.accessible_in_both_themes("a copy").await;
        page.send("tasks['1']").await;
        page.says(".hole.filled", "{'done': False}").await;
    })
    .await;
}
