//! What the server says over HTTP: the page, a few facts as JSON, a run's recording, and the way to the WebSocket.
//!
//! Refusals are `application/problem+json` (RFC 9457) with the failure's code and hint.

mod api;
mod assets;
mod download;
mod forwarded;
mod guard;
mod headers;
mod metrics;
mod page;
mod patient;
mod problem;
mod schema;
mod serve;
mod socket;
mod source;

#[cfg(test)]
mod tests;

pub use serve::serve;

use crate::{
    config::Settings,
    lab::slots::{Slots, Things},
    ws::Host,
};
use axum::{
    Router, middleware,
    response::Redirect,
    routing::{any, get},
};
use guard::Guard;
use page::Page;
use std::sync::{Arc, OnceLock};

/// What all requests share.
#[derive(Clone, Debug)]
pub struct App {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    host: Host,
    guard: Guard,
    page: Page,
    sockets: Arc<Slots>,
    connections: Arc<Slots>,
    frame_ancestors: String,
    base_path: String,
    xray: OnceLock<Result<(), String>>,
}

const SOCKETS: Things = Things {
    limit: "sockets",
    limit_per_address: "sockets_per_address",
    are: "connections are open",
    hint: "wait a minute, or ask whoever runs the server to raise --sockets",
    hint_per_address: "close other tabs; for a class behind one address the server needs --sockets-per-address",
};

/// Connections that have not become sockets: they load the page, or are about to become one.
const CONNECTIONS: Things = Things {
    limit: "connections",
    limit_per_address: "connections_per_address",
    are: "connections are open",
    hint: "wait a minute, or ask whoever runs the server to raise --sockets",
    hint_per_address: "close other tabs; for a class behind one address the server needs --sockets-per-address",
};
/// Connections beside the sockets that are allowed: those that load the page.
const PAGES: u64 = 256;
/// The same for one address: a browser opens six.
const PAGES_PER_ADDRESS: u64 = 128;

impl App {
    /// Everything that the settings decide.
    pub fn new(host: Host, settings: &Settings) -> Self {
        let limits = &settings.limits;
        let sockets = Slots::new(SOCKETS, limits.sockets, limits.sockets_per_address);
        let of_address = match limits.sockets_per_address {
            0 => 0,
            sockets => sockets.saturating_add(PAGES_PER_ADDRESS),
        };
        let connections = limits.sockets.saturating_add(PAGES);
        let connections = Slots::new(CONNECTIONS, connections, of_address);
        let frame_ancestors = [vec!["'self'".to_owned()], settings.allow_embed.clone()]
            .concat()
            .join(" ");
        Self {
            inner: Arc::new(Inner {
                host,
                guard: Guard::new(settings),
                page: Page::new(settings),
                sockets,
                connections,
                frame_ancestors,
                base_path: settings.base_path.clone(),
                xray: OnceLock::new(),
            }),
        }
    }

    /// Says once whether system calls can be traced here, or why not.
    pub fn found_xray(&self, found: Result<(), String>) {
        let _first_counts = self.inner.xray.set(found);
    }

    /// All routes; under the path prefix and, for proxies that take it away, without it.
    pub fn router(&self) -> Router {
        let routes = Router::new()
            .route("/api/health", get(api::health))
            .route("/api/catalog", get(api::catalog))
            .route("/api/schema", get(api::schema))
            .route("/metrics", get(metrics::text))
            .route("/api/ws", any(socket::upgrade))
            .route("/api/runs/{id}/journal", get(download::journal))
            .route("/api/source/{*path}", get(source::role))
            .route("/api/{*rest}", any(problem::no_such_address))
            .fallback(page::get)
            .layer(middleware::from_fn_with_state(self.clone(), guard::check))
            .layer(middleware::from_fn_with_state(self.clone(), headers::add))
            .with_state(self.clone());
        match self.inner.base_path.as_str() {
            "/" => routes,
            prefix => {
                let bare = prefix.trim_end_matches('/');
                let whole = Redirect::permanent(prefix);
                Router::new()
                    .route(bare, get(async move || whole))
                    .nest(prefix, routes.clone())
                    .fallback_service(routes)
            }
        }
    }
}
