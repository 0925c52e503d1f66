//! The program under test: where it is and how it is started.

use crate::{Account, wait::PATIENCE};
use std::{
    env,
    ffi::OsStr,
    fs,
    io::ErrorKind,
    os::unix::{fs::PermissionsExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::Instant,
};
use tempfile::TempDir;

/// The environment variable that every process of one [`Place`] carries, so that none of them can hide.
const MARK: &str = "IPC_PLAYGROUND_TEST";

/// The program, built with the same profile as this test, or the one that `IPC_PLAYGROUND` names.
///
/// # Panics
/// If it was not built.
pub fn binary() -> PathBuf {
    let beside = || {
        let test = env::current_exe().expect("a running program has a path");
        test.ancestors()
            .nth(2)
            .expect("tests lie in target/PROFILE/deps")
            .join("ipc-playground")
    };
    let binary = env::var_os("IPC_PLAYGROUND").map_or_else(beside, PathBuf::from);
    assert!(
        binary.is_file(),
        "build the program first: cargo build -p ipc-playground ({})",
        binary.display()
    );
    binary
}

/// The top of the workspace.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests lie one folder below the top")
}

/// Any program, in a process group of its own, so that it can be ended with all below it.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    #[expect(
        clippy::disallowed_methods,
        reason = "the rule is for the server; this is where the tests start programs"
    )]
    let mut command = Command::new(program);
    command.process_group(0).stdin(Stdio::null());
    command
}

/// Starts a command.
///
/// # Panics
/// If there is no such program.
pub fn start(command: &mut Command) -> Child {
    let begun = Instant::now();
    loop {
        match command.spawn() {
            // A copy of the program that was just written counts as busy while a process that another thread is forking
            // still has it open; that lasts until its exec.
            Err(error)
                if error.kind() == ErrorKind::ExecutableFileBusy && begun.elapsed() < PATIENCE =>
            {
                std::thread::yield_now();
            }
            started => {
                return started
                    .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
            }
        }
    }
}

/// A temporary folder, an account and a mark: where a program runs, and how everything it makes is found again.
#[derive(Debug)]
pub struct Place {
    /// Its `TMPDIR`, and nobody else's.
    pub tmp: PathBuf,
    /// In the environment of all its processes.
    pub mark: String,
    /// Who runs it.
    pub account: Account,
    binary: PathBuf,
    // Removed with everything in it when the place is dropped.
    _folder: TempDir,
}

impl Place {
    /// A place for that account. A plain user gets a copy of the program where it can be read.
    ///
    /// # Panics
    /// If the system refuses a temporary folder.
    pub fn new(account: Account) -> Self {
        static PLACES: AtomicU32 = AtomicU32::new(1);
        let mark = format!(
            "{}-{}",
            std::process::id(),
            PLACES.fetch_add(1, Ordering::Relaxed)
        );
        let folder = tempfile::Builder::new()
            .prefix("ipc-test-")
            .tempdir()
            .expect("a temporary folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))
            .expect("our own folder");
        let tmp = folder.path().join("tmp");
        fs::create_dir(&tmp).expect("a folder in our own folder");
        // As /tmp is: without boxes, a run of root's server is somebody else.
        fs::set_permissions(&tmp, fs::Permissions::from_mode(0o777)).expect("our own folder");
        account.give(&tmp);
        let mut binary = binary();
        if account == Account::Plain && Account::can_change() {
            let copy = folder.path().join("ipc-playground");
            fs::copy(&binary, &copy).expect("room for a copy of the program");
            binary = copy;
        }
        Self {
            tmp,
            mark,
            account,
            binary,
            _folder: folder,
        }
    }

    /// The program with these arguments, not started yet.
    pub fn program<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Command {
        let mut command = self.command(&self.binary);
        command.args(args);
        command
    }

    /// The program under another one, `strace` for example, which gets its own arguments first.
    pub fn under<A: AsRef<OsStr>, B: AsRef<OsStr>>(
        &self,
        observer: &str,
        observing: impl IntoIterator<Item = A>,
        args: impl IntoIterator<Item = B>,
    ) -> Command {
        let mut command = self.command(observer);
        command.args(observing).arg(&self.binary).args(args);
        command
    }

    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = command(program);
        command
            .env("TMPDIR", &self.tmp)
            .env(MARK, &self.mark)
            // Modules that roles in Python import and a fresh machine lacks: `cargo xtask test` puts them there.
            .env(
                "IPC_PLAYGROUND_PYTHON_PATH",
                workspace().join("target/peers/lib"),
            )
            .current_dir(&self.tmp);
        // What a developer has set for himself must not change a test.
        for name in ["RUST_LOG", "IPC_PLAYGROUND"] {
            command.env_remove(name);
        }
        self.account.apply(&mut command);
        command
    }
}
