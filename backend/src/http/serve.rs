//! Takes connections.

use super::App;
use axum::{
    Router,
    extract::{ConnectInfo, Request},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use shared::failure::{Code, Failure};
use std::{fs::File, io, net::SocketAddr, sync::Arc, time::Duration};
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
/// Connections beside the sockets that are allowed: those that load the page.
const PAGES: usize = 256;
/// For telling somebody that there is no descriptor for another connection, and until the next look for one.
const NO_DESCRIPTOR: Duration = Duration::from_millis(100);

/// Serves until told to stop, then until the last connection and the last session have ended.
pub async fn serve(app: App, listener: TcpListener, stop: CancellationToken) {
    let sockets = usize::try_from(app.inner.host.lab.limits().sockets).unwrap_or(PAGES);
    let room = Arc::new(Semaphore::new(
        (sockets + PAGES).min(Semaphore::MAX_PERMITS),
    ));
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
                connections.spawn(async move {
                    connection(&router, stream, peer, stop).await;
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
            let _gone_or_slow = timeout(NO_DESCRIPTOR, say_full(stream)).await;
        } else {
            // Somebody else was quicker; some will be closed soon.
            sleep(NO_DESCRIPTOR).await;
        }
        *self = Self::new();
    }
}

/// Answers whatever is asked.
async fn say_full(mut stream: TcpStream) -> io::Result<()> {
    // Unread, what was asked would make the kernel throw the answer away.
    let mut asked = [0; 4096];
    if stream.read(&mut asked).await? == 0 {
        return Ok(());
    }
    let failure = Failure::new(
        Code::LimitHit,
        "the server has no descriptor left for another connection",
        "wait a minute; whoever runs the server can raise its limit of open files (LimitNOFILE, ulimit -n)",
    );
    let body = serde_json::json!({
        "type": "about:blank", "status": 503, "title": "Service Unavailable",
        "code": failure.code, "detail": failure.message, "hint": failure.hint,
    });
    let body = body.to_string();
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\nretry-after: 5\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}

async fn connection(router: &Router, stream: TcpStream, peer: SocketAddr, stop: CancellationToken) {
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
        .serve_connection(TokioIo::new(stream), service)
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
        tracing::debug!(%error, %peer, "connection ended");
    }
}
