//! `ipc-playground run`: the same lab as the server's, with one run and a terminal instead of a browser.

use super::{
    FAILED, INTERRUPTED, SPAWNER_DIED,
    feed::Feed,
    print::{Printer, Tone},
    script, serve, terminal,
};
use crate::{
    lab::{Command, Done, Lab, Limits, Order, Run, Token, run_over},
    sandbox::Isolation,
    spawner::{Client, SpawnerEnd},
};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use shared::{
    command::Data,
    event::Outcome,
    failure::{Code, Failure},
    ids::RequestId,
    scenario::{self, Scenario},
};
use std::{
    fs,
    io::{BufRead, IsTerminal, stdin},
    path::PathBuf,
    process::ExitCode,
    thread,
    time::Duration,
};
use tokio::{
    signal::ctrl_c,
    sync::{mpsc, oneshot::error::RecvError},
    time::timeout,
};

/// When nothing happened for so long, what was asked for has happened, or waits for something that is not coming.
pub(super) const QUIET: Duration = Duration::from_millis(250);
/// How long a line of stdin waits before it is offered again to a worker that has too many to do.
const BUSY: Duration = Duration::from_millis(5);
/// The longest that one thing is waited for; ten thousand large messages take seconds.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// For all processes of a run to be born. They take milliseconds.
const BIRTH: Duration = Duration::from_secs(5);
/// The arguments do not fit, as clap says it.
const USAGE: u8 = 2;

/// Run an entry here.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What to run: `pipe` or `pipe/fifo`. A script names its own.
    #[arg(value_name = "ENTRY[/VARIANT]", required_unless_present = "script")]
    entry: Option<String>,
    /// A parameter, as in the address of the page: `capacity=4096`.
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// What a role is written in, rust or python: `writer=python`.
    #[arg(long, value_name = "ROLE=LANGUAGE")]
    role: Vec<String>,
    /// Have the first sender send this text; may be given again. Without it, each line of stdin is sent.
    #[arg(long, value_name = "TEXT", conflicts_with = "script")]
    send: Vec<String>,
    /// Play a scenario: a lesson's file with its beats.
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// Exit with 1 if something that the scenario expects did not happen.
    #[arg(long, requires = "script")]
    check: bool,
    /// Write all events to this file; the page can play it.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Do not trace system calls: the processes only report.
    #[arg(long)]
    no_xray: bool,
    /// Print one event a line, as on the socket.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pub(super) isolation: Isolation,
}

impl Args {
    fn scenario(&self) -> Result<Option<Scenario>> {
        let Some(path) = &self.script else {
            return Ok(None);
        };
        let source =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let parsed = scenario::parse(&source).map_err(|error| {
            anyhow::anyhow!(
                "{}:{}: {}; {}",
                path.display(),
                error.line,
                error.message,
                error.hint
            )
        })?;
        Ok(Some(parsed))
    }

    fn order(&self, scenario: Option<&Scenario>) -> Result<Order> {
        let mut roles = scenario
            .map(|scenario| scenario.roles.clone())
            .unwrap_or_default();
        let (mut entry, mut variant, mut params) = scenario
            .map(|scenario| {
                (
                    scenario.entry.clone(),
                    scenario.variant.clone(),
                    scenario.params.clone(),
                )
            })
            .unwrap_or_default();
        if let Some(given) = &self.entry {
            let (name, other) = given
                .split_once('/')
                .map_or((given.as_str(), None), |(name, other)| (name, Some(other)));
            if scenario.is_some() && entry != name {
                bail!("the script is for {entry}, not for {name}");
            }
            name.clone_into(&mut entry);
            variant = other.map(str::to_owned).or(variant);
        }
        for setting in &self.set {
            let Some((name, value)) = setting.split_once('=') else {
                bail!("--set {setting}: write NAME=VALUE")
            };
            params.insert(name.to_owned(), Value::from(value));
        }
        for role in &self.role {
            let Some((role, language)) = role.split_once('=') else {
                bail!("--role {role}: write ROLE=LANGUAGE")
            };
            roles.insert(role.to_owned(), language.to_owned());
        }
        Ok(Order {
            entry,
            variant,
            params,
            roles,
            xray: !self.no_xray,
        })
    }
}

enum Happened {
    Played(Result<bool>),
    Interrupted,
    SpawnerDied,
}

pub(super) async fn run(args: Args, spawner: SpawnerEnd) -> Result<ExitCode> {
    let scenario = args.scenario()?;
    let order = args.order(scenario.as_ref())?;
    let client = Client::new(spawner).context("cannot talk to the spawner")?;
    let lab = Lab::new(client.clone(), Limits::terminal(), serve::cores());
    let started = match lab.start(&Token::random(), None, order).await {
        Ok(started) => started,
        Err(failure) => {
            terminal::complain(&failure.to_string());
            return Ok(ExitCode::from(if failure.code == Code::BadParam {
                USAGE
            } else {
                FAILED
            }));
        }
    };
    let mut feed = Feed::new(started.run, Printer::new(args.json), args.record.as_deref())?;
    let happened = tokio::select! {
        played = play(&mut feed, &args, scenario.as_ref()) => Happened::Played(played),
        _ = ctrl_c() => Happened::Interrupted,
        () = client.closed() => Happened::SpawnerDied,
    };
    if matches!(happened, Happened::SpawnerDied) {
        terminal::complain("the spawner died, and the run with it");
        // Until nothing of it is left.
        lab.stop_all(Outcome::Failed, BIRTH).await;
        return Ok(ExitCode::from(SPAWNER_DIED));
    }
    // Whoever has done all that was asked for may leave by itself; a scenario ends where its last beat left it.
    let done = scenario.is_none() && matches!(happened, Happened::Played(Ok(true)));
    feed.run.end(if done {
        Outcome::Completed
    } else {
        Outcome::Stopped
    });
    feed.until(PATIENCE, |_| {}, |_| false).await?;
    let died = feed.run.read(|journal| {
        journal
            .state()
            .finished
            .as_ref()
            .is_none_or(|end| failed(end.outcome))
    });
    drop(started.attached);
    match happened {
        Happened::Interrupted => Ok(ExitCode::from(INTERRUPTED)),
        Happened::Played(Ok(true)) if !died => Ok(ExitCode::SUCCESS),
        Happened::Played(Ok(_)) | Happened::SpawnerDied => Ok(ExitCode::from(FAILED)),
        Happened::Played(Err(error)) => Err(error),
    }
}

fn failed(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Failed | Outcome::SupervisorDied)
}

/// Does what was asked for; whether all of it went well.
async fn play(feed: &mut Feed<Printer>, args: &Args, scenario: Option<&Scenario>) -> Result<bool> {
    let born = |run: &Run| {
        run.read(|journal| {
            journal
                .state()
                .workers
                .iter()
                .any(|worker| worker.role != "parent")
        })
    };
    feed.until(BIRTH, |_| {}, born).await?;
    feed.settle(QUIET, BIRTH, |_| {}).await?;
    if let Some(scenario) = scenario {
        return Ok(script::play(feed, scenario).await? || !args.check);
    }
    let mut all_taken = true;
    if args.send.is_empty() {
        all_taken = send_lines(feed, args.json).await?;
    }
    for (id, text) in (1..).zip(&args.send) {
        all_taken &= send(feed, id, text).await?;
    }
    feed.settle(QUIET, PATIENCE, |_| {}).await?;
    // Senders end, so readers see end-of-file and end too; a script says itself how it ends.
    feed.run.end(Outcome::Completed);
    Ok(all_taken)
}

/// Each line of stdin is a message, as it comes.
async fn send_lines(feed: &mut Feed<Printer>, json: bool) -> Result<bool> {
    if stdin().is_terminal() && !json {
        feed.sink.remark(
            "type a line and press Enter to send it; Ctrl-D ends",
            Tone::Faint,
        )?;
    }
    let (sender, mut lines) = mpsc::channel(1);
    // A thread, since reading a terminal cannot be given up; it ends with the program.
    thread::spawn(move || {
        for line in stdin().lock().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                break;
            }
        }
    });
    let (mut all_taken, mut id) = (true, 0);
    loop {
        let line = tokio::select! {
            line = lines.recv() => line,
            _ = feed.until(Duration::MAX / 4, |_| {}, |_| false) => None,
        };
        let Some(line) = line else {
            return Ok(all_taken);
        };
        if !line.is_empty() {
            id += 1;
            all_taken &= send(feed, id, &line).await?;
        }
    }
}

async fn send(feed: &mut Feed<Printer>, id: RequestId, text: &str) -> Result<bool> {
    loop {
        let command = Command::Send {
            worker: None,
            data: Data::Text {
                text: text.to_owned(),
            },
            times: 1,
            args: shared::command::Values::new(),
        };
        match attempt(feed, id, command, |_| {}).await? {
            Ok(()) => return Ok(true),
            // As in a pipe, who writes faster than is read waits.
            Err(failure) if failure.code == Code::WorkerBusy => {
                feed.until(BUSY, |_| {}, |_| false).await?;
            }
            Err(failure) => return refused(feed, &failure),
        }
    }
}

/// Gives a command and takes events until it is answered; whether it was taken.
pub(super) async fn ask(
    feed: &mut Feed<Printer>,
    id: RequestId,
    command: Command,
    see: impl FnMut(&shared::event::Event),
) -> Result<bool> {
    match attempt(feed, id, command, see).await? {
        Ok(()) => Ok(true),
        Err(failure) => refused(feed, &failure),
    }
}

async fn attempt(
    feed: &mut Feed<Printer>,
    id: RequestId,
    command: Command,
    mut see: impl FnMut(&shared::event::Event),
) -> Result<Result<(), Failure>> {
    let mut answer = match feed.run.request(id, command) {
        Ok(answer) => answer,
        Err(failure) => return Ok(Err(failure)),
    };
    tokio::select! {
        biased;
        answer = &mut answer => return Ok(taken(answer)),
        fed = feed.until(PATIENCE, &mut see, |_| false) => fed?,
    };
    // The run has ended, perhaps by this very command; then the answer is there already.
    let answer = timeout(QUIET, answer).await;
    Ok(answer.map_or_else(|_| Err(run_over()), taken))
}

fn taken(answer: Result<Result<Done, Failure>, RecvError>) -> Result<(), Failure> {
    answer.unwrap_or_else(|_| Err(run_over())).map(drop)
}

fn refused(feed: &Feed<Printer>, failure: &Failure) -> Result<bool> {
    feed.sink
        .remark(&format!("refused: {failure}"), Tone::Bad)?;
    Ok(false)
}
