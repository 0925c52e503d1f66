//! A run as a file.

use super::{App, problem::Problem};
use crate::lab::Token;
use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use shared::{
    failure::{Code, Failure},
    ids::RunId,
};

/// The recording of a run, for the one who has its token: `Authorization: Bearer TOKEN`.
pub(super) async fn journal(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.inner.guard.origin(&headers)?;
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let token = bearer.and_then(Token::parse).ok_or_else(|| {
        let failure = Failure::new(
            Code::WrongToken,
            "a recording is given to the owner of its run only",
            "send the token of hello as Authorization: Bearer TOKEN",
        );
        Problem::new(StatusCode::UNAUTHORIZED, failure)
    })?;
    let run = app.inner.host.lab.find(&RunId::new(id), &token)?;
    let name = format!(
        "attachment; filename=\"{}-{}.jsonl\"",
        run.entry().id,
        run.id()
    );
    let headers = [
        (
            header::CONTENT_TYPE,
            "application/jsonl; charset=utf-8".to_owned(),
        ),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, Body::from_stream(run.recording())).into_response())
}
