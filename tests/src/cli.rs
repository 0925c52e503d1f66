//! The program as one uses it in a terminal.

use crate::{
    Account, procfs,
    program::{self, Place},
    server::send,
    wait::{self, PATIENCE},
};
use nix::sys::signal::Signal;
use shared::event::Event;
use std::{
    ffi::OsStr,
    fs::File,
    process::{Command, ExitStatus, Stdio},
    time::Duration,
};

/// The longest that anything a program started may outlive it.
const LET_GO: Duration = Duration::from_secs(3);

/// Runs of the program to their end, in a place of their own.
#[derive(Debug)]
pub struct Cli {
    /// Where it runs.
    pub place: Place,
    /// How long one run may take.
    pub limit: Duration,
}

/// What a program wrote and how it ended.
#[derive(Debug)]
pub struct Output {
    /// How it ended.
    pub status: ExitStatus,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Cli {
    /// The program in a place of its own.
    pub fn new() -> Self {
        Self {
            place: Place::new(Account::Ours),
            limit: 2 * PATIENCE,
        }
    }

    /// Runs it with these arguments.
    pub async fn run<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Output {
        self.finish(self.place.program(args)).await
    }

    /// Waits for the end of any command.
    ///
    /// # Panics
    /// If it takes longer than the limit; it is killed then.
    pub async fn finish(&self, mut command: Command) -> Output {
        let out = self.place.tmp.with_file_name("stdout");
        let err = self.place.tmp.with_file_name("stderr");
        // Files, since nobody has to empty them while the program runs.
        let file = |path| Stdio::from(File::create(path).expect("a file in our own folder"));
        command.stdout(file(&out)).stderr(file(&err));
        let mut child = program::start(&mut command);
        let pid = i32::try_from(child.id()).expect("a process id fits");
        let guard = KillGroup(pid);
        let what = format!("the end of {command:?}");
        let status = wait::within(self.limit, &what, || child.try_wait().expect("our child")).await;
        let gone = || procfs::marked(&self.place.mark).is_empty().then_some(());
        wait::within(
            LET_GO,
            "the end of everything the program had started",
            gone,
        )
        .await;
        drop(guard);
        let text = |path| {
            String::from_utf8_lossy(&std::fs::read(path).expect("a file we made")).into_owned()
        };
        Output {
            status,
            stdout: text(&out),
            stderr: text(&err),
        }
    }
}

impl Default for Cli {
    fn default() -> Self {
        Self::new()
    }
}

impl Output {
    /// The output, of a program that ended well.
    ///
    /// # Panics
    /// If it did not.
    pub fn ok(self) -> Self {
        assert!(
            self.status.success(),
            "{}\n--- stdout\n{}\n--- stderr\n{}",
            self.status,
            self.stdout,
            self.stderr
        );
        self
    }

    /// The events that `--json` prints.
    ///
    /// # Panics
    /// If a line is not an event.
    pub fn events(&self) -> Vec<Event> {
        let parse = |line: &str| {
            serde_json::from_str(line)
                .unwrap_or_else(|error| panic!("a line is not an event: {error}\n{line}"))
        };
        self.stdout
            .lines()
            .filter(|line| !line.is_empty())
            .map(parse)
            .collect()
    }
}

/// Ends what a command started, whatever happens to the test.
struct KillGroup(i32);

impl Drop for KillGroup {
    fn drop(&mut self) {
        send(-self.0, Signal::SIGKILL);
    }
}
