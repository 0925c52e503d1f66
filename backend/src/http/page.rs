//! The page: its files, and its first file at every address it shows something at.

use super::{
    App,
    assets::{ENCODINGS, accepts, built_in, is_route, media_type, never_changes},
    problem,
};
use crate::config::Settings;
use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, Method, Response, StatusCode, Uri, header},
    response::IntoResponse,
};
use std::{
    borrow::Cow,
    path::{Path, PathBuf},
};
use tokio::fs::canonicalize;

const INDEX: &str = "index.html";
const BASE: &str = r#"<base href="/">"#;

/// Where the files come from.
#[derive(Debug)]
pub(super) struct Page {
    folder: Option<PathBuf>,
    base_path: String,
}

struct File {
    tag: Option<&'static str>,
    bytes: Cow<'static, [u8]>,
    encoding: Option<&'static str>,
}

impl Page {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            folder: settings.page.clone(),
            base_path: settings.base_path.clone(),
        }
    }

    async fn file(&self, path: &str, accept: &str) -> Option<File> {
        if let Some(folder) = &self.folder {
            let bytes = read_below(folder, path).await?;
            return Some(File {
                tag: None,
                bytes: bytes.into(),
                encoding: None,
            });
        }
        let compressed = ENCODINGS
            .iter()
            .filter(|(encoding, _)| accepts(accept, encoding))
            .find_map(|(encoding, end)| {
                let (tag, bytes) = built_in(&format!("{path}{end}"))?;
                Some(File {
                    tag: Some(tag),
                    bytes: bytes.into(),
                    encoding: Some(encoding),
                })
            });
        compressed.or_else(|| {
            let (tag, bytes) = built_in(path)?;
            Some(File {
                tag: Some(tag),
                bytes: bytes.into(),
                encoding: None,
            })
        })
    }

    /// The first file, with the address prefix that its relative addresses start from.
    async fn index(&self, accept: &str) -> Option<File> {
        if self.base_path == "/" {
            return self.file(INDEX, accept).await;
        }
        let file = self.file(INDEX, "").await?;
        let base = format!(r#"<base href="{}">"#, self.base_path);
        let html = String::from_utf8_lossy(&file.bytes).replacen(BASE, &base, 1);
        Some(File {
            tag: None,
            bytes: html.into_bytes().into(),
            encoding: None,
        })
    }
}

/// A file of a folder, and nothing outside of it, whatever symbolic links stand in there.
async fn read_below(folder: &Path, path: &str) -> Option<Vec<u8>> {
    let root = canonicalize(folder).await.ok()?;
    let file = canonicalize(root.join(path)).await.ok()?;
    if file.starts_with(&root) {
        tokio::fs::read(file).await.ok()
    } else {
        None
    }
}

pub(super) async fn get(
    State(app): State<App>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response<Body> {
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let text = |name| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let accept = text(header::ACCEPT_ENCODING);
    let path = uri.path().trim_matches('/');
    let plain = path
        .split('/')
        .all(|part| !part.is_empty() && !part.starts_with('.'))
        && !path.contains(['%', '\\']);
    let page = &app.inner.page;
    if plain
        && path != INDEX
        && let Some(file) = page.file(path, accept).await
    {
        return respond(path, StatusCode::OK, file, text(header::IF_NONE_MATCH));
    }
    let status = if is_route(path) {
        StatusCode::OK
    } else {
        StatusCode::NOT_FOUND
    };
    let wants_page = status == StatusCode::OK || text(header::ACCEPT).contains("text/html");
    match page.index(accept).await {
        Some(index) if wants_page => respond(INDEX, status, index, text(header::IF_NONE_MATCH)),
        Some(_) | None => {
            problem::not_found("there is nothing at this address", "start at /").into_response()
        }
    }
}

fn respond(path: &str, status: StatusCode, file: File, known: &str) -> Response<Body> {
    let cache = if never_changes(path) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let mut response = Response::builder()
        .header(header::CONTENT_TYPE, media_type(path))
        .header(header::CACHE_CONTROL, cache)
        .header(header::VARY, "accept-encoding");
    if let Some(encoding) = file.encoding {
        response = response.header(header::CONTENT_ENCODING, encoding);
    }
    if let Some(tag) = file.tag {
        response = response.header(header::ETAG, tag);
    }
    let is_known = status == StatusCode::OK
        && file
            .tag
            .is_some_and(|tag| known.split(',').any(|one| one.trim() == tag));
    let done = if is_known {
        response
            .status(StatusCode::NOT_MODIFIED)
            .body(Body::empty())
    } else {
        let bytes = match file.bytes {
            Cow::Borrowed(bytes) => Body::from(bytes),
            Cow::Owned(bytes) => Body::from(bytes),
        };
        response.status(status).body(bytes)
    };
    done.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}
