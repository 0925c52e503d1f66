//! `ipc-playground inside -- PROGRAM`: a program as a worker of a box. Tests try with it what a worker could.

use crate::{
    sandbox::Isolation,
    spawner::{self, Inmate},
};
use anyhow::{Context, Result};
use std::process::ExitCode;

/// What to run, and in what.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    isolation: Isolation,
    /// The program, by its path in the box, and its arguments.
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    program: Vec<String>,
}

/// Its exit code, or 128 and its signal.
pub(super) fn inside(args: &Args) -> Result<ExitCode> {
    let code = spawner::inside(&args.isolation, &Inmate::new(&args.program)?)
        .context("cannot run it inside")?;
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX)))
}
