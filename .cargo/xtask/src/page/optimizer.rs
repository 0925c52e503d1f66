//! `wasm-opt`, which takes a third off the module where it is found, and is not needed where it is not.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use std::{env, fs};

use anyhow::Result;

use crate::{step, workspace};

/// What the compiler's output uses; the section that would say so is stripped.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// What the compiler's output is like, which lets more be left out. `low-memory-unused`: rustc has the stack begin at 0 and
/// grow down from 1 MiB, so that nothing valid lies below 1,024, and an offset may be folded into a load.
const PROMISES: &[&str] = &["--low-memory-unused"];

/// The optimizer of this machine, if it has one.
#[derive(Debug)]
pub(super) struct Optimizer {
    program: Option<PathBuf>,
}

impl Optimizer {
    /// `$WASM_OPT`, then what `npm ci` in tests/ brings, then `PATH`.
    pub(super) fn find() -> Self {
        let named = env::var_os("WASM_OPT").map(PathBuf::from);
        let npm = workspace::node_modules().join(".bin/wasm-opt");
        let npm = (npm.is_file() && workspace::on_path("node").is_some()).then_some(npm);
        Self {
            program: named.or(npm).or_else(|| workspace::on_path("wasm-opt")),
        }
    }

    pub(super) fn is_found(&self) -> bool {
        self.program.is_some()
    }

    /// Differs when another optimizer, or none, would be used.
    pub(super) fn identity(&self) -> String {
        let Some(program) = &self.program else {
            return "no optimizer".to_owned();
        };
        let changed = fs::metadata(program).and_then(|file| file.modified()).ok();
        let seconds = changed.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        format!(
            "{} {} {}",
            program.display(),
            seconds.map_or(0, |at| at.as_secs()),
            PROMISES.join(" ")
        )
    }

    /// The module made smaller, or as it is where that cannot be done, which is said.
    pub(super) fn optimize(&self, wasm: Vec<u8>) -> Result<Vec<u8>> {
        let Some(program) = &self.program else {
            step::say(
                "page: no wasm-opt here (`npm ci` in tests/ brings it); the page is larger without",
            );
            return Ok(wasm);
        };
        let folder = workspace::target().join("page-optimize");
        fs::create_dir_all(&folder)?;
        let (from, to) = (folder.join("in.wasm"), folder.join("out.wasm"));
        fs::write(&from, &wasm)?;
        let made = step::timed("page: wasm-opt", || run(program, &from, &to));
        let small = match made {
            Ok(()) => fs::read(&to)?,
            Err(why) => {
                step::say(&format!(
                    "page: {why:#}; the page is larger without (Debian's version 108 is too old)"
                ));
                wasm
            }
        };
        fs::remove_dir_all(&folder)?;
        Ok(small)
    }
}

fn run(program: &Path, from: &Path, to: &Path) -> Result<()> {
    let mut command = step::program(program);
    command
        .arg("-Oz")
        .args(FEATURES)
        .args(PROMISES)
        .arg(from)
        .arg("-o")
        .arg(to);
    step::run(&mut command)
}
