//! A `wasm-bindgen` of exactly the version that Cargo.lock names, for Trunk.
//!
//! It takes the flags that Trunk 0.21 passes, refuses others, and does the work with the same library as
//! `cargo xtask page`.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, ValueEnum};
use wasm_bindgen_cli_support::Bindgen;

/// The version must be the one of `wasm-bindgen` in Cargo.toml; a test compares them.
const VERSION: &str = "0.2.130";

/// Makes a module that a browser can load out of what the compiler wrote.
#[derive(Debug, Parser)]
#[command(name = "wasm-bindgen", version = VERSION)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the program we stand in for"
)]
struct Cli {
    input: PathBuf,
    #[arg(long)]
    out_dir: PathBuf,
    #[arg(long)]
    out_name: Option<String>,
    #[arg(long, default_value = "web")]
    target: Target,
    #[arg(long)]
    no_typescript: bool,
    #[arg(long)]
    debug: bool,
    #[arg(long)]
    keep_debug: bool,
    #[arg(long)]
    no_demangle: bool,
    /// Taken and not needed: the library looks for itself.
    #[arg(long)]
    reference_types: bool,
    /// Taken and not needed: all current browsers have them.
    #[arg(long)]
    weak_refs: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Target {
    Web,
    NoModules,
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    let mut bindgen = Bindgen::new();
    match cli.target {
        Target::Web => bindgen.web(true),
        Target::NoModules => bindgen.no_modules(true),
    }?;
    if let Some(name) = &cli.out_name {
        bindgen.out_name(name);
    }
    bindgen
        .input_path(&cli.input)
        .typescript(!cli.no_typescript)
        .debug(cli.debug)
        .keep_debug(cli.keep_debug)
        .demangle(!cli.no_demangle)
        .generate(&cli.out_dir)
}

#[cfg(test)]
mod tests {
    use super::VERSION;

    #[test]
    fn the_version_is_the_one_of_the_workspace() {
        let workspace = include_str!("../../../../Cargo.toml");
        assert!(workspace.contains(&format!("wasm-bindgen = \"={VERSION}\"")));
        assert!(workspace.contains(&format!("wasm-bindgen-cli-support = \"={VERSION}\"")));
    }
}
