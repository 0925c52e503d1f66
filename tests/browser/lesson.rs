//! A lesson, played beat by beat.

use crate::support::{USUAL, browse};

#[tokio::test]
async fn a_lesson_is_played_with_next_and_back_and_asks_before_it_reveals() {
    browse("lesson", USUAL, async |page| {
        page.open("/learn").await;
        let lesson = page.link("forgotten").await;
        page.click(&lesson).await;
        page.press("Next").await;
        page.worker_says("reader", "pid").await;
        let place = "return document.querySelector('[aria-current=step]')?.dataset.beat";
        let first = page.script(place).await;
        page.press("Next").await;
        page.until(
            "a question",
            "return document.querySelector('fieldset.ask, .ask') !== null",
        )
        .await;
        let option = page.see(".ask label, .ask button").await;
        page.click(&option).await;
        page.until(
            "the answer revealed",
            "return document.querySelector('.ask .right, .ask [data-right]') !== null",
        )
        .await;
        page.press("Back").await;
        page.until(
            "the first beat again",
            &format!("{place} === '{}'", first.as_str().unwrap_or_default()),
        )
        .await;
    })
    .await;
}
