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
}

/// Stands for any name in `--allow-host`.
const ANY: &str = "*";

impl Guard {
    pub(super) fn new(settings: &Settings) -> Self {
        let named = settings.allow_host.iter().cloned();
        let hosts = named
            .chain(own_name())
            .map(|host| host.to_ascii_lowercase());
        let hosts = hosts.collect();
        Self {
            origins: settings.origins(),
            hosts,
            proxies: settings.trusted_proxy.clone(),
        }
    }

    /// The request was meant for this server: a name that a foreign page made point here (DNS rebinding) is refused.
    fn host(&self, headers: &HeaderMap) -> Result<(), Failure> {
        let Some(host) = text(headers, header::HOST) else {
            return Ok(());
        };
        if headers.get_all(header::HOST).iter().nth(1).is_some() {
            let message = "this request names its server more than once";
            return Err(Failure::new(Code::BadMessage, message, "send one Host"));
        }
        let name = name_of(&host);
        // Nobody can make an address point elsewhere, nor localhost.
        let fixed = name == "localhost" || name.parse::<IpAddr>().is_ok();
        if fixed || self.hosts.iter().any(|host| *host == name || host == ANY) {
            return Ok(());
        }
        let message = format!("this server is not known as \"{name}\"");
        Err(Failure::new(
            Code::NotSupported,
            message,
            format!("start it with --allow-host {name}, or use its address or localhost"),
        ))
    }

    /// Whose share of the connections somebody takes who connects from there. A proxy that is trusted stands for many, and
    /// must see itself that none of them takes too much.
    pub(super) fn share_of(&self, peer: IpAddr) -> Option<IpAddr> {
        let is_proxy = self.proxies.iter().any(|network| network.contains(peer));
        (!is_proxy).then_some(peer)
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

/// What this machine calls itself; no page of others has that name.
fn own_name() -> Option<String> {
    let name = nix::unistd::gethostname().ok()?.into_string().ok()?;
    (!name.is_empty()).then_some(name)
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
