//! `ipc-playground serve`.
//!
//! Order of a stop: 1. all runs are told to end, 2. sessions get their last events, then why, then the close frame,
//! 3. no new connections, 4. exit; whatever is left of a run dies with the spawner, which sees the server's end.

use super::{SPAWNER_DIED, terminal};
use crate::{
    config::Settings,
    http::{self, App},
    lab::{Lab, Order, Token},
    sandbox::{Level, Wanted},
    spawner::{Client, Protection, SpawnerEnd},
    ws::{Farewell, Host, close},
};
use anyhow::{Context, Result, bail};
use nix::{sched::sched_getaffinity, unistd::Pid};
use shared::{
    event::Outcome,
    failure::{Code, Failure},
};
use std::{process::ExitCode, time::Duration};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// For runs to end, of the two seconds in which a stop must be done.
const RUNS_END: Duration = Duration::from_millis(1200);
/// For sessions to say goodbye, of those two seconds.
const GOODBYES: Duration = Duration::from_millis(500);
/// A server that is started again is there in a second.
const RETRY: Duration = Duration::from_secs(2);
/// The first run of a host shows whether calls can be traced; it takes milliseconds.
const PROBE: Duration = Duration::from_secs(5);

enum Happened {
    Stop,
    SpawnerDied,
}

pub(super) async fn serve(settings: Settings, spawner: SpawnerEnd) -> Result<ExitCode> {
    let protection = spawner.protection().clone();
    admit(&settings, &protection)?;
    let client = Client::new(spawner).context("cannot talk to the spawner")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot wait for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot wait for SIGINT")?;
    let lab = Lab::new(client.clone(), settings.limits.clone(), cores());
    let (farewell, told) = watch::channel(None);
    let host = Host {
        lab: lab.clone(),
        farewell: told,
        protection: protection.level.name(),
        protection_reason: protection.reason().into(),
        sessions: TaskTracker::new(),
    };
    let app = App::new(host, &settings);

    let address = (settings.listen, settings.port);
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!(
            "cannot listen on {} port {}; another --port, or 0 for a free one",
            settings.listen, settings.port
        )
    })?;
    let address = listener
        .local_addr()
        .context("a listening socket has an address")?;
    terminal::say(&format!(
        "IPC Playground: open http://{address}{} (Ctrl-C stops it)\n",
        settings.base_path
    ))?;

    tracing::info!(
        level = protection.level.name(),
        "isolation: {}",
        protection.reason()
    );

    if !settings.listen.is_loopback() && settings.allow_host.is_empty() {
        tracing::warn!(
            "by a name of its own this server is reached only where --allow-host says so; by any other, a page of somebody \
             else could take it over (DNS rebinding)"
        );
    }

    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    tasks.spawn(http::serve(app.clone(), listener, stop.clone()));
    tasks.close();
    let probing = TaskTracker::new();
    let lab_to_try = lab.clone();
    probing.spawn(async move { app.found_xray(try_xray(&lab_to_try).await.traced()) });

    let happened = tokio::select! {
        _ = terminate.recv() => Happened::Stop,
        _ = interrupt.recv() => Happened::Stop,
        () = client.closed() => Happened::SpawnerDied,
    };
    let (code, goodbye) = match happened {
        Happened::Stop => {
            tracing::info!("stopping");
            lab.stop_all(Outcome::ServerStopping, RUNS_END).await;
            (ExitCode::SUCCESS, stopping())
        }
        Happened::SpawnerDied => {
            tracing::error!("the spawner died, and all runs with it");
            // So that each page sees how its run ended before it hears that the server does.
            lab.stop_all(Outcome::Failed, RUNS_END).await;
            (ExitCode::from(SPAWNER_DIED), spawner_died())
        }
    };
    farewell.send_replace(Some(goodbye));
    stop.cancel();
    if timeout(GOODBYES, tasks.wait()).await.is_err() {
        tracing::warn!("some connections did not end in time");
    }
    Ok(code)
}

/// Other machines are let in where runs cannot harm the host or each other, or where somebody has said that they may.
fn admit(settings: &Settings, protection: &Protection) -> Result<()> {
    let asked_for = settings.accept_basic || settings.isolation.isolation == Wanted::Basic;
    if protection.level == Level::Full || settings.listen.is_loopback() || asked_for {
        return Ok(());
    }
    bail!(
        "{} would let other machines in, and runs are not isolated here: {}. \"ipc-playground doctor\" says more; \
         --accept-basic lets people in all the same: only those whom you trust",
        settings.listen,
        protection.reason()
    )
}

fn stopping() -> Farewell {
    let failure = Failure::new(
        Code::Internal,
        "the server stops",
        "wait until it is there again; your run has ended",
    );
    Farewell {
        code: close::GOING_AWAY,
        failure,
        retry: Some(RETRY),
    }
}

fn spawner_died() -> Farewell {
    let failure = Failure::new(
        Code::Internal,
        "the playground failed and starts again",
        "wait a moment; your run is lost",
    );
    Farewell {
        code: close::INTERNAL,
        failure,
        retry: Some(RETRY),
    }
}

/// The cores that runs can be pinned to.
pub(super) fn cores() -> Vec<usize> {
    let set = sched_getaffinity(Pid::from_raw(0)).unwrap_or_default();
    (0..nix::sched::CpuSet::count())
        .filter(|core| set.is_set(*core).unwrap_or(false))
        .collect()
}

/// What came of a first run.
#[derive(Debug)]
pub(super) enum FirstRun {
    /// Its calls were seen.
    Traced,
    /// It went, and its calls could not be seen: why.
    Untraced(String),
    /// It did not begin: why.
    None(String),
}

impl FirstRun {
    /// Whether calls can be seen, or why not.
    fn traced(self) -> Result<(), String> {
        match self {
            Self::Traced => Ok(()),
            Self::Untraced(why) | Self::None(why) => Err(why),
        }
    }
}

/// Whether runs work and their calls can be traced here, by tracing some.
pub(super) async fn try_xray(lab: &Lab) -> FirstRun {
    let order = Order {
        entry: "pipe".to_owned(),
        xray: true,
        ..Order::default()
    };
    let started = match lab.start(&Token::random(), None, order).await {
        Ok(started) => started,
        Err(failure) => return FirstRun::None(failure.to_string()),
    };
    let mut seen = started.run.subscribe();
    let began = timeout(PROBE, seen.wait_for(|last| *last > 0))
        .await
        .is_ok_and(|told| told.is_ok());
    let found = started
        .run
        .read(|journal| (journal.state().xray, journal.state().xray_off.clone()));
    started.run.end(Outcome::Stopped);
    match (began, found) {
        (false, _) => FirstRun::None("the first run did not begin in time".to_owned()),
        (true, (true, _)) => FirstRun::Traced,
        (true, (false, why)) => {
            FirstRun::Untraced(why.unwrap_or_else(|| "the supervisor gave no reason".to_owned()))
        }
    }
}
