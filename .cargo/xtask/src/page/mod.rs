//! `cargo xtask page`: the page, from Rust to the files a browser loads, in target/page.
//!
//! ```text
//! cargo (wasm32, profile wasm-release) ─▶ wasm-bindgen, in this process ─▶ wasm-opt where found ─┐
//! frontend/index.html ─▶ boot script, hashed names ──────────────────────────────────────────────┼─▶ .br .gz ─▶ swap
//! static/, lessons rendered, source of the roles ────────────────────────────────────────────────┘
//! ```
//! The folder is made beside the old one and swapped in, so that nobody ever sees half a page. Nothing is done again
//! that would come out the same: cargo knows what it compiled, a cache holds the optimized module, and a stamp says
//! what the page was made of.

mod bundle;
mod compress;
mod extras;
mod html;
mod lesson;
mod module;
mod optimizer;
mod size;

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hasher as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};

pub(crate) use self::extras::into_trunk as extras_into_trunk;
pub(crate) use self::module::add_wasm_target;
use self::optimizer::Optimizer;
use crate::{step, workspace};

/// Raised when this code bundles the same input differently, so that pages of before are made anew.
const BUNDLER: u32 = 3;

/// What a page that is too large does to the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Budget {
    /// It is said; whoever wants to serve can.
    Told,
    /// It fails.
    Enforced,
}

/// Builds the page where anything changed.
pub(crate) fn build(budget: Budget) -> Result<()> {
    add_wasm_target()?;
    let compiled = step::timed("page: compile", module::compile)?;
    // Cargo lets two of us compile in turn; so must the bundle. Released when it is closed, at the end.
    let turn = File::create(workspace::target().join("page.lock")).context("target/page.lock")?;
    turn.lock().context("target/page.lock")?;
    let optimizer = Optimizer::find();
    let index = workspace::root().join("frontend/index.html");
    let stamp = format!(
        "{BUNDLER} {} {} {} {} {}\n",
        digest(&fs::read(&compiled)?),
        digest(&fs::read(&index)?),
        bundle::digest_of_folder(&workspace::root().join("static"))?,
        extras::digest_of_all()?,
        optimizer.identity(),
    );
    let page = workspace::page();
    let stamp_file = workspace::target().join("page.stamp");
    if page.join("index.html").is_file() && is(&stamp_file, &stamp) {
        step::say("page: nothing changed");
    } else {
        step::timed("page: bundle", || {
            // The stamp goes first and comes last: a bundle that was interrupted has none.
            if stamp_file.exists() {
                fs::remove_file(&stamp_file)?;
            }
            let module = module::make(&compiled, &optimizer)?;
            let template = fs::read_to_string(&index).context("frontend/index.html")?;
            bundle::bundle(&module, &template, &page)?;
            fs::write(&stamp_file, &stamp).context("cannot write the stamp")
        })?;
    }
    step::say(&size::measure(&page)?.to_string());
    match budget {
        Budget::Told => Ok(()),
        Budget::Enforced => keeps_its_budget(),
    }
}

/// Fails if the page that was built is over its budget.
pub(crate) fn keeps_its_budget() -> Result<()> {
    let size = size::measure(&workspace::page())?;
    if !size.is_over() {
        return Ok(());
    }
    if Optimizer::find().is_found() {
        bail!("the page is over its budget: {size}");
    }
    step::say("page: its size counts only after wasm-opt, so the budget was not applied");
    Ok(())
}

fn is(file: &Path, text: &str) -> bool {
    fs::read_to_string(file).is_ok_and(|found| found == text)
}

/// A short name for content. Not a checksum against malice: it only tells versions apart.
fn digest(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    format!("{:016x}", hasher.finish())
}
