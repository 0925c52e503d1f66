//! The source of the roles, compiled in from the very files that run: the page shows what it is.

use super::problem::{self, Problem};
use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};

macro_rules! sources {
    ($($entry:literal: $($file:literal)*;)*) => {
        &[$($((concat!($entry, "/", $file), include_str!(concat!("../mechanism/", $entry, "/", $file)))),*),*]
    };
}

const SOURCES: &[(&str, &str)] = sources! {
    "pipe": "parent.rs" "writer.rs" "reader.rs";
};

pub(super) async fn role(Path((entry, file)): Path<(String, String)>) -> Result<Response, Problem> {
    let wanted = format!("{entry}/{file}");
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
