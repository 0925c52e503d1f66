//! The box: what is in it stays in it, and nothing of it stays behind. Attacks are programs that run as a worker does.

mod below;
mod bombs;
mod crowd;
mod escape;
mod figures;
mod host;
mod noisy;
mod shared;
mod traced;

use harness::{
    Account, Cli,
    program::{Place, command},
};
use serde_json::Value;
use std::{
    env,
    io::{BufRead as _, BufReader},
    process::{Child, ChildStdout, Stdio},
    time::Duration,
};

/// The interpreter of the attacks, as roles in Python have it.
const PYTHON: [&str; 5] = ["/usr/bin/python3", "-I", "-S", "-B", "-c"];

/// For a program that fills what there is.
const LONG: Duration = Duration::from_secs(60);

/// Whether the long forms of tests are wanted: `cargo xtask test --long`.
fn long() -> bool {
    env::var_os("IPC_TEST_LONG").is_some()
}

/// A Python program as a worker of a box of that level, and each line that it printed.
async fn inside(account: Account, level: &str, program: &str, args: &[&str]) -> Vec<Value> {
    let mut cli = Cli::new();
    cli.place = Place::new(account);
    cli.limit = LONG;
    let all = ["inside", "--isolation", level, "--"]
        .into_iter()
        .chain(PYTHON);
    let output = cli
        .run(all.chain([program]).chain(args.iter().copied()))
        .await;
    assert!(
        output.status.success(),
        "{:?}: {}{}",
        output.status,
        output.stdout,
        output.stderr
    );
    let lines = output.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

/// A program inside that goes on until it is dropped.
struct Guest {
    child: Child,
    lines: BufReader<ChildStdout>,
    _place: Place,
}

impl Guest {
    /// Starts it, at level full.
    fn start(account: Account, program: &str, args: &[&str]) -> Self {
        let place = Place::new(account);
        let all = ["inside", "--isolation", "full", "--"]
            .iter()
            .chain(&PYTHON);
        let mut command = place.program(all.copied().chain([program]).chain(args.iter().copied()));
        command.stdout(Stdio::piped());
        let mut child = harness::program::start(&mut command);
        let out = child.stdout.take().expect("it was asked for");
        Self {
            child,
            lines: BufReader::new(out),
            _place: place,
        }
    }

    /// The next line that it prints; waits for it.
    fn says(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("it is our pipe");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        // What it made dies with it, which other tests are about.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What a program of the host says.
fn host_python(program: &str, args: &[&str]) -> String {
    let output = command(PYTHON[0])
        .args(&PYTHON[1..])
        .arg(program)
        .args(args)
        .output()
        .expect("python3 is there");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
