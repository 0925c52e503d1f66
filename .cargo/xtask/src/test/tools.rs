//! What the tests need and a fresh machine lacks: lints, a browser with its driver, strace, and two npm packages.

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use anyhow::{Context as _, Result, bail};

use crate::{step, workspace};

/// A program, and the package of Debian and Ubuntu that has it.
const PROGRAMS: &[(&str, &str)] = &[
    ("chromium", "chromium"),
    ("chromedriver", "chromium-driver"),
    ("strace", "strace"),
    ("python3", "python3"),
];

/// Installs what is missing.
pub(super) fn install() -> Result<()> {
    components()?;
    packages()?;
    npm()
}

/// rustfmt and clippy, which a minimal toolchain lacks.
fn components() -> Result<()> {
    for (program, component) in [("cargo-fmt", "rustfmt"), ("cargo-clippy", "clippy")] {
        let here = step::cargo()
            .args([component_command(component), "--version"])
            .output();
        if here.is_ok_and(|output| output.status.success()) {
            continue;
        }
        if workspace::on_path("rustup").is_none() {
            bail!("{program} is missing; install the {component} of your toolchain");
        }
        step::run(step::program("rustup").args(["component", "add", component]))?;
    }
    Ok(())
}

fn component_command(component: &str) -> &str {
    component.strip_prefix("rust").unwrap_or(component)
}

fn packages() -> Result<()> {
    let missing: Vec<_> = PROGRAMS
        .iter()
        .filter(|(program, _)| workspace::on_path(program).is_none())
        .map(|(_, package)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let by_hand = format!("sudo apt-get install -y {}", missing.join(" "));
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    if !is_root || workspace::on_path("apt-get").is_none() {
        bail!(
            "the tests need {}; please run `{by_hand}` once",
            missing.join(", ")
        );
    }
    step::say(&format!("tools: apt-get install {}", missing.join(" ")));
    let apt = |args: &[&str]| {
        let mut apt = step::program("apt-get");
        step::run(
            apt.env("DEBIAN_FRONTEND", "noninteractive")
                .args(["-q", "-y"])
                .args(args),
        )
    };
    apt(&["update"])?;
    apt(&[["install", "--no-install-recommends"].as_slice(), &missing].concat())
        .with_context(|| format!("`{by_hand}` may tell more"))
}

/// The packages of tests/package-lock.json, unless they are installed already.
fn npm() -> Result<()> {
    let lock = workspace::root().join("tests/package-lock.json");
    let installed = workspace::node_modules().join(".package-lock.json");
    let changed = |file: &std::path::Path| fs::metadata(file).and_then(|meta| meta.modified()).ok();
    if changed(&installed).is_some_and(|at| Some(at) >= changed(&lock)) {
        return Ok(());
    }
    if workspace::on_path("npm").is_none() {
        bail!(
            "the tests need node 18 or later with npm; please run `sudo apt-get install -y nodejs npm` once"
        );
    }
    let mut npm = step::program("npm");
    step::run(npm.arg("ci").current_dir(workspace::root().join("tests")))
}
