//! A telephone, held upright.

use crate::support::{TELEPHONE, browse};

#[tokio::test]
async fn a_narrow_screen_has_tabs_for_scene_lesson_and_log_and_does_not_scroll_sideways() {
    browse("narrow", TELEPHONE, async |page| {
        // A headless window may not become as narrow as that by itself.
        let metrics = serde_json::json!({"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": false});
        page.driver.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        for path in [
            "/",
            "/lab/file",
            "/lab/pipe",
            "/lab/queue",
            "/lab/shared-memory",
            "/lab/signal",
            "/learn",
            "/learn/checked",
            "/compare",
            "/replay",
        ] {
            page.open(path).await;
            page.fits().await;
        }
        page.open("/lab/pipe").await;
        page.send("hello").await;
        page.worker_says("reader", "pipe empty").await;
        for tab in ["Lesson", "Log", "Scene"] {
            page.press(tab).await;
            page.until(
                &format!("tab {tab} chosen"),
                &format!("return [...document.querySelectorAll('[role=tab][aria-selected=true]')].some(one => one.innerText.trim() === '{tab}')"),
            )
            .await;
            page.fits().await;
        }
    })
    .await;
}
