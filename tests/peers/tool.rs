//! Programs and Python modules of others, and how they are run.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The interpreter that roles in Python run with.
pub(crate) const PYTHON: &str = "/usr/bin/python3";

/// Where `cargo xtask test` puts Python modules that the distribution does not have.
fn modules() -> PathBuf {
    harness::program::workspace().join("target/peers/lib")
}

/// A Python program of a few lines, which may import what `cargo xtask test` has installed.
pub(crate) fn python(program: &str, args: &[&str]) -> Output {
    Command::new(PYTHON)
        .arg("-c")
        .arg(program)
        .args(args)
        .env("PYTHONPATH", modules())
        .output()
        .expect("python3 is there; cargo xtask test names what to install")
}

/// What a peer printed, if it ended well.
pub(crate) fn said(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// A program of the distribution: its path, or nothing, and a word about it on the screen.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let found = ["/usr/bin", "/bin", "/usr/sbin"]
        .iter()
        .map(|folder| Path::new(folder).join(name))
        .find(|path| path.is_file());
    #[expect(clippy::print_stderr, reason = "what was not tested has to be seen")]
    if found.is_none() {
        eprintln!("NOT TESTED: {name} is not installed here");
    }
    found
}
