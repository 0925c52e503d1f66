//! The smallest HTTP client that can ask what a browser would not: any header, any path.

use crate::wait::PATIENCE;
use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// How an answer came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status, 200 for example.
    pub status: u16,
    /// Headers with lower-case names.
    pub headers: Vec<(String, String)>,
    /// The content.
    pub body: String,
}

impl Answer {
    /// The first header of that name, which is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|header| header.0 == name)
            .map(|header| header.1.as_str())
    }

    /// The content as JSON.
    ///
    /// # Panics
    /// If it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|error| panic!("not JSON: {error}\n{self:?}"))
    }
}

/// GET of a path, taken literally.
pub async fn get(address: SocketAddr, path: &str) -> Answer {
    ask(
        address,
        &format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"),
    )
    .await
}

/// Sends a request as it is and reads the answer to its end.
///
/// # Panics
/// If there is no answer within [`PATIENCE`], or it is no HTTP.
pub async fn ask(address: SocketAddr, request: &str) -> Answer {
    let exchange = async {
        let mut tcp = TcpStream::connect(address)
            .await
            .expect("the server listens");
        tcp.write_all(request.as_bytes())
            .await
            .expect("the server reads");
        let mut answer = Vec::new();
        // Not every server hangs up when asked to.
        while !is_whole(&answer) && tcp.read_buf(&mut answer).await.expect("the server answers") > 0
        {
        }
        answer
    };
    let answer = timeout(PATIENCE, exchange)
        .await
        .unwrap_or_else(|_| panic!("no answer to {request}"));
    parse(&String::from_utf8_lossy(&answer))
}

/// Sends bytes that may be no request at all, and reads whatever comes until the server hangs up.
pub async fn shout(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut heard = Vec::new();
    let exchange = async {
        let mut tcp = TcpStream::connect(address).await?;
        tcp.write_all(bytes).await?;
        tcp.shutdown().await?;
        tcp.read_to_end(&mut heard).await
    };
    // A server that resets the connection has answered too.
    timeout(PATIENCE, exchange).await.ok();
    heard
}

/// The answer says how long it is, and is so long.
fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer).to_ascii_lowercase();
    let Some((head, _)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        line.strip_prefix("content-length:")?
            .trim()
            .parse::<usize>()
            .ok()
    });
    length.is_some_and(|length| answer.len() >= head.len() + 4 + length)
}

fn parse(answer: &str) -> Answer {
    let (head, body) = answer
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("no HTTP: {answer}"));
    let mut lines = head.lines();
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1)?.parse().ok())
        .expect("a status line");
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    let headers: Vec<_> = lines.filter_map(header).collect();
    let chunked = headers
        .iter()
        .any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let body = if chunked {
        unchunk(body)
    } else {
        body.to_owned()
    };
    Answer {
        status,
        headers,
        body,
    }
}

fn unchunk(mut rest: &str) -> String {
    let mut body = String::new();
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).expect("the size of a chunk");
        if size == 0 {
            break;
        }
        body.push_str(&after[..size]);
        rest = after[size..].trim_start_matches("\r\n");
    }
    body
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn chunks_are_put_together() {
        let answer = parse(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
        );
        assert_eq!((answer.status, answer.body.as_str()), (200, "abcde"));
    }
}
