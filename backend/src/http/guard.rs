//! Which pages may talk to the server: a browser sends whatever any page asks it to.

use super::{App, forwarded, problem::Problem};
use crate::config::{Network, Settings};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use shared::failure::{Code, Failure};
use std::net::{IpAddr, SocketAddr};

/// Who is let in.
#[derive(Debug)]
pub(super) struct Guard {
    /// Origins of pages elsewhere that may connect.
    origins: Vec<String>,
    /// Names of this server, beside localhost and addresses.
    hosts: Vec<String>,
    /// Whose word about others is taken.
    proxies: Vec<Network>,
    /// Only the names above: where anybody's machine may be meant by a name, a foreign page could take one over.
    strict: bool,
}

impl Guard {
    pub(super) fn new(settings: &Settings) -> Self {
        let hosts: Vec<_> = settings
            .allow_host
            .iter()
            .map(|host| host.to_ascii_lowercase())
            .collect();
        Self {
            origins: settings.origins(),
            strict: settings.listen.is_loopback() || !hosts.is_empty(),
            hosts,
            proxies: settings.trusted_proxy.clone(),
        }
    }

    /// The request was meant for this server: a name that a foreign page made point here (DNS rebinding) is refused.
    fn host(&self, headers: &HeaderMap) -> Result<(), Failure> {
        let Some(host) = text(headers, header::HOST) else {
            return Ok(());
        };
        let name = name_of(&host);
        let known =
            name == "localhost" || name.parse::<IpAddr>().is_ok() || self.hosts.contains(&name);
        if known || !self.strict {
            return Ok(());
        }
        let message = format!("this server is not known as \"{name}\"");
        Err(Failure::new(
            Code::NotSupported,
            message,
            format!("start it with --allow-host {name}, or use localhost"),
        ))
    }

    /// The page that asks is ours, or one that the settings name; programs that are no browsers name none.
    pub(super) fn origin(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let Some(origin) = text(headers, header::ORIGIN) else {
            return Ok(());
        };
        let ours = origin
            .split_once("://")
            .is_some_and(|(_, host)| Some(host) == text(headers, header::HOST).as_deref());
        if ours || origin != "null" && self.origins.contains(&origin) {
            return Ok(());
        }
        let hint = match origin.as_str() {
            "null" => "a file or a sandboxed frame has no origin that --allow-origin could name; open the page itself".to_owned(),
            origin => format!("if it may, start the server with --allow-origin {origin}"),
        };
        let failure = Failure::new(
            Code::NotSupported,
            format!("a page from \"{origin}\" may not connect here"),
            hint,
        );
        Err(Problem::forbidden("origin", failure))
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    let value = headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase())
}

/// The host without its port, an IPv6 address without its brackets.
fn name_of(host: &str) -> String {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => host.split(':').next(),
    };
    name.unwrap_or_default().to_owned()
}

/// Whose share of runs and sockets a request takes; nobody's where it came over no network.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asker(pub(super) Option<IpAddr>);

/// Refuses what was not meant for this server, and finds out who asks.
pub(super) async fn check(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let guard = &app.inner.guard;
    if let Err(failure) = guard.host(request.headers()) {
        return Problem::forbidden("host", failure).into_response();
    }
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let asker = peer.map(|peer| forwarded::client(peer.0.ip(), &guard.proxies, request.headers()));
    request.extensions_mut().insert(Asker(asker));
    next.run(request).await
}
