//! `cargo xtask trunk …`: Trunk, with a `wasm-bindgen` of the right version and our optimizer on its `PATH`.
//!
//! Trunk would otherwise download both. It is not needed for `serve` or `test`; it rebuilds the page at every save.

use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Stdio;
use std::{env, fs};

use anyhow::{Context as _, Result};
use clap::Args;

use crate::{page, step, workspace};

/// What `trunk` takes.
#[derive(Debug, Args)]
pub(crate) struct TrunkArgs {
    /// Passed on to Trunk.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// Prepares the tools and runs Trunk.
pub(crate) fn run(args: &TrunkArgs) -> Result<()> {
    let trunk = workspace::on_path("trunk").context(
        "Trunk is not installed; `cargo install trunk --version 0.21.14 --locked` does that, \
         or use `cargo xtask serve --dev`, which needs nothing",
    )?;
    page::add_wasm_target()?;
    let tools = tools()?;
    let mut path = vec![tools, workspace::node_modules().join(".bin")];
    path.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    let mut command = step::program(trunk);
    command.args(&args.rest).stdin(Stdio::inherit());
    command.env(
        "PATH",
        env::join_paths(path).context("PATH has a colon in a folder's name")?,
    );
    step::run(&mut command)
}

/// A folder in which our stand-in is called `wasm-bindgen`.
fn tools() -> Result<PathBuf> {
    step::timed("trunk: its wasm-bindgen", || {
        step::run(step::cargo().args([
            "build",
            "--locked",
            "-p",
            "xtask",
            "--bin",
            "wasm-bindgen-shim",
        ]))
    })?;
    let folder = workspace::target().join("trunk-tools");
    fs::create_dir_all(&folder)?;
    let link = folder.join("wasm-bindgen");
    if fs::symlink_metadata(&link).is_ok() {
        fs::remove_file(&link)?;
    }
    symlink(workspace::target().join("debug/wasm-bindgen-shim"), link)?;
    Ok(folder)
}
