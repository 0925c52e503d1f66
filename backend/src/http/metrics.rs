//! What the server counts, as Prometheus reads it: its text format, version 0.0.4.

use super::App;
use crate::counters::{Histogram, resident_bytes};
use axum::{extract::State, http::header, response::IntoResponse};
use std::{collections::BTreeMap, fmt::Write as _};

const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) async fn text(State(app): State<App>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, TEXT)], page(&app))
}

/// Everything on one page.
fn page(app: &App) -> String {
    let host = &app.inner.host;
    let (lab, counted) = (&host.lab, host.lab.counted());
    let numbers = lab.counters();
    let number = |name| numbers.get(name).copied().unwrap_or_default();
    let mut page = Page::default();
    for (name, help, value) in [
        ("runs", "Runs going on.", number("runs")),
        (
            "runs_kept",
            "Ended runs whose journal is kept.",
            number("runs_kept"),
        ),
        ("boxes", "Boxes that exist.", number("boxes")),
        (
            "sessions",
            "Sessions of browsers and programs.",
            number("sessions"),
        ),
        (
            "sockets",
            "WebSockets that are open.",
            app.inner.sockets.taken(),
        ),
        (
            "connections",
            "Connections that load pages and ask for facts; WebSockets are not among them.",
            app.inner.connections.taken(),
        ),
        (
            "watchers",
            "Connections that watch the run of somebody else.",
            number("watchers"),
        ),
        (
            "journal_bytes",
            "Bytes of all journals.",
            number("journal_bytes"),
        ),
        (
            "up",
            "1, or 0 while the server stops.",
            u64::from(host.farewell.borrow().is_none()),
        ),
    ] {
        page.head(name, help, "gauge");
        page.line(name, "", value);
    }
    for (name, help, value) in [
        (
            "runs_started_total",
            "Runs ever started.",
            counted.runs.get(),
        ),
        ("events_total", "Events of all runs.", counted.events.get()),
        (
            "events_lagged_total",
            "Events that a browser was too slow for.",
            counted.lagged.get(),
        ),
        (
            "sockets_stalled_total",
            "Connections cut because nobody read.",
            counted.stalled.get(),
        ),
    ] {
        page.head(name, help, "counter");
        page.line(name, "", value);
    }
    page.by(
        "runs_ended_total",
        "Runs that ended, by outcome.",
        "outcome",
        counted.outcomes(),
    );
    page.by(
        "refusals_total",
        "What was refused, by reason.",
        "reason",
        counted.refusals(),
    );
    page.times(
        "box_start_seconds",
        "From the request to start a run to its box.",
        &counted.box_start,
    );
    page.times(
        "first_process_seconds",
        "From the request to start a run to its first process.",
        &counted.first_process,
    );
    let spawner = lab
        .spawner()
        .and_then(|pid| resident_bytes(&pid.to_string()));
    let memory = [("server", resident_bytes("self")), ("spawner", spawner)];
    page.head(
        "resident_bytes",
        "Memory of the server's own processes.",
        "gauge",
    );
    for (process, bytes) in memory {
        if let Some(bytes) = bytes {
            page.line(
                "resident_bytes",
                &format!("{{process=\"{process}\"}}"),
                bytes,
            );
        }
    }
    page.head("build_info", "Version and level of isolation.", "gauge");
    let labels = format!(
        "{{server=\"{}\",isolation=\"{}\"}}",
        crate::NAME,
        host.protection
    );
    page.line("build_info", &labels, 1);
    page.0
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn head(&mut self, name: &str, help: &str, kind: &str) {
        let name = format!("ipc_playground_{name}");
        self.add(&format!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
    }

    fn line(&mut self, name: &str, labels: &str, value: impl std::fmt::Display) {
        self.add(&format!("ipc_playground_{name}{labels} {value}\n"));
    }

    fn add(&mut self, text: &str) {
        // Nothing can go wrong when writing to memory.
        let _always = self.0.write_str(text);
    }

    /// One line for each; the values of the label are names of ours, which need no escaping.
    fn by(&mut self, name: &str, help: &str, label: &str, counts: BTreeMap<String, u64>) {
        self.head(name, help, "counter");
        for (value, count) in counts {
            self.line(name, &format!("{{{label}=\"{value}\"}}"), count);
        }
    }

    fn times(&mut self, name: &str, help: &str, times: &Histogram) {
        self.head(name, help, "histogram");
        let bucket = format!("{name}_bucket");
        for (bound, count) in times.at_most() {
            let bound = bound.map_or("+Inf".to_owned(), |ms| seconds(ms.saturating_mul(1000)));
            self.line(&bucket, &format!("{{le=\"{bound}\"}}"), count);
        }
        self.line(&format!("{name}_sum"), "", seconds(times.sum_micros()));
        self.line(&format!("{name}_count"), "", times.count());
    }
}

/// Microseconds as seconds, exactly.
fn seconds(micros: u64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn seconds_are_exact_and_short() {
        for (micros, expected) in [
            (0, "0"),
            (1_000, "0.001"),
            (5_000_000, "5"),
            (1_234_567, "1.234567"),
            (10_000_000, "10"),
        ] {
            assert_eq!(seconds(micros), expected);
        }
    }
}
