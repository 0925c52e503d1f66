//! Just enough of HTTP for a call: a POST and its answer, each with its length. Heads are read by `httparse`.

/// A head is not longer than this: somebody else may stand at the other end.
pub(super) const LONGEST_HEAD: usize = 16 * 1024;
/// A document is not longer than this.
pub(super) const LONGEST_BODY: usize = 1024 * 1024;
/// Headers of one head.
const MOST_HEADERS: usize = 32;
/// Where XML-RPC lives on a server, as clients of Python assume.
const PATH: &str = "/RPC2";

/// What a head says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// Bytes of the head, with the empty line that ends it.
    pub(super) len: usize,
    /// Bytes of the document behind it.
    pub(super) body: usize,
    /// The connection is closed after the answer.
    pub(super) last: bool,
    /// `200`, of an answer.
    pub(super) status: u16,
    /// `POST`, of a request.
    pub(super) method: String,
}

/// The bytes of a request.
pub(super) fn request(host: &str, kept: bool, body: &str) -> Vec<u8> {
    let version = version(kept);
    let len = body.len();
    format!(
        "POST {PATH} {version}\r\nHost: {host}\r\nContent-Type: text/xml\r\nContent-Length: {len}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// The bytes of an answer.
pub(super) fn answer(status: &str, kept: bool, body: &str) -> Vec<u8> {
    let version = version(kept);
    let len = body.len();
    format!("{version} {status}\r\nContent-Type: text/xml\r\nContent-Length: {len}\r\n\r\n{body}")
        .into_bytes()
}

fn version(kept: bool) -> &'static str {
    if kept { "HTTP/1.1" } else { "HTTP/1.0" }
}

/// Reads the head of a request, if it is all there.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read_request(bytes: &[u8]) -> Result<Option<Head>, String> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut parsed = httparse::Request::new(&mut headers);
    let Some(len) = complete(parsed.parse(bytes))? else {
        return room(bytes);
    };
    let mut head = head(len, parsed.version, parsed.headers)?;
    head.method = parsed.method.unwrap_or_default().to_owned();
    Ok(Some(head))
}

/// The same, of an answer.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read_answer(bytes: &[u8]) -> Result<Option<Head>, String> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut parsed = httparse::Response::new(&mut headers);
    let Some(len) = complete(parsed.parse(bytes))? else {
        return room(bytes);
    };
    let mut head = head(len, parsed.version, parsed.headers)?;
    head.status = parsed.code.unwrap_or_default();
    Ok(Some(head))
}

fn complete(parsed: httparse::Result<usize>) -> Result<Option<usize>, String> {
    match parsed {
        Ok(httparse::Status::Complete(len)) => Ok(Some(len)),
        Ok(httparse::Status::Partial) => Ok(None),
        Err(why) => Err(format!("no HTTP: {why}")),
    }
}

/// More may come, up to a length.
fn room(bytes: &[u8]) -> Result<Option<Head>, String> {
    if bytes.len() < LONGEST_HEAD {
        Ok(None)
    } else {
        Err("the head of HTTP is too long".to_owned())
    }
}

fn head(len: usize, version: Option<u8>, headers: &[httparse::Header<'_>]) -> Result<Head, String> {
    let named = |name: &str| {
        let found = headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name));
        found.and_then(|header| std::str::from_utf8(header.value).ok())
    };
    let body = match named("content-length").map(|text| text.trim().parse()) {
        Some(Ok(body)) if body <= LONGEST_BODY => body,
        Some(_) => return Err("a Content-Length that is not believed".to_owned()),
        None => 0,
    };
    let says = |word: &str| {
        named("connection").is_some_and(|value| value.trim().eq_ignore_ascii_case(word))
    };
    Ok(Head {
        len,
        body,
        last: says("close") || (version == Some(0) && !says("keep-alive")),
        ..Head::default()
    })
}

#[cfg(test)]
mod tests {
    use super::{Head, answer, read_answer, read_request, request};

    #[test]
    fn what_is_written_is_read() {
        let bytes = request("127.0.0.1:5000", true, "<x/>");
        let head = read_request(&bytes).unwrap().unwrap();
        assert_eq!(
            (head.method.as_str(), head.body, head.last),
            ("POST", 4, false)
        );
        assert_eq!(bytes.get(head.len..), Some(b"<x/>".as_slice()));
        let bytes = answer("200 OK", false, "<y/>");
        let head = read_answer(&bytes).unwrap().unwrap();
        assert_eq!((head.status, head.body, head.last), (200, 4, true));
    }

    #[test]
    fn half_a_head_is_none_yet() {
        let bytes = request("h", false, "");
        for end in 0..bytes.len() {
            assert_eq!(read_request(&bytes[..end]).unwrap(), None::<Head>, "{end}");
        }
    }

    #[test]
    fn what_is_too_long_or_no_http_is_refused() {
        assert!(read_request(&vec![b'A'; 17 * 1024]).is_err());
        assert!(read_request(b"\x00\x01\r\n\r\n").is_err());
        let claims = b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n";
        assert!(read_request(claims).is_err());
    }
}
