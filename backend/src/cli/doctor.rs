//! `ipc-playground doctor`: tries what the playground needs of a host, and says what it found.
//!
//! Exit codes: 0 runs work, each in a box of its own (or as `--isolation` asked for); 1 runs do not work; 3 they work, but
//! this host permits no boxes.

use super::{
    probe::What,
    protections,
    serve::{self, FirstRun},
    terminal,
};
use crate::{
    lab::{Lab, Limits},
    sandbox::{Isolation, Level, Wanted},
    spawner::{Client, Examination, SpawnerEnd},
    worker::python,
};
use anyhow::{Context, Result};
use clap::ValueEnum;
use nix::sys::utsname::uname;
use shared::os::Errno;
use std::{env, io, process::ExitCode};

/// Runs work, but not each in a box.
const BASIC: u8 = 3;

/// One thing a host has or has not.
pub(super) struct Row {
    pub(super) what: &'static str,
    pub(super) on: bool,
    /// What was found, or why it is off and what turns it on.
    pub(super) text: String,
}

/// Prints a row for each; the exit code says how far it goes.
pub(super) async fn doctor(
    isolation: &Isolation,
    found: &Examination,
    spawner: io::Result<SpawnerEnd>,
) -> Result<ExitCode> {
    let spawner = match spawner {
        Ok(spawner) => spawner,
        Err(error) => return without_runs(found, &error),
    };
    let protection = spawner.protection().clone();
    let lab = Lab::new(
        Client::new(spawner).context("cannot talk to the spawner")?,
        Limits::terminal(),
        serve::cores(),
    );
    let first = serve::try_xray(&lab).await;
    let mut rows = vec![kernel(), cores(), runs(&first), traced(&first)];
    rows.extend(protections::rows(found));
    rows.extend([machines(), python()]);
    rows.push(Row {
        what: "isolation",
        on: protection.level == Level::Full,
        text: format!("{}: {}", protection.level.name(), protection.reason()),
    });
    print(&rows)?;
    let works = rows.iter().any(|row| row.what == RUNS && row.on);
    let enough = protection.level == Level::Full || isolation.isolation == Wanted::Basic;
    Ok(match (works, enough) {
        (true, true) => ExitCode::SUCCESS,
        (true, false) => ExitCode::from(BASIC),
        (false, _) => ExitCode::from(super::FAILED),
    })
}

/// What there is to say where no run can begin.
fn without_runs(found: &Examination, error: &io::Error) -> Result<ExitCode> {
    let mut rows = vec![kernel(), cores()];
    rows.extend(protections::rows(found));
    rows.push(python());
    rows.push(Row {
        what: RUNS,
        on: false,
        text: error.to_string(),
    });
    print(&rows)?;
    Ok(ExitCode::from(super::FAILED))
}

fn print(rows: &[Row]) -> Result<()> {
    let width = rows
        .iter()
        .map(|row| row.what.len())
        .max()
        .unwrap_or_default();
    let lines: String = rows
        .iter()
        .map(|row| {
            format!(
                "{:<3}  {:width$}  {}\n",
                if row.on { "on" } else { "off" },
                row.what,
                row.text
            )
        })
        .collect();
    terminal::say(&lines)
}

const RUNS: &str = "runs";

fn kernel() -> Row {
    let text = uname().map_or_else(
        |errno| format!("uname: {errno}"),
        |name| {
            let parts = [name.sysname(), name.release(), name.machine()];
            parts
                .map(|part| part.to_string_lossy().into_owned())
                .join(" ")
        },
    );
    Row {
        what: "kernel",
        on: true,
        text,
    }
}

fn cores() -> Row {
    let count = serve::cores().len();
    let text = match count {
        1 => "1; a run and its tracer share it with everything else".to_owned(),
        _ => format!("{count}; each run is traced on one of them"),
    };
    Row {
        what: "cores",
        on: count > 0,
        text,
    }
}

/// Not traced is no failure; not begun is.
fn runs(first: &FirstRun) -> Row {
    let failed = match first {
        FirstRun::None(why) => Some(why),
        FirstRun::Traced | FirstRun::Untraced(_) => None,
    };
    let text = failed.map_or_else(
        || "processes can be made, limited and ended (a pipe was run)".to_owned(),
        Clone::clone,
    );
    Row {
        what: RUNS,
        on: failed.is_none(),
        text,
    }
}

fn traced(first: &FirstRun) -> Row {
    let (on, text) = match first {
        FirstRun::Traced => (
            true,
            "system calls of a run can be seen (a pipe was traced)".to_owned(),
        ),
        FirstRun::Untraced(why) | FirstRun::None(why) => (
            false,
            format!(
                "{why}; it needs ptrace: kernel.yama.ptrace_scope below 3, in a container a profile that permits ptrace"
            ),
        ),
    };
    Row {
        what: "X-ray",
        on,
        text,
    }
}

fn machines() -> Row {
    let works = "sockets can be tried between two networks with a cable (which was made)";
    tried(What::Machines, "two machines", works)
}

/// What a process of its own has tried.
#[expect(
    clippy::disallowed_methods,
    reason = "only a process with one thread can try it, and doctor is no server"
)]
fn tried(which: What, row: &'static str, works: &str) -> Row {
    let what = which
        .to_possible_value()
        .map(|value| value.get_name().to_owned())
        .unwrap_or_default();
    let status = env::current_exe().and_then(|program| {
        std::process::Command::new(program)
            .args(["probe", &what])
            .status()
    });
    let (on, text) = match status.map(|status| status.code()) {
        Ok(Some(0)) => (true, works.to_owned()),
        Ok(Some(errno)) => (
            false,
            format!("the attempt: {}; {NAMESPACES_NEED}", Errno(errno)),
        ),
        Ok(None) => (false, format!("the attempt was killed; {NAMESPACES_NEED}")),
        Err(error) => (false, error.to_string()),
    };
    Row {
        what: row,
        on,
        text,
    }
}

const NAMESPACES_NEED: &str = "they need user.max_user_namespaces above 0, kernel.unprivileged_userns_clone=1 on Debian, \
                               kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu";

fn python() -> Row {
    let found = python::installed();
    Row {
        what: "python3",
        on: found.is_ok(),
        text: found.map_or_else(
            |why| format!("{why}; roles in Python need it"),
            python::Python::version,
        ),
    }
}
