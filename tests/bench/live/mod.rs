//! A real server and a real client on this machine: how fast a run begins, how fast its facts arrive.

mod client;

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use harness::{Account, TestServer};
use shared::{
    command::{ClientMessage, Data, Values},
    event::{Kind, Source},
    ids::Seq,
};

use self::client::Client;
use crate::figures::{Bound, Goal, median, percentile, spread};

/// Runs started for one figure.
const STARTS: usize = 100;
/// MiB more in the large server: what the history of a busy class may take.
const BALLAST: &str = "512";
/// Events of the stored journal that is replayed; the journal keeps 65,536.
const STORED: Seq = 50_000;
/// Messages sent at a time while it is made.
const BURST: u32 = 2_000;
/// How often it is replayed.
const REPLAYS: usize = 10;

fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}

/// From the client's `start` to the first `process.started` of a worker, decoded by the client.
pub(crate) fn start() -> Result<Vec<Goal>> {
    runtime()?.block_on(async {
        let small = TestServer::with(Account::Ours, &["--commands-per-second", "0"]);
        let large = TestServer::with(
            Account::Ours,
            &["--commands-per-second", "0", "--ballast-mib", BALLAST],
        );
        let (mut to_small, mut to_large) = (
            Client::connect(&small).await?,
            Client::connect(&large).await?,
        );
        let (mut ms, mut ms_large) = (Vec::new(), Vec::new());
        for _ in 0..STARTS {
            ms.push(one_start(&mut to_small).await?);
            ms_large.push(one_start(&mut to_large).await?);
        }
        let ratio = median(ms_large.clone()) / median(ms.clone());
        Ok(vec![
            Goal {
                name: "start to first process.started at the client, p50".to_owned(),
                value: median(ms.clone()),
                unit: "ms",
                bound: Bound::AtMost(3.0),
                detail: format!("{STARTS} runs, min/med/max {}", spread(&ms)),
            },
            Goal {
                name: format!("the same with {BALLAST} MiB more in the server"),
                value: ratio,
                unit: "×",
                bound: Bound::AtMost(1.15),
                detail: format!("min/med/max {} ms", spread(&ms_large)),
            },
        ])
    })
}

async fn one_start(client: &mut Client) -> Result<f64> {
    let began = Instant::now();
    client.start(&Values::new(), true).await?;
    client
        .until(|event| matches!(&event.kind, Kind::ProcessStarted { .. }))
        .await?;
    let ms = began.elapsed().as_secs_f64() * 1e3;
    client.stop().await?;
    Ok(ms)
}

/// From a worker's report to the client that has decoded it, at about 10,000 events a second; none may be missing.
pub(crate) fn stream() -> Result<Vec<Goal>> {
    const MESSAGES: u32 = 10_000;
    runtime()?.block_on(async {
        let server = TestServer::with(Account::Ours, &["--events-per-second", "0"]);
        let mut client = Client::connect(&server).await?;
        // Three facts a message: sending, sent, received.
        let params = Values::from([("pace".to_owned(), 230.into())]);
        client.start(&params, false).await?;
        let mono_ns = client
            .until(|event| matches!(event.kind, Kind::RunStarted { .. }))
            .await
            .map(|event| match event.kind {
                Kind::RunStarted { mono_ns, .. } => mono_ns,
                _ => 0,
            })?;
        ensure!(mono_ns > 0, "the run does not say when it began");
        client
            .send(
                Data::Text {
                    text: "x".repeat(16),
                },
                MESSAGES,
            )
            .await?;
        let (mut us, mut seen, mut last, mut first_at, mut last_at) =
            (Vec::new(), 0_u32, 0, None, Instant::now());
        while seen < MESSAGES {
            for event in client.next().await? {
                ensure!(
                    event.seq == last + 1 || last == 0,
                    "event {} after {last}",
                    event.seq
                );
                last = event.seq;
                if event.source == Source::Report {
                    #[expect(clippy::cast_precision_loss, reason = "microseconds of a run")]
                    us.push(
                        client::monotonic_ns().saturating_sub(mono_ns + event.at_ns) as f64 / 1e3,
                    );
                    last_at = Instant::now();
                    first_at.get_or_insert(last_at);
                }
                // One read may bring several messages.
                if let Kind::MessageReceived { complete, .. } = &event.kind {
                    seen += u32::try_from(complete.len())?;
                }
            }
        }
        let rate = us.len() as f64
            / last_at
                .duration_since(first_at.context("no event came")?)
                .as_secs_f64();
        us.sort_by(f64::total_cmp);
        let detail = format!("{} events, {rate:.0} events/s, none lost", us.len());
        Ok(vec![
            Goal {
                name: "worker to client, p50".to_owned(),
                value: percentile(&us, 0.50),
                unit: "µs",
                bound: Bound::AtMost(150.0),
                detail: detail.clone(),
            },
            Goal {
                name: "worker to client, p99".to_owned(),
                value: percentile(&us, 0.99),
                unit: "µs",
                bound: Bound::AtMost(1000.0),
                detail,
            },
        ])
    })
}

/// Stored events to one client that reads the `seq` of each.
pub(crate) fn replay() -> Result<Vec<Goal>> {
    runtime()?.block_on(async {
        let server = TestServer::with(
            Account::Ours,
            &["--events-per-second", "0", "--commands-per-second", "0"],
        );
        let mut client = Client::connect(&server).await?;
        client.start(&Values::new(), false).await?;
        let mut last = 0;
        while last < STORED {
            client
                .send(
                    Data::Text {
                        text: "hello".to_owned(),
                    },
                    BURST,
                )
                .await?;
            let mut sent = 0;
            while sent < BURST {
                for event in client.next().await? {
                    last = event.seq;
                    sent += u32::from(matches!(event.kind, Kind::MessageSent { .. }));
                }
            }
        }
        client.quiet().await;
        let mut rates = Vec::new();
        for _ in 0..REPLAYS {
            let run = client.run.clone();
            let id = client.id();
            client
                .say(&ClientMessage::Replay {
                    id,
                    run,
                    after: 0,
                    until: STORED,
                })
                .await?;
            let began = Instant::now();
            let count = client.count_until(STORED).await?;
            ensure!(count == STORED, "{count} of {STORED} events came");
            #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
            rates.push(count as f64 / began.elapsed().as_secs_f64() / 1e6);
        }
        Ok(vec![Goal {
            name: "a stored journal to one client".to_owned(),
            value: median(rates.clone()),
            unit: "M ev/s",
            bound: Bound::AtLeast(1.0),
            detail: format!(
                "{REPLAYS} × {STORED} events, min/med/max {}",
                spread(&rates)
            ),
        }])
    })
}
