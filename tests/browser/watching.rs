//! A class looks at the presenter's run on screens of its own.

use crate::support::{Page, TELEPHONE, USUAL, browse};
use serde_json::json;

/// The beat is over, and it went as it should.
const DONE: &str = "return document.querySelector('.quest.done') !== null";

/// Opens the watch link of a run, and says its path.
async fn invite(page: &Page) -> String {
    page.press("Watch link").await;
    page.see("#dialog .qr").await;
    let path = page
        .script("return new URL(document.querySelector('#dialog .link').innerText).pathname")
        .await;
    path.as_str().expect("an address").to_owned()
}

#[tokio::test]
async fn a_class_follows_the_presenter_looks_around_and_comes_back() {
    browse("watching", USUAL, async |page| {
        page.open("/learn/pipe/forgotten-end").await;
        page.press("Start").await;
        page.until("the first beat done", DONE).await;
        let path = invite(page).await;
        page.says("[data-test=watchers]", "Nobody watches yet").await;
        page.accessible_in_both_themes("the watch link").await;
        let mut class = page.another(TELEPHONE).await;
        class.open(&path).await;
        class.says(".quest b", "1 of ").await;
        class.until("the beat as the presenter has it", DONE).await;
        class.says("[data-test=sentence]", " ").await;
        page.says("[data-test=watchers]", "1 watches").await;
        page.press("Close").await;
        page.says("#watch-link", "1 watches").await;

        // What is asked, what is chosen and what comes of it is on both screens.
        page.press("Next beat ›").await;
        class.says(".quest b", "2 of ").await;
        class.says("[data-test=beat-ask]", "What does the reader").await;
        let hidden = class.script("return document.querySelector('.option.right') === null").await;
        assert_eq!(hidden, true, "the class sees the answer when the presenter does");
        let option = page.see(".ask .option").await;
        page.click(&option).await;
        class.see(".option.right").await;
        assert_eq!(class.pid_of("reader").await, page.pid_of("reader").await);

        // There is nothing to press but looking, and nothing of it reaches the run.
        let controls = "return [...document.querySelectorAll('#send, #next-beat, #end-run, #restart, .stage .actions button')].length";
        assert_eq!(class.script(controls).await, json!(0));
        class.accessible_in_both_themes("a run that is watched").await;
        class.fits().await;
        let call = class.see("button.bar-call").await;
        class.click(&call).await;
        class.says("[data-test=watching]", "You look around").await;
        class.press("Back to the presenter").await;
        class.says("[data-test=watching]", "The presenter leads").await;

        // The presenter goes back: that is another run, and the class is there too.
        let before = page.pid_of("reader").await;
        page.press("‹ Back").await;
        page.until(
            "the beats before, by other processes",
            &format!(
                "const stage = document.querySelector('.stage').textContent;
                 return stage.includes('PID ') && !new RegExp('(?<!\\\\d){before}(?!\\\\d)').test(stage)
                    && document.querySelector('.quest-words').innerText.includes('Predict first')"
            ),
        )
        .await;
        let now = page.pid_of("reader").await;
        class.says(".quest-words", "Predict first").await;
        class
            .until(
                "the same processes",
                &format!("return new RegExp('(?<!\\\\d){now}(?!\\\\d)').test(document.querySelector('.stage').textContent)"),
            )
            .await;
        // Whoever leaves and comes back is where the others are.
        class.open(&path).await;
        class.says(".quest b", "2 of ").await;
        class.says(".quest-words", "Predict first").await;
        class.driver.quit().await;
        page.says("#watch-link", "Watch link").await;
    })
    .await;
}

#[tokio::test]
async fn the_class_sees_what_the_presenter_looks_at() {
    browse("watching-selection", USUAL, async |page| {
        page.open("/lab/pipe").await;
        page.send("hello").await;
        page.worker_says("reader", "pipe empty").await;
        let path = invite(page).await;
        page.press("Close").await;
        let mut class = page.another(USUAL).await;
        class.open(&path).await;
        class.worker_says("reader", "pipe empty").await;
        // What was before it came is in its log, too.
        class.log_says("hello").await;
        let tie = page.see("button.tie-label").await;
        page.click(&tie).await;
        class.says("#side-xray", "#1").await;
        page.send("more").await;
        class.log_says("more").await;
        page.press("End run").await;
        class.says("[data-test=sentence]", "ended").await;
        class.driver.quit().await;
    })
    .await;
}

#[tokio::test]
async fn a_code_that_leads_nowhere_says_so() {
    browse("watching-nowhere", USUAL, async |page| {
        page.open("/w/0000000000").await;
        page.says("main", "leads to no run").await;
        page.says("main", "Ask for the link again").await;
    })
    .await;
}
