//! A server of a test's own.

use crate::{
    Account, http,
    procfs::{self, Process},
    program::{self, Place},
    wait::{self, PATIENCE},
};
use nix::{
    sys::signal::{self, Signal},
    unistd::Pid,
};
use std::{
    io::{BufRead as _, BufReader, Read},
    net::SocketAddr,
    os::unix::process::ExitStatusExt as _,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

/// How every server is started. A test starts in a second what a learner does in a minute.
const SERVE: &[&str] = &[
    "serve",
    "--listen",
    "127.0.0.1",
    "--port",
    "0",
    "--starts-per-second",
    "0",
];
/// How long a spawner may take to sweep up after its server was killed.
const SWEEPING: Duration = Duration::from_secs(3);
/// How often it is looked at meanwhile.
const LOOK: Duration = Duration::from_millis(20);

/// The real program, serving on a free port of the loopback. Killed and reaped with everything below it when dropped.
#[derive(Debug)]
pub struct TestServer {
    /// Where it runs.
    pub place: Place,
    /// Where it listens.
    pub address: SocketAddr,
    child: Child,
    status: Option<ExitStatus>,
    said: Arc<Mutex<Vec<String>>>,
}

impl TestServer {
    /// Starts one with the defaults.
    pub fn start() -> Self {
        Self::with(Account::Ours, &[])
    }

    /// Starts one under an account, with more arguments.
    ///
    /// # Panics
    /// If it does not say within [`PATIENCE`] where it listens.
    pub fn with(account: Account, args: &[&str]) -> Self {
        let place = Place::new(account);
        let command = place.program([SERVE, args].concat());
        Self::of(place, command)
    }

    /// Starts one under another program, which must become it: `sh -c 'ulimit -n 64; exec "$0" "$@"'`, for example.
    ///
    /// # Panics
    /// If it does not say within [`PATIENCE`] where it listens.
    pub fn under(account: Account, observer: &str, observing: &[&str], args: &[&str]) -> Self {
        let place = Place::new(account);
        let command = place.under(observer, observing, [SERVE, args].concat());
        Self::of(place, command)
    }

    fn of(place: Place, mut command: Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = program::start(&mut command);
        let said = Arc::new(Mutex::new(Vec::new()));
        let (listens, listening) = mpsc::channel();
        let streams: [Option<Box<dyn Read + Send>>; 2] = [
            child.stdout.take().map(|out| Box::new(out) as _),
            child.stderr.take().map(|err| Box::new(err) as _),
        ];
        for stream in streams.into_iter().flatten() {
            let (said, listens) = (Arc::clone(&said), listens.clone());
            thread::spawn(move || listen(stream, &said, &listens));
        }
        drop(listens);
        let address = listening.recv_timeout(PATIENCE);
        let mut server = Self {
            place,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            child,
            status: None,
            said,
        };
        server.address = address.unwrap_or_else(|_| {
            panic!(
                "the server does not say where it listens:\n{}",
                server.log()
            )
        });
        server
    }

    /// Its process id.
    pub fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).expect("a process id fits")
    }

    /// The one process it has: the spawner.
    ///
    /// # Panics
    /// If there is not exactly one.
    pub fn spawner(&self) -> Process {
        match procfs::children(self.pid()).as_slice() {
            [spawner] => spawner.clone(),
            others => panic!("a server has one child, the spawner, not {others:?}"),
        }
    }

    /// One process a run.
    pub fn supervisors(&self) -> Vec<Process> {
        procfs::children(self.spawner().pid)
    }

    /// `http://127.0.0.1:PORT` and a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Waits until it has found out what its host can do, for which it runs something once, and is quiet again.
    ///
    /// # Panics
    /// If it does not find out.
    pub async fn settled(&self) {
        let begun = std::time::Instant::now();
        while http::get(self.address, "/api/health").await.json()["xray"]["available"].is_null() {
            assert!(
                begun.elapsed() < PATIENCE,
                "the server does not find out whether it can trace:\n{}",
                self.log()
            );
        }
        let quiet = || self.supervisors().is_empty().then_some(());
        wait::until("the end of the server's own first run", quiet).await;
    }

    /// What it wrote to its terminal so far.
    pub fn log(&self) -> String {
        self.said.lock().expect("no reader panics").join("\n")
    }

    /// Sends a signal to the server itself.
    pub fn signal(&self, signal: Signal) {
        send(self.pid(), signal);
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// If it lives longer than that.
    pub async fn ended(&mut self, limit: Duration) -> ExitStatus {
        if let Some(status) = self.status {
            return status;
        }
        let child = &mut self.child;
        let status = wait::within(limit, "the end of the server", || {
            child.try_wait().expect("it is our child")
        })
        .await;
        self.status = Some(status);
        status
    }

    /// Asks it to stop, as a service manager does, and checks that it does so in good order and time.
    ///
    /// # Panics
    /// If it takes longer than two seconds or does not exit 0.
    pub async fn stop(&mut self) {
        self.signal(Signal::SIGTERM);
        let status = self.ended(Duration::from_secs(2)).await;
        assert_eq!(
            (status.code(), status.signal()),
            (Some(0), None),
            "SIGTERM ends a server well:\n{}",
            self.log()
        );
    }

    /// Everything that was started by it and still exists, zombies too; not the server itself.
    pub fn family(&self) -> Vec<Process> {
        let mut family = procfs::descendants(self.pid());
        let strays = procfs::all()
            .into_iter()
            .filter(|process| process.group == self.pid());
        for stray in strays.chain(procfs::marked(&self.place.mark)) {
            if stray.pid != self.pid() && family.iter().all(|known| known.pid != stray.pid) {
                family.push(stray);
            }
        }
        family
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        if self.status.is_none() {
            let family = self.family();
            send(self.pid(), Signal::SIGKILL);
            drop(self.child.wait());
            // The spawner sees that, ends all runs and takes their names away; killed with the server, it could not.
            let until = Instant::now() + SWEEPING;
            while family.iter().any(is_alive) && Instant::now() < until {
                nap();
            }
            for process in family.iter().filter(|process| is_alive(process)) {
                send(process.pid, Signal::SIGKILL);
            }
        }
        #[expect(
            clippy::print_stderr,
            reason = "the log of the server is the best part of a failure's message"
        )]
        if thread::panicking() {
            eprintln!("--- the server said ---\n{}\n---", self.log());
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a destructor cannot await; it looks for a fact in between"
)]
fn nap() {
    thread::sleep(LOOK);
}

/// It runs, and is no zombie.
fn is_alive(process: &Process) -> bool {
    procfs::process(process.pid).is_some_and(|now| now.state != 'Z')
}

/// Sends a signal; a process that is gone already is none of our concern.
pub fn send(pid: i32, signal: Signal) {
    signal::kill(Pid::from_raw(pid), signal).ok();
}

fn listen(stream: impl Read, said: &Mutex<Vec<String>>, listens: &mpsc::Sender<SocketAddr>) {
    for line in BufReader::new(stream).lines().map_while(Result::ok) {
        if let Some(address) = address_in(&line) {
            // Nobody waits any more after the first.
            listens.send(address).ok();
        }
        said.lock().expect("no reader panics").push(line);
    }
}

/// The address in `… http://127.0.0.1:8080/ …`.
fn address_in(line: &str) -> Option<SocketAddr> {
    let rest = line.split_once("http://")?.1;
    let end = rest
        .find(|letter: char| !(letter.is_ascii_digit() || ".:".contains(letter)))
        .unwrap_or(rest.len());
    rest[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::address_in;

    #[test]
    fn the_address_is_found_in_a_sentence() {
        let address = address_in("IPC Playground: open http://127.0.0.1:4711/ (Ctrl-C stops it)");
        assert_eq!(address, Some(([127, 0, 0, 1], 4711).into()));
        assert_eq!(address_in("nothing here"), None);
    }
}
