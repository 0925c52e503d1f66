use super::{asked, published, subscribed};
use crate::ledger::zmtp::{Parser, Piece, Said, What};

/// What was said on a direction, and how many bytes were protocol.
fn read(calls: &[Vec<u8>]) -> (Vec<Said>, u64) {
    let mut parser = Parser::default();
    let pieces: Vec<Piece> = calls
        .iter()
        .flat_map(|bytes| parser.feed(bytes, bytes.len() as u64))
        .collect();
    let all: usize = calls.iter().map(Vec::len).sum();
    assert_eq!(
        pieces.iter().map(|piece| piece.len).sum::<u64>(),
        all as u64
    );
    let mut said = Vec::new();
    let mut protocol = 0;
    for piece in pieces {
        match piece.what {
            What::Protocol => protocol += piece.len,
            What::Said(one) => said.push(one),
        }
    }
    (said, protocol)
}

#[test]
fn messages_are_told_from_greeting_commands_and_lengths() {
    let (said, protocol) = read(&published());
    assert_eq!(said.len(), 2);
    assert_eq!((said[0].bytes.as_slice(), said[0].of), (&b"hello"[..], 5));
    assert_eq!((said[1].bytes.len(), said[1].of), (300, 300));
    assert!(said.iter().all(|one| one.before == [b"A".to_vec()]));
    // Greeting, READY, and with each message its topic and two headers.
    assert_eq!(protocol, 64 + 27 + (3 + 2) + (3 + 9));
}

#[test]
fn a_subscription_is_a_command_and_no_message() {
    assert_eq!(read(&subscribed()), (Vec::new(), 64 + 40));
}

#[test]
fn the_empty_frame_before_a_question_is_protocol() {
    let (said, _) = read(&asked());
    assert_eq!(said.len(), 1);
    assert_eq!(said[0].bytes, b"hello");
    assert_eq!(said[0].before, [Vec::<u8>::new()]);
}

#[test]
fn bytes_may_come_in_any_pieces() {
    let whole: Vec<u8> = published().concat();
    for size in [1, 2, 3, 7, 64, 100] {
        let pieces: Vec<Vec<u8>> = whole.chunks(size).map(<[u8]>::to_vec).collect();
        let (said, protocol) = read(&pieces);
        let text: Vec<u8> = said.iter().flat_map(|one| one.bytes.clone()).collect();
        assert_eq!((text.len(), protocol), (305, 108), "{size}");
        assert!(text.starts_with(b"hello"));
        // Each piece says where in its frame it begins.
        let begins = said.iter().filter(|one| one.from == 0).count();
        assert_eq!(begins, 2, "{size}");
    }
}

#[test]
fn what_was_not_seen_of_a_long_message_is_skipped() {
    let mut calls = published();
    let long = calls.pop().unwrap();
    let mut parser = Parser::default();
    for bytes in &calls {
        parser.feed(bytes, bytes.len() as u64);
    }
    // Only 40 bytes of the call were looked at: its last frame is longer, so nothing is missed.
    parser.feed(&long[..40], long.len() as u64);
    assert!(parser.speaks());
    let next = parser.feed(&[0, 2, b'o', b'k'], 4);
    assert!(matches!(&next[1].what, What::Said(said) if said.bytes == b"ok"));
    // But when a header was not seen, what follows cannot be read.
    parser.feed(&[], 10);
    assert!(!parser.speaks());
}

#[test]
fn an_empty_message_is_one() {
    let mut parser = Parser::default();
    let greeting = &published()[..3].concat();
    parser.feed(greeting, greeting.len() as u64);
    let pieces = parser.feed(&[0, 0], 2);
    assert!(matches!(&pieces[1], Piece { len: 0, what: What::Said(said) } if said.of == 0));
}

#[test]
fn a_bell_between_two_threads_is_no_connection() {
    let mut parser = Parser::default();
    for _ in 0..200 {
        assert_eq!(
            parser.feed(&[0], 1),
            [Piece {
                len: 1,
                what: What::Protocol
            }]
        );
    }
    assert!(!parser.speaks());
}
