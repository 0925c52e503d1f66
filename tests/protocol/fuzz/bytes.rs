//! What is no text: memory of a worker, and bytes that a worker has put into a link.

use super::fuzz;
use backend::tracer::decode::{self, Memory, Raw};
use shared::{
    ledger::zmtp::{Parser, What},
    mechanism::queue::layout::Header,
    pickle::{Object, dumps, length, loads},
};

/// Longest text of an argument, with its quotes and dots.
const LONGEST_ARGUMENT: usize = 520;
/// Four gibibytes and the head: no segment of a run is as large, not by far.
const LARGEST_RING: usize = (1 << 32) + 4096;
/// Most bytes of a call that are kept.
const MOST_DATA: usize = 64 * 1024;

#[test]
fn a_pickle_is_read_or_refused() {
    let corpus: Vec<_> = [
        Object::None,
        Object::Bool(true),
        Object::Int(-70_000),
        Object::Text("hé".repeat(300)),
        Object::Bytes(vec![7; 300]),
    ]
    .iter()
    .map(dumps)
    .collect();
    fuzz(&corpus, |input| {
        match loads(input) {
            Ok(object) => assert_eq!(loads(&dumps(&object)).as_ref(), Ok(&object)),
            Err(refused) => assert!(refused.to_string().contains(' ')),
        }
        if let Some(header) = input.first_chunk() {
            // A length, or none; nothing is made so large for it.
            let _a_length_at_most = length(*header);
        }
    });
}

/// Greeting, a command, a message of two frames, a long one.
fn conversation() -> Vec<u8> {
    let mut bytes = vec![0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1];
    bytes.extend(b"NULL");
    bytes.resize(64, 0);
    bytes.extend(b"\x04\x06\x05READY\x01\x01A\x00\x05hello\x02\0\0\0\0\0\0\x01\0");
    bytes.resize(bytes.len() + 256, b'x');
    bytes
}

#[test]
fn bytes_of_a_connection_of_zeromq_are_all_accounted_for() {
    fuzz(&[conversation()], |input| {
        // The first byte says how they come in pieces, and how many of each were seen.
        let (size, seen) = input.first().map_or((1, 1), |byte| {
            (usize::from(byte >> 4) + 1, usize::from(byte & 15))
        });
        let mut parser = Parser::default();
        for piece in input.chunks(size) {
            let known = &piece[..seen.min(piece.len())];
            let read = parser.feed(known, piece.len() as u64);
            let all: u64 = read.iter().map(|part| part.len).sum();
            assert_eq!(
                all,
                piece.len() as u64,
                "no byte is lost, none counted twice"
            );
            for part in read {
                if let What::Said(said) = part.what {
                    assert!(said.bytes.len() <= known.len() && said.from <= said.of);
                }
            }
        }
        parser.feed(&[], u64::MAX / 2);
    });
}

#[test]
fn the_head_of_a_ring_that_a_worker_wrote_leads_nowhere_else() {
    let head: Vec<u8> = [7_u32, 3, 8, 256, 5, 3, 0, 0]
        .iter()
        .chain(&[0; 64])
        .flat_map(|word| word.to_le_bytes())
        .collect();
    fuzz(&[head], |input| {
        if let Some(header) = Header::read(input) {
            assert!(header.held() <= header.slots, "{header:?}");
            for count in [header.popped, header.pushed, u32::MAX] {
                // Within what a ring can have at all, or the look is at somebody else's memory.
                assert!(header.place(count) < LARGEST_RING, "{header:?}");
            }
        }
    });
}

/// Memory of which one page is there.
struct Page<'a>(&'a [u8]);

const AT: u64 = 0x7000;

impl Memory for Page<'_> {
    fn read(&self, at: u64, len: usize) -> Vec<u8> {
        let skip = at
            .checked_sub(AT)
            .and_then(|skip| usize::try_from(skip).ok());
        let rest = skip.and_then(|skip| self.0.get(skip..)).unwrap_or_default();
        rest[..len.min(rest.len())].to_vec()
    }
}

/// A call of any number, its registers pointing into the page or anywhere; then what the page holds.
fn call() -> Vec<u8> {
    let mut bytes = vec![1, 0, 5, 0];
    for register in [3_u64, AT, 4096, AT + 64, AT + 128, 16] {
        bytes.extend(register.to_le_bytes());
    }
    for word in [AT + 200, 5, AT + 300, 70_000, u64::MAX, 0] {
        bytes.extend(word.to_le_bytes());
    }
    bytes.resize(600, b'a');
    bytes
}

#[test]
fn memory_of_a_worker_is_shown_within_bounds_whatever_it_holds() {
    fuzz(&[call()], |input| {
        let Some((head, page)) = input.split_first_chunk::<52>() else {
            return;
        };
        let number = |at: usize| i64::from(u16::from_le_bytes([head[at], head[at + 1]]));
        let mut args = [0; 6];
        for (at, arg) in args.iter_mut().enumerate() {
            let from = 4 + 8 * at;
            *arg = u64::from_le_bytes(std::array::from_fn(|byte| head[from + byte]));
        }
        let (raw, memory) = (
            Raw {
                nr: number(0) % 460,
                args,
            },
            Page(page),
        );
        let entered = decode::entered(raw, &memory, 0);
        let returned = decode::returned(raw, &entered, number(2) - 600, &memory, 0);
        for args in [&entered.args, &returned.args] {
            assert!(args.len() <= 6, "{args:?}");
            assert!(
                args.iter().all(|arg| arg.len() <= LONGEST_ARGUMENT),
                "{args:?}"
            );
        }
        assert!(entered.data.len() <= MOST_DATA && returned.data.len() <= MOST_DATA);
    });
}
