//! What the tutorial says, checked; what each can do; roles in Python, with the line they are in.

use crate::support::{USUAL, browse};
use serde_json::json;

#[tokio::test]
async fn every_claim_has_its_mark_and_leads_to_its_scene() {
    browse("claims", USUAL, async |page| {
        page.open("/learn").await;
        let link = page.link("Tutorial, checked").await;
        page.click(&link).await;
        page.see(".claims > li").await;
        let lines = include_str!("../../frontend/lessons/claims.jsonl").lines();
        let shown = page
            .script("return document.querySelectorAll('.claims > li').length")
            .await;
        assert_eq!(shown, json!(lines.count()), "one card a claim");
        let whole = page
            .script(
                "return [...document.querySelectorAll('.claims > li')].every(one =>
                    one.querySelector('.mark-of svg') && one.querySelector('.mark-of').innerText.trim() !== ''
                    && one.querySelector('.truth').innerText !== '' && one.querySelector('.scene-of a'))",
            )
            .await;
        assert_eq!(whole, json!(true), "each has a glyph, a word, the truth and a scene");
        for dark in [false, true] {
            page.driver.theme(dark).await;
            page.accessible("the claims").await;
        }
        let scene = page.see(".claims .scene-of a").await;
        page.click(&scene).await;
        page.see("[data-test=stage]").await;
        page.until("a beat to begin with", "return document.querySelector('.quest') !== null")
            .await;
    })
    .await;
}

#[tokio::test]
async fn what_each_can_do_is_a_table_with_words() {
    browse("compare", USUAL, async |page| {
        page.open("/compare").await;
        let cells = page
            .script(
                "const rows = [...document.querySelectorAll('.can.all tbody tr:not(.of-entry)')];
                 return rows.length > 0 && rows.every(row => row.querySelectorAll('td').length === 8
                    && [...row.querySelectorAll('td')].slice(0, 7).every(cell => ['yes', 'no'].includes(cell.innerText.trim())
                        && cell.querySelector('svg')));",
            )
            .await;
        assert_eq!(cells, json!(true));
        page.accessible("the table").await;
        page.open("/lab/pipe/fifo").await;
        page.says(".side .can", "Outlives its processes").await;
        page.says(".side .lesson-list .summary", "A pipe holds 65,536 bytes.").await;
    })
    .await;
}

#[tokio::test]
async fn a_role_in_python_shows_its_source_and_the_line_it_is_in() {
    browse("python", USUAL, async |page| {
        page.open("/lab/pipe/anonymous?roles=writer:python").await;
        page.send("hello").await;
        page.worker_says("writer", "Python").await;
        page.worker_says("reader", "pipe empty").await;
        page.worker_says("writer", "line").await;
        let tab = page.see("#side-source").await;
        page.click(&tab).await;
        page.says(".source summary", "writer.py").await;
        page.says(".source mark", "read").await;
        page.accessible("the sources").await;
    })
    .await;
}
