//! Payloads: single buffers and vectors of them.

use super::{
    Context,
    numbers::{PENDING, address, low, size},
    text::{SHOWN, excerpt, push},
};

/// Parts of a vector that are looked at, IOV_MAX of the kernel.
const MAX_PARTS: u64 = 1024;
/// Parts of a vector that are shown.
const SHOWN_PARTS: usize = 32;
/// Bytes of a `struct iovec`.
const PART: u64 = 16;

/// A `struct iovec`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) base: u64,
    pub(super) len: u64,
}

/// What is sent: the buffer of a write, whose length is the next argument.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn send(context: &Context<'_>, at: usize) -> Option<String> {
    Some(content(context, context.args[at], context.args[at + 1]))
}

/// What is received: the buffer of a read.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn receive(context: &Context<'_>, at: usize) -> Option<String> {
    let place = context.args[at];
    Some(match context.ret {
        None => PENDING.to_owned(),
        Some(ret) => {
            u64::try_from(ret).map_or_else(|_| address(place), |got| content(context, place, got))
        }
    })
}

/// What is sent in parts.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn send_vector(context: &Context<'_>, at: usize) -> Option<String> {
    Some(sent_parts(context, place_of(context, at)))
}

/// Address and count of a vector that begins with this argument.
fn place_of(context: &Context<'_>, at: usize) -> Vector {
    Vector {
        base: context.args[at],
        count: low(context.args[at + 1]).into(),
    }
}

pub(super) fn sent_parts(context: &Context<'_>, vector: Vector) -> String {
    parts(context, vector, |part| {
        content(context, part.base, part.len)
    })
}

/// What is received in parts.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn receive_vector(context: &Context<'_>, at: usize) -> Option<String> {
    Some(match context.ret.map(u64::try_from) {
        None => PENDING.to_owned(),
        Some(Err(_)) => address(context.args[at]),
        Some(Ok(got)) => received_parts(context, place_of(context, at), got),
    })
}

/// The parts as far as they were filled.
pub(super) fn received_parts(context: &Context<'_>, vector: Vector, mut left: u64) -> String {
    parts(context, vector, |part| {
        let here = part.len.min(left);
        left -= here;
        content(context, part.base, here)
    })
}

pub(super) fn content(context: &Context<'_>, at: u64, len: u64) -> String {
    let bytes = context.memory.read(at, size(len).min(SHOWN));
    if at == 0 || (bytes.is_empty() && len > 0) {
        address(at)
    } else {
        excerpt(&bytes, len)
    }
}

fn parts(context: &Context<'_>, place: Vector, mut show: impl FnMut(Part) -> String) -> String {
    let vector = place.parts(context);
    if vector.is_empty() && place.count > 0 {
        return address(place.base);
    }
    let mut text = String::from("[");
    for (i, part) in vector.iter().enumerate() {
        if i > 0 {
            text.push_str(", ");
        }
        if i == SHOWN_PARTS {
            text.push_str("...");
            break;
        }
        push(
            &mut text,
            format_args!("{{iov_base={}, iov_len={}}}", show(*part), part.len),
        );
    }
    text.push(']');
    text
}

/// An array of `struct iovec`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vector {
    pub(super) base: u64,
    pub(super) count: u64,
}

impl Vector {
    /// The parts it consists of.
    pub(super) fn parts(self, context: &Context<'_>) -> Vec<Part> {
        let count = self.count.min(MAX_PARTS);
        let bytes = context
            .memory
            .read(self.base, usize::try_from(count * PART).unwrap_or(0));
        let (words, _) = bytes.as_chunks::<8>();
        let words: Vec<u64> = words.iter().map(|word| u64::from_ne_bytes(*word)).collect();
        words
            .as_chunks::<2>()
            .0
            .iter()
            .map(|[base, len]| Part {
                base: *base,
                len: *len,
            })
            .collect()
    }

    /// Bytes of all parts.
    pub(super) fn len(self, context: &Context<'_>) -> u64 {
        self.parts(context)
            .iter()
            .fold(0, |sum, part| part.len.saturating_add(sum))
    }

    /// The first `most` bytes of all parts in one.
    pub(super) fn gather(self, context: &Context<'_>, most: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in self.parts(context) {
            let want = size(part.len).min(most - bytes.len());
            let got = context.memory.read(part.base, want);
            let short = got.len() < want;
            bytes.extend_from_slice(&got[..got.len().min(want)]);
            if short || bytes.len() >= most {
                break;
            }
        }
        bytes
    }
}
