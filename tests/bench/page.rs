//! The page: its size on the wire, and how long an update takes with a long log.

#[path = "../browser/support/driver.rs"]
#[expect(dead_code, reason = "the browser tests use the rest")]
mod driver;

use std::{fs, time::Duration};

use anyhow::{Context as _, Result, bail, ensure};
use driver::Driver;
use fantoccini::{Client, Locator};
use harness::{Account, TestServer};
use serde_json::Value;

use crate::figures::{Bound, Goal, percentile};

/// wasm and JS after brotli-11: what a first visit loads beside fonts and styles, kB.
const PAGE_BUDGET_KB: f64 = 250.0;

/// Sums the brotli siblings that the server sends.
pub(crate) fn size() -> Result<Vec<Goal>> {
    let mut bytes = 0;
    let mut files = 0;
    for entry in fs::read_dir(harness::program::workspace().join("target/page"))
        .context("build the page first: cargo xtask page")?
    {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".js.br") || name.ends_with(".wasm.br") {
            bytes += entry.metadata()?.len();
            files += 1;
        }
    }
    ensure!(
        files >= 2,
        "target/page has no compressed wasm and JS: cargo xtask page"
    );
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let value = bytes as f64 / 1000.0;
    Ok(vec![Goal {
        name: "wasm and JS, brotli-11, without fonts".to_owned(),
        value,
        unit: "kB",
        bound: Bound::AtMost(PAGE_BUDGET_KB),
        detail: format!("{files} files"),
    }])
}

/// Events in the log before anything is measured.
const LOGGED: u64 = 100_000;
/// Messages of the paced burst that is measured: about three seconds of it.
const PACED: u32 = 10_000;

/// A real run floods a real browser; the page itself marks where its update of a frame begins and ends.
pub(crate) fn log() -> Result<Vec<Goal>> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let server = TestServer::with(Account::Ours, &["--events-per-second", "0"]);
            let driver = Driver::start((1280, 800)).await;
            let measured = flood(&driver, &server).await;
            driver.quit().await;
            measured
        })
}

async fn flood(driver: &Driver, server: &TestServer) -> Result<Vec<Goal>> {
    let page = &driver.client;
    page.goto(&server.url("/lab/pipe/anonymous?xray=off&pace=230&measure"))
        .await?;
    page.wait().for_element(Locator::Css("#message")).await?;
    let times = page.find(Locator::Css("#times")).await?;
    times.clear().await?;
    times.send_keys(&PACED.to_string()).await?;
    // The log is what is updated: it must be in sight.
    script(page, "[...document.querySelectorAll('[role=tab]')].filter(tab => tab.innerText.trim() === 'Log').forEach(tab => tab.click())")
        .await?;
    let mut before = 0;
    while before < LOGGED {
        send(page).await?;
        before = rest(page, before).await?;
    }
    script(page, "performance.clearMeasures()").await?;
    send(page).await?;
    let after = rest(page, before).await?;
    let ms = durations(page, "ipc-frame").await?;
    let fold = durations(page, "ipc-fold").await?;
    ensure!(ms.len() > 30, "only {} frames were measured", ms.len());
    Ok(vec![Goal {
        name: "update of the page, p50 of a frame".to_owned(),
        value: percentile(&ms, 0.5),
        unit: "ms",
        bound: Bound::AtMost(8.0),
        detail: format!(
            "{} frames, of which reading {:.1}; p90 {:.1}, p99 {:.1}; {before} to {after} events in the log",
            ms.len(),
            percentile(&fold, 0.5),
            percentile(&ms, 0.9),
            percentile(&ms, 0.99)
        ),
    }])
}

/// What the page measured of itself, milliseconds, sorted.
async fn durations(page: &Client, name: &str) -> Result<Vec<f64>> {
    let entries =
        format!("return performance.getEntriesByName('{name}').map(entry => entry.duration)");
    let mut ms: Vec<f64> = serde_json::from_value(script(page, &entries).await?)?;
    ms.sort_by(f64::total_cmp);
    Ok(ms)
}

async fn send(page: &Client) -> Result<()> {
    script(page, "[...document.querySelectorAll('button')].find(button => button.innerText.trim() === 'Send').click()").await?;
    Ok(())
}

/// Waits until the log has grown and grows no more; how many rows it has.
async fn rest(page: &Client, before: u64) -> Result<u64> {
    let mut last = before;
    for _ in 0..MOST_LOOKS {
        tokio::time::sleep(LOOK).await;
        let rows = script(page, "return Number(document.querySelector('[aria-rowcount]')?.getAttribute('aria-rowcount') ?? 0)").await?;
        let rows = rows.as_u64().unwrap_or(0);
        if rows > before && rows == last {
            return Ok(rows);
        }
        last = rows;
    }
    bail!("the log does not come to rest; it has {last} rows")
}

/// Between two looks at the log.
const LOOK: Duration = Duration::from_millis(700);
/// A burst of this bench is over long before.
const MOST_LOOKS: u32 = 60;

async fn script(page: &Client, script: &str) -> Result<Value> {
    Ok(page.execute(script, Vec::new()).await?)
}
