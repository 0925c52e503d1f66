//! Where things are.

use std::env;
use std::path::{Path, PathBuf};

/// The top of the workspace. This crate lies two folders below it.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors()
        .nth(2)
        .expect("the crate lies in .cargo/xtask")
}

/// Cargo's output folder, wherever the environment puts it.
pub(crate) fn target() -> PathBuf {
    let set = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    // A relative one counts from where cargo is called, and we call it at the top.
    root().join(set.unwrap_or_else(|| PathBuf::from("target")))
}

/// The built page.
pub(crate) fn page() -> PathBuf {
    target().join("page")
}

/// The folder with what npm brings: the optimizer and the accessibility checker.
pub(crate) fn node_modules() -> PathBuf {
    root().join("tests/node_modules")
}

/// The program of this name on `PATH`, if there is one.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|dir| dir.join(program))
        .find(|file| file.is_file())
}
