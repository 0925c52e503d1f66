//! The way to the WebSocket.

use super::{App, guard::Asker, problem::Problem};
use crate::ws::{self, Peer, READ_BUFFER, READ_LIMIT, WRITE_LIMIT};
use axum::{
    Extension,
    extract::{State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use shared::failure::{Code, Failure};

pub(super) async fn upgrade(
    State(app): State<App>,
    Extension(Asker(address)): Extension<Asker>,
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
    let peer = Peer { address };
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
