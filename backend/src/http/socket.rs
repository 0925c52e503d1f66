//! The way to the WebSocket.

use super::{App, problem::Problem};
use crate::ws::{self, Peer, READ_BUFFER, READ_LIMIT, WRITE_LIMIT};
use axum::{
    extract::{ConnectInfo, State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use shared::failure::{Code, Failure};
use std::net::SocketAddr;

pub(super) async fn upgrade(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    app.inner.guard.origin(&headers)?;
    let upgrade = upgrade.map_err(|rejection| {
        let failure = Failure::new(
            Code::BadMessage,
            rejection.body_text(),
            "open a WebSocket here, RFC 6455",
        );
        Problem::new(StatusCode::UPGRADE_REQUIRED, failure)
    })?;
    let peer = Peer {
        address: Some(peer.ip()),
    };
    let slot = app.inner.sockets.take(peer.address)?;
    let host = app.inner.host.clone();
    let session = host.sessions.token();
    Ok(upgrade
        .read_buffer_size(READ_BUFFER)
        .max_message_size(READ_LIMIT)
        .max_frame_size(READ_LIMIT)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_LIMIT)
        .on_upgrade(async move |socket| {
            ws::serve(socket, host, peer).await;
            drop((slot, session));
        }))
}
