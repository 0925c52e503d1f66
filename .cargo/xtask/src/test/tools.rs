//! What the tests need and a fresh machine lacks: lints, a browser with its driver, strace, peers, and two npm packages.

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
    ("inotifywait", "inotify-tools"),
    ("flock", "util-linux"),
    ("ipcs", "util-linux"),
    ("nc", "netcat-openbsd"),
    ("socat", "socat"),
    ("curl", "curl"),
];

/// Python modules that speak POSIX and System V IPC and ZeroMQ, with their versions: peers of our roles in the tests, and what
/// roles in Python import.
const MODULES: &[&str] = &["posix_ipc==1.3.2", "sysv_ipc==1.2.0", "pyzmq==27.1.0"];

/// Installs what is missing.
pub(super) fn install() -> Result<()> {
    components()?;
    packages()?;
    modules()?;
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

/// The modules of Python that the distribution lacks, in a folder of their own, unless they are there already.
fn modules() -> Result<()> {
    let lib = workspace::target().join("peers/lib");
    let stamp = lib.join("installed");
    let wanted = MODULES.join(" ");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let pip = |python: &str| {
        let mut pip = step::program(python);
        pip.args(["-m", "pip"]);
        pip
    };
    let has_pip = |python: &&&str| {
        pip(python)
            .arg("--version")
            .output()
            .is_ok_and(|output| output.status.success())
    };
    let Some(python) = ["python3", "/usr/bin/python3"].iter().find(has_pip) else {
        bail!(
            "the tests need pip for {wanted}; please run `sudo apt-get install -y python3-pip python3-dev` once"
        );
    };
    let mut install = pip(python);
    install.args(["install", "--quiet", "--upgrade", "--target"]);
    step::run(install.arg(&lib).args(MODULES))
        .context("they are compiled: `sudo apt-get install -y gcc python3-dev` may be missing")?;
    fs::write(&stamp, wanted).context("the stamp of the installed modules")
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
