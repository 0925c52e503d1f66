//! `cargo xtask build` and `cargo xtask serve`.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context as _, Result};
use clap::Args;

use crate::{page, step, workspace};

/// What `serve` takes. All else goes to the server as it is.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Where to listen on this machine.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// A server that is quick to build, and that lets `cargo xtask trunk serve` stand before it.
    #[arg(long, conflicts_with = "release")]
    dev: bool,
    /// A server that is quick to run. This is the default.
    #[arg(long)]
    release: bool,
    /// Passed on to `ipc-playground serve`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// How the server is compiled.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Profile {
    Dev,
    Release,
}

/// Builds page and server, and gives the path of the server.
pub(crate) fn build(profile: Profile) -> Result<PathBuf> {
    page::build(page::Budget::Told)?;
    compile(profile)
}

/// Builds the server with the page as it lies in target/page.
pub(crate) fn compile(profile: Profile) -> Result<PathBuf> {
    step::timed("server: compile", || {
        let mut cargo = step::cargo();
        cargo.args(["build", "--locked", "-p", "ipc-playground"]);
        if matches!(profile, Profile::Release) {
            cargo.arg("--release");
        }
        step::run(&mut cargo)
    })?;
    let folder = match profile {
        Profile::Dev => "debug",
        Profile::Release => "release",
    };
    Ok(workspace::target().join(folder).join("ipc-playground"))
}

/// Builds both, then becomes the server, so that signals reach it and nothing stands between.
pub(crate) fn serve(args: &ServeArgs) -> Result<()> {
    let profile = if args.dev {
        Profile::Dev
    } else {
        Profile::Release
    };
    let server = build(profile)?;
    let mut command = step::program(&server);
    command
        .arg("serve")
        .args(["--port", &args.port.to_string()]);
    if args.dev {
        command.arg("--dev");
    }
    command.args(&args.rest).stdin(Stdio::inherit());
    Err(command.exec()).with_context(|| format!("cannot start {}", server.display()))
}
