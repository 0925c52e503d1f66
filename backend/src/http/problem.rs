//! Refusals over HTTP.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;
use shared::failure::{Code, Failure};

/// A failure as a response.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    failure: Box<Failure>,
    reason: Option<&'static str>,
}

/// Stands in the response for whoever counts refusals.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) failure: Box<Failure>,
    /// What it is counted as, if not by its limit or code.
    pub(super) reason: Option<&'static str>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, failure: Failure) -> Self {
        Self {
            status,
            failure: failure.into(),
            reason: None,
        }
    }

    /// A request from where none may come, counted as `reason`.
    pub(super) fn forbidden(reason: &'static str, failure: Failure) -> Self {
        Self {
            reason: Some(reason),
            ..Self::new(StatusCode::FORBIDDEN, failure)
        }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let status = match failure.code {
            Code::BadMessage | Code::UnknownType | Code::UnsupportedProtocol | Code::BadParam => {
                StatusCode::BAD_REQUEST
            }
            Code::UnknownRun => StatusCode::NOT_FOUND,
            Code::WrongToken => StatusCode::FORBIDDEN,
            Code::RunOver => StatusCode::GONE,
            Code::LimitHit | Code::WorkerBusy => StatusCode::TOO_MANY_REQUESTS,
            Code::NotSupported => StatusCode::NOT_IMPLEMENTED,
            Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, failure)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!(self.failure);
        body["type"] = "about:blank".into();
        body["status"] = self.status.as_u16().into();
        body["title"] = self.status.canonical_reason().unwrap_or("refused").into();
        body["detail"] = body["message"].take();
        if let Some(fields) = body.as_object_mut() {
            fields.remove("message");
        }
        let headers = [
            (header::CONTENT_TYPE, "application/problem+json"),
            (header::CACHE_CONTROL, "no-store"),
        ];
        let mut response = (self.status, headers, body.to_string()).into_response();
        // Whoever looks for pages that are not there is refused nothing.
        if self.status != StatusCode::NOT_FOUND {
            response.extensions_mut().insert(Refusal {
                failure: self.failure,
                reason: self.reason,
            });
        }
        response
    }
}

pub(super) async fn no_such_address() -> Problem {
    not_found(
        "there is nothing at this address",
        "see /api/schema, /api/catalog, /api/health and /api/ws",
    )
}

pub(super) fn not_found(message: &str, hint: &str) -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        Failure::new(Code::BadParam, message, hint),
    )
}
