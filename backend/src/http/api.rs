//! Facts as JSON.

use super::{App, schema};
use crate::counters::{Histogram, resident_bytes};
use axum::{
    Json,
    extract::State,
    http::{HeaderName, header},
    response::IntoResponse,
};
use serde_json::{Map, Value, json};
use shared::{PROTOCOL, catalog::ENTRIES};
use std::sync::LazyLock;

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
    counters.insert("connections", app.inner.connections.taken());
    Json(json!({
        "status": if host.farewell.borrow().is_none() { "ok" } else { "stopping" },
        "server": crate::NAME,
        "protocol": PROTOCOL,
        "protection": {"level": host.protection, "reason": *host.protection_reason},
        "xray": xray,
        "limits": host.lab.limits().by_name(),
        "counters": counters,
        "refusals": host.lab.counted().refusals(),
        "outcomes": host.lab.counted().outcomes(),
        "start_ms": {
            "box": times(&host.lab.counted().box_start),
            "first_process": times(&host.lab.counted().first_process),
        },
        "memory_bytes": {
            "server": resident_bytes("self"),
            "spawner": host.lab.spawner().and_then(|pid| resident_bytes(&pid.to_string())),
        },
    }))
}

/// How many took at most so many milliseconds, of how many, and the mean.
fn times(times: &Histogram) -> Value {
    let at_most: Map<_, _> = times
        .at_most()
        .filter_map(|(bound, count)| Some((bound?.to_string(), json!(count))))
        .collect();
    let mean = times.sum_micros().checked_div(times.count());
    json!({"count": times.count(), "mean_us": mean, "at_most": at_most})
}

/// Every entry with its variants, parameters and acts.
pub(super) async fn catalog() -> impl IntoResponse {
    // Written once: whoever asks for it again and again costs no more than the way there.
    static TEXT: LazyLock<String> = LazyLock::new(|| json!(ENTRIES).to_string());
    (AS_JSON, TEXT.as_str())
}

/// Every message and event, typed.
pub(super) async fn schema() -> impl IntoResponse {
    static TEXT: LazyLock<String> = LazyLock::new(|| schema::schema().to_string());
    (AS_JSON, TEXT.as_str())
}

const AS_JSON: [(HeaderName, &str); 1] = [(header::CONTENT_TYPE, "application/json")];
