//! axe-core finds nothing serious, in either theme.

use crate::support::{USUAL, browse};

async fn both_themes(name: &str, path: &'static str, run: bool) {
    browse(name, USUAL, async |page| {
        page.open(path).await;
        if run {
            page.send("hello").await;
            page.worker_says("reader", "pipe empty").await;
        }
        for dark in [false, true] {
            page.driver.theme(dark).await;
            page.accessible(&format!("{path} {}", if dark { "dark" } else { "light" }))
                .await;
        }
    })
    .await;
}

#[tokio::test]
async fn home_is_accessible() {
    both_themes("axe-home", "/", false).await;
}

#[tokio::test]
async fn the_lab_before_a_run_is_accessible() {
    both_themes("axe-lab", "/lab/pipe", false).await;
}

#[tokio::test]
async fn the_lab_with_a_run_is_accessible() {
    both_themes("axe-run", "/lab/pipe", true).await;
}

#[tokio::test]
async fn the_lessons_are_accessible() {
    both_themes("axe-learn", "/learn", false).await;
}

#[tokio::test]
async fn the_player_is_accessible() {
    both_themes("axe-replay", "/replay", false).await;
}
