//! Who asks, where a proxy stands in between.
//!
//! Each proxy adds the address it got a request from to the end of `X-Forwarded-For`. What a stranger wrote there stands before
//! that, so the list is read from its end, as long as the addresses are those of proxies that we trust.

use crate::config::Network;
use axum::http::HeaderMap;
use std::net::{IpAddr, SocketAddr};

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address of whoever asks, when `peer` is who has connected.
pub(super) fn client(peer: IpAddr, trusted: &[Network], headers: &HeaderMap) -> IpAddr {
    let is_proxy = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let values = headers.get_all(FORWARDED_FOR).into_iter();
    let text: Vec<_> = values
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    let hops = text.iter().rev().flat_map(|line| line.rsplit(','));
    let mut client = peer;
    for hop in hops {
        if !is_proxy(client) {
            break;
        }
        // A proxy that hides whom it asks for stands for all of them.
        let Some(address) = address(hop.trim()) else {
            break;
        };
        client = address;
    }
    client.to_canonical()
}

/// `192.0.2.7`, `2001:db8::7`, and either with a port.
fn address(hop: &str) -> Option<IpAddr> {
    let bare = || hop.parse().ok();
    let with_port = || hop.parse::<SocketAddr>().ok().map(|address| address.ip());
    let in_brackets = || hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    bare().or_else(with_port).or_else(in_brackets)
}

#[cfg(test)]
mod tests {
    use super::client;
    use axum::http::HeaderMap;
    use std::net::IpAddr;

    fn asked(peer: &str, trusted: &[&str], lines: &[&str]) -> IpAddr {
        let trusted: Vec<_> = trusted.iter().map(|range| range.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        client(peer.parse().unwrap(), &trusted, &headers)
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let one = &["127.0.0.1"][..];
        for (peer, trusted, lines, expected) in [
            ("127.0.0.1", one, &["192.0.2.7"][..], "192.0.2.7"),
            ("127.0.0.1", &[], &["192.0.2.7"], "127.0.0.1"),
            ("192.0.2.9", one, &["192.0.2.7"], "192.0.2.9"),
            ("127.0.0.1", one, &[], "127.0.0.1"),
            ("::ffff:127.0.0.1", one, &["192.0.2.7"], "192.0.2.7"),
        ] {
            let found = asked(peer, trusted, lines);
            assert_eq!(
                found,
                expected.parse::<IpAddr>().unwrap(),
                "{peer} {lines:?}"
            );
        }
    }

    #[test]
    fn what_a_stranger_wrote_before_is_not_believed() {
        let two = &["127.0.0.1", "10.0.0.0/8"];
        for (lines, expected) in [
            (&["1.1.1.1, 192.0.2.7"][..], "192.0.2.7"),
            (&["1.1.1.1", "192.0.2.7, 10.1.1.1"], "192.0.2.7"),
            (&["10.9.9.9, 10.1.1.1"], "10.9.9.9"),
            (&["192.0.2.7, unknown"], "127.0.0.1"),
            (&["192.0.2.7:4711, 10.1.1.1"], "192.0.2.7"),
            (&["[2001:db8::7]:4711"], "2001:db8::7"),
            (&["[2001:db8::7]"], "2001:db8::7"),
            (&["2001:db8::7"], "2001:db8::7"),
            (&[""], "127.0.0.1"),
            (&[",,,"], "127.0.0.1"),
        ] {
            let found = asked("127.0.0.1", two, lines);
            assert_eq!(found, expected.parse::<IpAddr>().unwrap(), "{lines:?}");
        }
    }
}
