//! Payloads of the newest messages, for `fetch`: events carry only their first bytes.

use super::run::Done;
use base64::{Engine, engine::general_purpose::STANDARD};
use shared::{
    command::{Data, MAX_PAYLOAD},
    failure::Failure,
    ids::MsgId,
};
use std::collections::VecDeque;

/// Sends kept; `times` of one send are one payload.
const KEEP: usize = 64;
/// Bytes kept at most; a `fill` takes none.
const KEEP_BYTES: usize = 1 << 20;

#[derive(Debug, Default)]
pub(super) struct Payloads {
    sends: VecDeque<Payload>,
    bytes: usize,
}

#[derive(Debug)]
struct Payload {
    first: MsgId,
    end: MsgId,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Bytes(Vec<u8>),
    Fill { byte: u8, len: u64 },
}

impl Content {
    fn kept(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Fill { .. } => 0,
        }
    }
}

impl Payloads {
    /// Remembers what messages `first`, … `first + times - 1` carry.
    pub(super) fn keep(&mut self, first: MsgId, times: u32, data: &Data) {
        let content = match data {
            Data::Fill { fill, len } => Content::Fill {
                byte: u8::from_str_radix(fill, 16).unwrap_or_default(),
                len: *len,
            },
            Data::Text { .. } | Data::Base64 { .. } => {
                Content::Bytes(data.bytes().unwrap_or_default())
            }
        };
        self.bytes += content.kept();
        self.sends.push_back(Payload {
            first,
            end: first + u64::from(times),
            content,
        });
        while self.sends.len() > KEEP || self.bytes > KEEP_BYTES {
            self.bytes -= self
                .sends
                .pop_front()
                .map_or(0, |oldest| oldest.content.kept());
        }
    }

    /// Forgets the newest send, which was refused.
    pub(super) fn take_back(&mut self, first: MsgId) {
        if self
            .sends
            .back()
            .is_some_and(|newest| newest.first == first)
        {
            self.bytes -= self
                .sends
                .pop_back()
                .map_or(0, |newest| newest.content.kept());
        }
    }

    pub(super) fn fetch(&self, message: MsgId, from: u64, len: u64) -> Result<Done, Failure> {
        let payload = self
            .sends
            .iter()
            .find(|send| (send.first..send.end).contains(&message))
            .ok_or_else(|| {
                Failure::bad_param(
                    "message",
                    format!("the payload of message {message} is not kept"),
                    "only the newest payloads are; its events show its first bytes",
                )
            })?;
        let total = match &payload.content {
            Content::Bytes(bytes) => bytes.len().try_into().unwrap_or(u64::MAX),
            Content::Fill { len, .. } => *len,
        };
        if from > total {
            return Err(Failure::bad_param(
                "from",
                format!("message {message} has {total} bytes"),
                "ask for less",
            ));
        }
        let count = usize::try_from(len.min(total - from))
            .unwrap_or(MAX_PAYLOAD)
            .min(MAX_PAYLOAD);
        let start = usize::try_from(from).unwrap_or(usize::MAX);
        let base64 = match &payload.content {
            Content::Bytes(bytes) => {
                STANDARD.encode(bytes.get(start..start + count).unwrap_or_default())
            }
            Content::Fill { byte, .. } => STANDARD.encode(vec![*byte; count]),
        };
        Ok(Done::Bytes {
            from,
            total,
            data: Data::Base64 { base64 },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Done, Payloads};
    use shared::command::Data;

    fn fetched(payloads: &Payloads, message: u64, from: u64, len: u64) -> (u64, Vec<u8>) {
        let Done::Bytes { total, data, .. } = payloads.fetch(message, from, len).unwrap() else {
            panic!("no bytes")
        };
        (total, data.bytes().unwrap())
    }

    #[test]
    fn any_part_of_any_of_the_messages_is_found() {
        let mut payloads = Payloads::default();
        payloads.keep(
            1,
            3,
            &Data::Text {
                text: "hello".to_owned(),
            },
        );
        payloads.keep(
            4,
            1,
            &Data::Fill {
                fill: "61".to_owned(),
                len: 100_000,
            },
        );
        assert_eq!(fetched(&payloads, 3, 1, 3), (5, b"ell".to_vec()));
        assert_eq!(fetched(&payloads, 4, 99_998, 9), (100_000, b"aa".to_vec()));
        assert_eq!(
            payloads.fetch(5, 0, 1).unwrap_err().field.as_deref(),
            Some("message")
        );
        assert_eq!(
            payloads.fetch(3, 6, 1).unwrap_err().field.as_deref(),
            Some("from")
        );
    }

    #[test]
    fn memory_stays_bounded() {
        let mut payloads = Payloads::default();
        for id in 1..200 {
            payloads.keep(
                id,
                1,
                &Data::Text {
                    text: "x".repeat(30_000),
                },
            );
        }
        assert!(payloads.bytes <= super::KEEP_BYTES && payloads.sends.len() <= super::KEEP);
    }
}
