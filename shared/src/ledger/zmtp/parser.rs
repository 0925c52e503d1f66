//! ZMTP 3, the protocol of ZeroMQ on a connection, one direction of it: a greeting of 64 bytes, then frames.
//!
//! ```text
//! FF 00…00 01 7F │ 03 01 │ "NULL" 0… │ 0 │ 0…        greeting: signature, version, mechanism, as-server, filler
//! 04 26 05 READY …                                   a command: flags 4, length, name, …
//! 01 01 "A"  00 05 "hello"                           a message of two frames: flags 1 says that more follow
//! 02 00…00 01 00 …                                   a long frame: its length has eight bytes
//! ```

/// Bytes of the greeting.
const GREETING: u64 = 64;
/// The first byte of it.
const SIGNATURE: u8 = 0xff;
/// Another frame of this message follows.
const MORE: u8 = 1;
/// The length has eight bytes.
const LONG: u8 = 2;
/// A command of the protocol, not a message.
const COMMAND: u8 = 4;
/// Bytes of frames before the last one that are kept: a topic, an identity.
const KEEP: usize = 256;

/// Consecutive bytes of a direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// How many.
    pub len: u64,
    /// What they are.
    pub what: What,
}

/// What bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Of the protocol: greeting, commands, lengths, and all frames of a message but its last.
    Protocol,
    /// Of the last frame of a message, which carries what somebody had to say.
    Said(Said),
}

/// Bytes of the last frame of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The first of them is that byte of the frame.
    pub from: u64,
    /// Bytes of the whole frame.
    pub of: u64,
    /// The bytes, as many of the first ones as were seen.
    pub bytes: Vec<u8>,
    /// The frames before it, cut.
    pub before: Vec<Vec<u8>>,
}

/// How far a direction is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parser {
    at: At,
    /// Frames of the message so far.
    before: Vec<Vec<u8>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum At {
    Greeting {
        left: u64,
    },
    /// Flags and length, as far as they have come.
    Header(Vec<u8>),
    Body {
        flags: u8,
        of: u64,
        from: u64,
    },
    /// Bytes were not seen that said how to go on.
    Lost,
}

impl Default for Parser {
    fn default() -> Self {
        Self {
            at: At::Greeting { left: GREETING },
            before: Vec::new(),
        }
    }
}

impl Parser {
    /// Reads on: `len` bytes, of which the first ones are known.
    pub fn feed(&mut self, mut known: &[u8], mut len: u64) -> Vec<Piece> {
        let mut pieces = Vec::new();
        while len > 0 {
            let (n, what) = self.step(known, len);
            known = known.get(as_index(n)..).unwrap_or_default();
            len -= n;
            push(&mut pieces, Piece { len: n, what });
            // A frame without bytes ends where its header does.
            if let At::Body { flags, of: 0, .. } = self.at {
                let (_, what) = self.body(flags, 0, 0, &[], 0);
                push(&mut pieces, Piece { len: 0, what });
            }
        }
        pieces
    }

    /// The signature was seen: it is a connection of ZeroMQ.
    pub fn speaks(&self) -> bool {
        match self.at {
            At::Greeting { left } => left < GREETING,
            At::Header(_) | At::Body { .. } => true,
            At::Lost => false,
        }
    }

    /// The next bytes that are of one kind, at least one of `len`.
    fn step(&mut self, known: &[u8], len: u64) -> (u64, What) {
        match &mut self.at {
            // Other bytes than those of the signature: no ZMTP, but a bell between two threads.
            At::Greeting { left } if *left == GREETING && known.first() != Some(&SIGNATURE) => {
                self.at = At::Lost;
                (len, What::Protocol)
            }
            At::Greeting { left } => {
                let n = len.min(*left);
                *left -= n;
                if *left == 0 {
                    self.at = At::Header(Vec::new());
                }
                (n, What::Protocol)
            }
            At::Header(header) => {
                let Some(byte) = known.first() else {
                    self.at = At::Lost;
                    return (len, What::Protocol);
                };
                header.push(*byte);
                if let Some((flags, of)) = frame(header) {
                    self.at = At::Body { flags, of, from: 0 };
                }
                (1, What::Protocol)
            }
            At::Body { flags, of, from } => {
                let (flags, of, from) = (*flags, *of, *from);
                let n = len.min(of - from);
                let seen = known.get(..as_index(n)).unwrap_or(known);
                self.body(flags, of, from, seen, n)
            }
            At::Lost => (len, What::Protocol),
        }
    }

    fn body(&mut self, flags: u8, of: u64, from: u64, seen: &[u8], n: u64) -> (u64, What) {
        self.at = if from + n == of {
            At::Header(Vec::new())
        } else {
            At::Body {
                flags,
                of,
                from: from + n,
            }
        };
        if flags & COMMAND != 0 {
            return (n, What::Protocol);
        }
        if flags & MORE != 0 {
            if from == 0 {
                self.before.push(Vec::new());
            }
            if let Some(frame) = self.before.last_mut() {
                let room = KEEP.saturating_sub(frame.len());
                frame.extend(seen.iter().take(room));
            }
            return (n, What::Protocol);
        }
        let said = Said {
            from,
            of,
            bytes: seen.to_vec(),
            before: self.before.clone(),
        };
        if from + n == of {
            self.before.clear();
        }
        (n, What::Said(said))
    }
}

/// Flags and length of a frame, once all of its header is there.
fn frame(header: &[u8]) -> Option<(u8, u64)> {
    let (flags, length) = header.split_first()?;
    if flags & LONG == 0 {
        return Some((*flags, u64::from(*length.first()?)));
    }
    Some((*flags, u64::from_be_bytes(length.try_into().ok()?)))
}

/// Protocol next to protocol is one piece.
fn push(pieces: &mut Vec<Piece>, piece: Piece) {
    match pieces.last_mut() {
        Some(last) if last.what == What::Protocol && piece.what == What::Protocol => {
            last.len += piece.len;
        }
        _ => pieces.push(piece),
    }
}

fn as_index(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}
