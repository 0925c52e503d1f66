//! Takes connections.

use super::{App, PAGES, patient::Patient};
use crate::counters::Counters;
use axum::{
    Router,
    extract::{ConnectInfo, Request},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use shared::failure::{Code, Failure};
use std::{error::Error as _, fs::File, io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

/// A browser sends the head of a request at once; a connection that has none for so long is closed.
const HEAD: Duration = Duration::from_secs(10);
/// For telling somebody that it has too many connections; so long they take room.
const REFUSAL: Duration = Duration::from_millis(500);
/// For telling somebody that there is no descriptor for another connection, and until the next look for one.
const NO_DESCRIPTOR: Duration = Duration::from_millis(100);

/// Serves until told to stop, then until the last connection and the last session have ended.
pub async fn serve(app: App, listener: TcpListener, stop: CancellationToken) {
    let room = app.inner.host.lab.limits().sockets.saturating_add(PAGES);
    let room = usize::try_from(room).unwrap_or(Semaphore::MAX_PERMITS);
    let room = Arc::new(Semaphore::new(room.min(Semaphore::MAX_PERMITS)));
    let connections = TaskTracker::new();
    let router = app.router();
    let mut reserve = Reserve::new();
    loop {
        let permit = tokio::select! {
            permit = Arc::clone(&room).acquire_owned() => permit,
            () = stop.cancelled() => break,
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let (router, stop) = (router.clone(), stop.clone());
                let share = app.inner.guard.share_of(peer.ip());
                let slot = app.inner.connections.take(share);
                let counters = Arc::clone(app.inner.host.lab.counted());
                connections.spawn(async move {
                    match slot {
                        Ok(slot) => {
                            connection(&router, stream, peer, stop, &counters).await;
                            drop(slot);
                        }
                        Err(failure) => {
                            counters.refused(&failure);
                            let refusal = refuse(stream, 429, "Too Many Requests", &failure);
                            let _gone_or_slow = timeout(REFUSAL, refusal).await;
                        }
                    }
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot take a connection");
                app.inner.host.lab.counted().refused_for("descriptors");
                reserve.refuse(&listener).await;
            }
        }
    }
    for tracker in [&connections, &app.inner.host.sessions] {
        tracker.close();
        tracker.wait().await;
    }
}

/// A descriptor that is given up, where there is no other, for as long as it takes to tell somebody so.
struct Reserve(Option<File>);

impl Reserve {
    fn new() -> Self {
        Self(File::open("/dev/null").ok())
    }

    /// Takes the next connection, if one is still there, says in words that there is no room, and closes it.
    async fn refuse(&mut self, listener: &TcpListener) {
        drop(self.0.take());
        if let Ok(Ok((stream, _))) = timeout(NO_DESCRIPTOR, listener.accept()).await {
            let _gone_or_slow = timeout(NO_DESCRIPTOR, refuse_for_descriptors(stream)).await;
        } else {
            // Somebody else was quicker; some will be closed soon.
            sleep(NO_DESCRIPTOR).await;
        }
        *self = Self::new();
    }
}

async fn refuse_for_descriptors(stream: TcpStream) -> io::Result<()> {
    let failure = Failure::new(
        Code::LimitHit,
        "the server has no descriptor left for another connection",
        "wait a minute; whoever runs the server can raise its limit of open files (LimitNOFILE, ulimit -n)",
    );
    refuse(stream, 503, "Service Unavailable", &failure).await
}

/// Answers whatever is asked.
async fn refuse(
    mut stream: TcpStream,
    status: u16,
    title: &str,
    failure: &Failure,
) -> io::Result<()> {
    // Unread, what was asked would make the kernel throw the answer away.
    let mut asked = [0; 4096];
    if stream.read(&mut asked).await? == 0 {
        return Ok(());
    }
    let body = serde_json::json!({
        "type": "about:blank", "status": status, "title": title,
        "code": failure.code, "detail": failure.message, "hint": failure.hint,
    });
    let body = body.to_string();
    let answer = format!(
        "HTTP/1.1 {status} {title}\r\ncontent-type: application/problem+json\r\nretry-after: 5\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}

async fn connection(
    router: &Router,
    stream: TcpStream,
    peer: SocketAddr,
    stop: CancellationToken,
    counters: &Counters,
) {
    // Each frame is whole when it is sent; there is nothing to wait for.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let service = service_fn(|mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        // Whoever has asked may say that it asks no more, and still wants its answer.
        .half_close(true)
        .serve_connection(TokioIo::new(Patient::new(stream)), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        if took_nothing(&error) {
            counters.stalled.add(1);
        }
        tracing::debug!(%error, %peer, "connection ended");
    }
}

/// The other side has left unread what was written.
fn took_nothing(error: &hyper::Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref());
    cause.is_some_and(|error: &io::Error| error.kind() == io::ErrorKind::TimedOut)
}
