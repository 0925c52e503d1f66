//! The commands of this workspace, so that two of them are all a newcomer needs: `cargo xtask serve` and
//! `cargo xtask test`.
//!
//! ```text
//! serve ─▶ build ─▶ page ─▶ cargo (wasm32) ─▶ wasm-bindgen ─▶ wasm-opt ─▶ target/page
//!            └────▶ cargo (server, with the page inside) ─▶ target/release/ipc-playground
//! test  ─▶ tools ─▶ format ─▶ page ─▶ lints ─▶ unit ─▶ documentation ─▶ conformance, faults, oracle, browser
//! ```

mod bench;
mod page;
mod server;
mod step;
mod test;
#[cfg(test)]
mod tidy;
mod trunk;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The commands of this workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the page and the server, then serve on this machine.
    Serve(server::ServeArgs),
    /// Install what the tests need, then check everything. CI runs exactly this.
    Test(test::TestArgs),
    /// Make target/release/ipc-playground, one file with the page inside.
    Build,
    /// Measure what PERFORMANCE promises, each figure beside its floor.
    Bench(bench::BenchArgs),
    /// Build only the page, into target/page.
    Page,
    /// For Trunk's hook: put lessons and sources into the page it makes.
    #[command(hide = true)]
    Extras,
    /// Run Trunk with the tools it needs, e.g. `cargo xtask trunk serve`.
    Trunk(trunk::TrunkArgs),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(args) => server::serve(&args),
        Command::Test(args) => test::run(&args),
        Command::Build => server::build(server::Profile::Release).map(|server| {
            step::say(&format!("the server with its page: {}", server.display()));
        }),
        Command::Bench(args) => bench::run(&args),
        Command::Page => page::build(page::Budget::Enforced),
        Command::Extras => page::extras_into_trunk(),
        Command::Trunk(args) => trunk::run(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            step::fail(&why);
            ExitCode::FAILURE
        }
    }
}
