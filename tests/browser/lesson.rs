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

/// The beat is over, and it went as it should.
const DONE: &str = "return document.querySelector('.quest.done') !== null";
