//! The source of the roles, compiled in from the very files that run: the page shows what it is.

use super::problem::{self, Problem};
use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};

/// By place below the mechanisms: `pipe/writer.rs`, `queue/posix/producer.py`.
const SOURCES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/sources.rs"));

pub(super) async fn role(Path(wanted): Path<String>) -> Result<Response, Problem> {
    let source = SOURCES
        .iter()
        .find(|(name, _)| *name == wanted)
        .map(|(_, source)| *source);
    let source = source.ok_or_else(|| {
        let names: Vec<_> = SOURCES.iter().map(|(name, _)| *name).collect();
        problem::not_found(
            "there is no such role",
            &format!("there are: {}", names.join(", ")),
        )
    })?;
    Ok((
        [
            (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
            (header::CACHE_CONTROL, "no-cache"),
        ],
        source,
    )
        .into_response())
}
