//! Facts as JSON.

use super::{App, schema};
use axum::{Json, extract::State};
use serde_json::{Value, json};
use shared::{PROTOCOL, catalog::ENTRIES};

/// What `health` says of isolation, and why.
const PROTECTION: &str = "processes of a run have limits and a call filter of their own, but share the namespaces of this \
                          host; boxes with their own come later";

/// Whether all is well, what this host can do, what is allowed, what goes on.
pub(super) async fn health(State(app): State<App>) -> Json<Value> {
    let host = &app.inner.host;
    let xray = match app.inner.xray.get() {
        Some(Ok(())) => json!({"available": true}),
        Some(Err(why)) => json!({"available": false, "reason": why}),
        None => json!({"available": null, "reason": "not tried yet"}),
    };
    let mut counters = host.lab.counters();
    counters.insert("sockets", app.inner.sockets.taken());
    Json(json!({
        "status": if host.farewell.borrow().is_none() { "ok" } else { "stopping" },
        "server": crate::NAME,
        "protocol": PROTOCOL,
        "protection": {"level": host.protection, "reason": PROTECTION},
        "xray": xray,
        "limits": host.lab.limits().by_name(),
        "counters": counters,
    }))
}

/// Every entry with its variants, parameters and acts.
pub(super) async fn catalog() -> Json<Value> {
    Json(json!(ENTRIES))
}

/// Every message and event, typed.
pub(super) async fn schema() -> Json<Value> {
    Json(schema::schema())
}
