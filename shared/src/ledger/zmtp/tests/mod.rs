mod books;
mod parser;

/// What a PUB socket of libzmq 4.3.5 wrote to a SUB socket, call by call: greeting, READY, and two messages with the topic A,
/// `hello` and 300 times `x`, in one call. Recorded with strace.
fn published() -> Vec<Vec<u8>> {
    let mut messages = hex("010141000568656c6c6f01014102000000000000012c");
    messages.resize(messages.len() + 300, b'x');
    vec![
        hex("ff00000000000000017f03"),
        greeting_rest("01"),
        hex("04190552454144590b536f636b65742d5479706500000003505542"),
        messages,
    ]
}

/// The other direction: its command after the greeting is READY, and in the same call SUBSCRIBE.
fn subscribed() -> Vec<Vec<u8>> {
    vec![
        hex("ff00000000000000017f"),
        greeting_rest("0301"),
        hex("04190552454144590b536f636b65742d5479706500000003535542040b0953554253435249424541"),
    ]
}

/// A question of a REQ socket: an empty frame before it.
fn asked() -> Vec<Vec<u8>> {
    let ready = "04260552454144590b536f636b65742d5479706500000003524551084964656e7469747900000000";
    vec![
        hex("ff00000000000000017f"),
        greeting_rest("0301"),
        hex(ready),
        hex("0100000568656c6c6f"),
    ]
}

/// What is missing of the version, the mechanism NULL, and zeros.
fn greeting_rest(version: &str) -> Vec<u8> {
    let mut rest = hex(version);
    rest.extend(b"NULL");
    // Signature and major version are 11 bytes of the 64, and the rest is what was not sent with them.
    rest.resize(if version == "01" { 53 } else { 54 }, 0);
    rest
}

fn hex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    pairs.map(byte).collect()
}
