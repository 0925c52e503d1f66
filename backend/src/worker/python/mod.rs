//! Roles in Python: a worker that was just forked gives its process to `/usr/bin/python3`, with its descriptors.
//!
//! ```text
//! fork ──▶ execve python3 -I -S -B -c boot.py playground.py ROLE ARGS ──▶ imports ──▶ "started" ──▶ the role
//! ```
//! `boot.py` makes the library `playground.py` importable and starts the role, which is a file of the mechanism like one
//! in Rust. The sources travel as arguments: nothing of them is looked for in the file system.

use super::Worker;
use crate::sandbox::python_folders;
use nix::{errno::Errno, unistd::execve};
use serde_json::{Value, json};
use std::{
    env,
    ffi::CString,
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

/// Exit status when there is no Python to become: "command not found" of a shell.
const NO_PYTHON: i32 = 127;
/// Where it is looked for.
const PROGRAM: &str = "/usr/bin/python3";
/// Oldest minor version of Python 3 that the roles are written for: they use `match`.
const OLDEST: u32 = 10;
const BOOT: &str = include_str!("boot.py");
const LIBRARY: &str = include_str!("playground.py");

/// The Python that roles run with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Python {
    program: PathBuf,
    minor: u32,
}

impl Python {
    /// As a learner is told: `Python 3.11`.
    pub fn version(&self) -> String {
        format!("Python 3.{}", self.minor)
    }
}

/// The Python of this host, looked for once; or why there is none, and what to install.
///
/// # Errors
/// In words, for `doctor`, `hello` and those who ask for a role in Python.
pub fn installed() -> Result<&'static Python, &'static str> {
    static FOUND: OnceLock<Result<Python, String>> = OnceLock::new();
    let found = FOUND.get_or_init(|| find(Path::new(PROGRAM)));
    found.as_ref().map_err(String::as_str)
}

/// Debian and its kin name the version in what `python3` is a link to; elsewhere the standard library's folder tells it.
fn find(program: &Path) -> Result<Python, String> {
    let real = fs::canonicalize(program)
        .map_err(|_| format!("there is no {}: install python3", program.display()))?;
    let named = real.file_name().and_then(|name| minor(name.to_str()?));
    let minor = named.or_else(|| {
        let library = fs::read_dir(program.parent()?.parent()?.join("lib")).ok()?;
        let names = library
            .flatten()
            .filter(|entry| entry.path().join("os.py").exists());
        names
            .filter_map(|entry| minor(entry.file_name().to_str()?))
            .max()
    });
    match minor {
        Some(minor) if minor >= OLDEST => Ok(Python {
            program: program.to_owned(),
            minor,
        }),
        Some(minor) => Err(format!(
            "Python 3.{minor} is too old: 3.{OLDEST} or newer is needed"
        )),
        None => Err(format!(
            "{} has no standard library: install python3",
            program.display()
        )),
    }
}

/// `python3.11` is 11.
fn minor(name: &str) -> Option<u32> {
    name.strip_prefix("python3.")?.parse().ok()
}

/// Folders, separated by colons, in which modules are looked for that roles need and Python does not bring, before those of
/// the distribution.
const PATH: &str = "IPC_PLAYGROUND_PYTHON_PATH";

/// Those of them that are absolute, as they were given to this program.
pub(crate) fn given_folders() -> Vec<PathBuf> {
    let given = env::var_os(PATH).unwrap_or_default();
    let all = env::split_paths(&given);
    all.filter(|folder| folder.is_absolute()).collect()
}

/// The folder that has a module which the standard library lacks; the roles run without site packages, so it is named to
/// them. `None` where it is not installed.
pub fn folder_of(module: &str) -> Option<PathBuf> {
    let minor = installed().ok()?.minor;
    let own = ["/usr/local/lib", "/usr/lib"].into_iter().flat_map(|lib| {
        ["dist-packages", "site-packages"].map(|last| format!("{lib}/python3.{minor}/{last}"))
    });
    let distribution = std::iter::once("/usr/lib/python3/dist-packages".to_owned());
    let given = match python_folders() {
        Some(shown) => shown.to_vec(),
        None => given_folders(),
    };
    let mut all = given
        .into_iter()
        .chain(own.chain(distribution).map(PathBuf::from));
    all.find(|folder| folder.join(module).join("__init__.py").exists())
}

impl Worker {
    /// Becomes the Python program `role`, which calls its function of the role's name with `args` in the library.
    ///
    /// What the library reports is what [`super::wire`] has. Returns only if there is no Python to become.
    pub(crate) fn become_python(self, role: &str, args: &Value) -> i32 {
        let Ok(python) = installed() else {
            return NO_PYTHON;
        };
        let mut given = args.clone();
        if let Value::Object(given) = &mut given {
            given.insert("role".to_owned(), json!(self.role()));
            given.insert("xray".to_owned(), json!(self.traced()));
        }
        let Err(_failed) = execute(&python.program, role, &given.to_string());
        NO_PYTHON
    }
}

/// `-I -S -B`: nothing of the user, no site packages, no files written. The hash seed is fixed, so that a set has the same
/// order in every run.
fn execute(program: &Path, role: &str, args: &str) -> Result<std::convert::Infallible, Errno> {
    let text = |text: &str| CString::new(text).map_err(|_| Errno::EINVAL);
    let program = text(&program.to_string_lossy())?;
    let name = text("python3")?;
    let mut argv = vec![name];
    for word in ["-I", "-S", "-B", "-c", BOOT, LIBRARY, role, args] {
        argv.push(text(word)?);
    }
    let env = [
        text("PATH=/usr/bin:/bin")?,
        text("LANG=C.UTF-8")?,
        text("PYTHONHASHSEED=0")?,
    ];
    execve(&program, &argv, &env)
}

#[cfg(test)]
mod tests;
