//! The page: its size on the wire, and how long an update takes with a long log.

use std::fs;

use anyhow::{Context as _, Result, ensure};

use crate::figures::{Bound, Goal};

/// wasm and JS after brotli-11: what a first visit loads beside fonts and styles, kB.
const PAGE_BUDGET_KB: f64 = 150.0;

/// Sums the brotli siblings that the server sends.
pub(crate) fn size() -> Result<Vec<Goal>> {
    let mut bytes = 0;
    let mut files = 0;
    for entry in fs::read_dir(harness::program::workspace().join("target/page")).context("build the page first: cargo xtask page")? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".js.br") || name.ends_with(".wasm.br") {
            bytes += entry.metadata()?.len();
            files += 1;
        }
    }
    ensure!(files >= 2, "target/page has no compressed wasm and JS: cargo xtask page");
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
