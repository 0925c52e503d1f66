//! A lesson, played beat by beat.

use crate::support::{USUAL, browse};

#[tokio::test]
async fn a_lesson_is_played_with_next_and_back_and_asks_before_it_reveals() {
    browse("lesson", USUAL, async |page| {
        page.open("/learn").await;
        let lesson = page.link("The forgotten write end").await;
        page.click(&lesson).await;
        page.says(".quest b", "1 of ").await;
        page.press("Start").await;
        page.worker_says("reader", "PID ").await;
        page.until("the first beat done", DONE).await;
        page.press("Next beat ›").await;
        page.says(".quest b", "2 of ").await;
        page.says("[data-test=beat-ask]", "What does the reader")
            .await;
        // Nothing is revealed before the learner has chosen.
        let revealed = page
            .script("return document.querySelector('.option.right') !== null")
            .await;
        assert_eq!(revealed, false);
        let option = page.see(".ask .option").await;
        page.click(&option).await;
        page.see(".option.right").await;
        page.until("the second beat done", DONE).await;
        let pid = page.pid_of("reader").await;
        page.press("‹ Back").await;
        page.says(".quest b", "1 of ").await;
        page.until(
            "the first beat again, by other processes",
            &format!(
                "const stage = document.querySelector('.stage').textContent;
                 return stage.includes('PID ') && !new RegExp('(?<!\\\\d){pid}(?!\\\\d)').test(stage)"
            ),
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_lesson_that_is_done_leads_to_the_next_one_by_the_same_key() {
    browse("next-lesson", USUAL, async |page| {
        page.open("/learn/queue/cut-to-fit").await;
        page.says(".quest b", "1 of 2").await;
        page.until("its beats", "const next = document.querySelector('#next-beat'); next?.focus(); return next !== null")
            .await;
        page.key(ENTER).await;
        page.until("the first beat done", DONE).await;
        page.key(ENTER).await;
        page.says(".quest b", "2 of 2").await;
        let option = page.see(".ask .option").await;
        page.click(&option).await;
        page.until("the second beat done", DONE).await;
        page.says(".quest-words", "Lesson done.").await;
        page.says("#next-beat", "Next lesson ›").await;
        page.script("document.querySelector('#next-beat').focus()").await;
        page.key(ENTER).await;
        page.until("another lesson", "return !location.pathname.endsWith('/cut-to-fit')")
            .await;
        page.says(".quest b", "1 of ").await;
    })
    .await;
}

/// The Enter key, as WebDriver names it.
const ENTER: char = '\u{e007}';
/// The beat is over, and it went as it should.
const DONE: &str = "return document.querySelector('.quest.done') !== null";
