//! Takes connections.

use super::App;
use axum::{
    Router,
    extract::{ConnectInfo, Request},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::sleep,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

/// A browser sends the head of a request at once; a connection that has none for so long is closed.
const HEAD: Duration = Duration::from_secs(10);
/// Connections beside the sockets that are allowed: those that load the page.
const PAGES: usize = 256;
/// When the process has no descriptor for another connection, some will be closed soon.
const NO_DESCRIPTOR: Duration = Duration::from_millis(100);

/// Serves until told to stop, then until the last connection and the last session have ended.
pub async fn serve(app: App, listener: TcpListener, stop: CancellationToken) {
    let sockets = usize::try_from(app.inner.host.lab.limits().sockets).unwrap_or(PAGES);
    let room = Arc::new(Semaphore::new(
        (sockets + PAGES).min(Semaphore::MAX_PERMITS),
    ));
    let connections = TaskTracker::new();
    let router = app.router();
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
                sleep(NO_DESCRIPTOR).await;
            }
        }
    }
    for tracker in [&connections, &app.inner.host.sessions] {
        tracker.close();
        tracker.wait().await;
    }
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
