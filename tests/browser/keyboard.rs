//! Arrow keys where there is much to go through: the timeline, the tabs, the log, the buttons of a card. And what the page
//! does for those who asked their system for less motion or for colors of their own.

use crate::support::{Page, USUAL, browse};
use serde_json::{Value, json};

const LEFT: char = '\u{e012}';
const RIGHT: char = '\u{e014}';
const DOWN: char = '\u{e015}';
const HOME: char = '\u{e011}';
const END: char = '\u{e010}';
const ESCAPE: char = '\u{e00c}';
const ENTER: char = '\u{e007}';

/// The lab of the pipe after one message.
async fn after_one(page: &mut Page) {
    page.open("/lab/pipe").await;
    page.send("hello").await;
    page.worker_says("reader", "pipe empty").await;
}

/// What a script says of the element that has the focus, `it`.
async fn focused(page: &Page, say: &str) -> Value {
    page.script(&format!("const it = document.activeElement; return {say};"))
        .await
}

async fn focus(page: &Page, css: &str) {
    page.see(css).await;
    page.script(&format!("document.querySelector('{css}').focus()"))
        .await;
}

#[tokio::test]
async fn the_timeline_is_gone_through_with_arrows() {
    browse("keys-timeline", USUAL, async |page| {
        after_one(page).await;
        focus(page, ".bar-call[tabindex=\"0\"]").await;
        let place =
            "[...document.querySelectorAll('.bar-call')].indexOf(it) + '/' + document.querySelectorAll('.bar-call').length";
        page.key(HOME).await;
        assert!(focused(page, place).await.as_str().is_some_and(|at| at.starts_with("0/")));
        page.key(RIGHT).await;
        assert!(focused(page, place).await.as_str().is_some_and(|at| at.starts_with("1/")));
        page.key(LEFT).await;
        assert!(focused(page, place).await.as_str().is_some_and(|at| at.starts_with("0/")));
        page.key(END).await;
        assert_eq!(focused(page, "it.hasAttribute('data-last')").await, json!(true));
        page.key(LEFT).await;
        page.key(ENTER).await;
        page.says("[role=tab][aria-selected=true]", "X-ray").await;
    })
    .await;
}

#[tokio::test]
async fn tabs_and_the_log_are_gone_through_with_arrows() {
    browse("keys-log", USUAL, async |page| {
        after_one(page).await;
        focus(page, "#side-lesson").await;
        for name in ["X-ray", "Source", "Log", "Lesson"] {
            page.key(RIGHT).await;
            assert_eq!(focused(page, "it.innerText").await, json!(name));
        }
        page.key(END).await;
        assert_eq!(focused(page, "it.innerText").await, json!("Log"));
        focus(page, ".log-rows").await;
        page.key(HOME).await;
        page.until(
            "the first event chosen",
            "return document.querySelector('.row.on')?.dataset.seq === '1'",
        )
        .await;
        page.key(DOWN).await;
        page.until(
            "the second event chosen",
            "return document.querySelector('.row.on')?.dataset.seq === '2'",
        )
        .await;
        assert_eq!(
            focused(page, "it.getAttribute('aria-activedescendant')").await,
            json!("event-2"),
            "a screen reader is told which"
        );
    })
    .await;
}

#[tokio::test]
async fn a_card_is_one_stop_and_its_buttons_are_gone_through_with_arrows() {
    browse("keys-card", USUAL, async |page| {
        after_one(page).await;
        focus(page, ".place.left .act button[tabindex=\"0\"]").await;
        assert_eq!(focused(page, "it.ariaLabel").await, json!("Freeze"));
        page.key(END).await;
        assert_eq!(focused(page, "it.innerText").await, json!("Kill"));
        page.key(LEFT).await;
        page.key(ENTER).await;
        // The fold takes the focus, and gives it back.
        page.until(
            "the focus in the fold",
            "return document.activeElement.closest('.menu') !== null",
        )
        .await;
        page.key(ESCAPE).await;
        page.until("the focus back on the button", BACK_ON_MORE)
            .await;
        // So it does when something in it was chosen.
        page.key(ENTER).await;
        focus(page, ".menu .menu-item button").await;
        page.key(ENTER).await;
        page.until("the focus back after a choice", BACK_ON_MORE)
            .await;
    })
    .await;
}

/// The fold of a card is closed, and the focus is where it was opened.
const BACK_ON_MORE: &str =
    "return document.activeElement.classList.contains('more') && !document.querySelector('.menu')";

#[tokio::test]
async fn a_dialog_gives_the_focus_back_however_it_is_closed() {
    browse("keys-dialog", USUAL, async |page| {
        page.open("/glossary").await;
        let back = "return document.querySelector('dialog') === null && document.activeElement.innerText.startsWith('Keys')";
        for close in [ESCAPE, ENTER] {
            focus(page, ".foot button").await;
            page.key(ENTER).await;
            page.until("an open dialog", "return document.querySelector('dialog')?.open === true")
                .await;
            if close == ENTER {
                focus(page, "dialog header button").await;
            }
            page.key(close).await;
            page.until("the focus where it was", back).await;
        }
    })
    .await;
}

#[tokio::test]
async fn what_the_system_asks_for_is_kept() {
    browse("preferences", USUAL, async |page| {
        let features = json!([
            {"name": "prefers-reduced-motion", "value": "reduce"},
            {"name": "forced-colors", "value": "active"}
        ]);
        page.driver
            .devtools("Emulation.setEmulatedMedia", json!({"features": features}))
            .await;
        after_one(page).await;
        let moves = page
            .script(
                "return [...document.querySelectorAll('*')].filter(one => {
                    const style = getComputedStyle(one);
                    return [style.transitionDuration, style.animationDuration]
                        .some(time => time.split(',').some(part => parseFloat(part) > 0) && style.transitionProperty !== 'none');
                 }).map(one => one.className.toString()).slice(0, 5);",
            )
            .await;
        assert_eq!(moves, json!([]), "something still moves");
        let same = page
            .script(
                "const of = css => getComputedStyle(document.querySelector(css));
                 return of('.letter.a').backgroundColor === of('.letter.b').backgroundColor
                    && of('.proc').borderLeftStyle !== 'none';",
            )
            .await;
        assert_eq!(same, json!(true), "letters, not colors, tell processes apart");
    })
    .await;
}
