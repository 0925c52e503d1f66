//! The Rust part of the page: compiled, bound to the browser, made small.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context as _, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use super::digest;
use super::optimizer::Optimizer;
use crate::{step, workspace};

const TARGET: &str = "wasm32-unknown-unknown";

/// A module and the script that binds it to the browser.
#[derive(Debug)]
pub(super) struct Module {
    pub(super) js: Vec<u8>,
    pub(super) wasm: Vec<u8>,
}

/// Adds the compiler's standard library for the browser, where it is missing.
pub(crate) fn add_wasm_target() -> Result<()> {
    let sysroot = step::output(step::program(rustc()).args(["--print", "sysroot"]))?;
    if Path::new(sysroot.trim())
        .join("lib/rustlib")
        .join(TARGET)
        .is_dir()
    {
        return Ok(());
    }
    step::timed("tools: rustup target add wasm32-unknown-unknown", || {
        let rustup = workspace::on_path("rustup").context(
            "the compiler has no wasm32-unknown-unknown and there is no rustup to add it; \
             on Debian's own compiler `sudo apt-get install -y libstd-rust-dev-wasm32` does",
        )?;
        step::run(step::program(rustup).args(["target", "add", TARGET]))
    })
}

fn rustc() -> std::ffi::OsString {
    std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())
}

/// Compiles the page, and gives the path of what came out.
pub(super) fn compile() -> Result<PathBuf> {
    let mut cargo = step::cargo();
    cargo.args([
        "build",
        "--locked",
        "-p",
        "ipc-frontend",
        "--bin",
        "frontend",
    ]);
    cargo.args(["--profile", "wasm-release", "--target", TARGET]);
    cargo.env("CARGO_ENCODED_RUSTFLAGS", without_places()?);
    step::run(&mut cargo)?;
    Ok(workspace::target()
        .join(TARGET)
        .join("wasm-release/frontend.wasm"))
}

/// Flags that keep where things lie on this machine out of the page, which every panic would name. In cargo's encoding,
/// as a folder's name may have a space.
fn without_places() -> Result<String> {
    let mut places = vec![workspace::root().to_owned()];
    let home = env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo"));
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or(home);
    let sources = home.map(|home| home.join("registry/src"));
    if let Some(sources) = sources.filter(|sources| sources.is_dir()) {
        for registry in fs::read_dir(sources)? {
            places.push(registry?.path());
        }
    }
    places.sort();
    let flag = |place: &PathBuf| format!("--remap-path-prefix={}=.", place.display());
    Ok(places.iter().map(flag).collect::<Vec<_>>().join("\u{1f}"))
}

/// Binds and optimizes, or takes what was made of the same input before.
pub(super) fn make(compiled: &Path, optimizer: &Optimizer) -> Result<Module> {
    let key =
        digest(format!("{} {}", digest(&fs::read(compiled)?), optimizer.identity()).as_bytes());
    let cache = workspace::target().join("page-cache");
    let (js, wasm) = (
        cache.join(format!("{key}.js")),
        cache.join(format!("{key}.wasm")),
    );
    if let (Ok(js), Ok(wasm)) = (fs::read(&js), fs::read(&wasm)) {
        return Ok(Module { js, wasm });
    }
    let mut module = bind(compiled)?;
    module.wasm = optimizer.optimize(module.wasm)?;
    // Only the newest is kept.
    if cache.exists() {
        fs::remove_dir_all(&cache)?;
    }
    fs::create_dir_all(&cache)?;
    fs::write(js, &module.js)?;
    fs::write(wasm, &module.wasm)?;
    Ok(module)
}

fn bind(compiled: &Path) -> Result<Module> {
    let mut bindgen = Bindgen::new();
    let mut output = bindgen
        .input_path(compiled)
        .out_name("frontend")
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(true)
        .generate_output()
        .context("wasm-bindgen")?;
    // Nothing we use brings scripts of its own; one that did would be missing from the page.
    ensure!(
        !output.js().contains("./snippets/"),
        "a dependency brings JavaScript files, which the bundler does not copy"
    );
    Ok(Module {
        js: output.js().as_bytes().to_vec(),
        wasm: output.wasm_mut().emit_wasm(),
    })
}
