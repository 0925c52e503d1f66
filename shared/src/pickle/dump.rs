//! Pickles as they are written.

use super::{HEADER, LONG_HEADER, Object, header, op};

/// The protocol that Python 3.8 and later pickle with unless told otherwise.
const PROTOCOL: u8 = 4;
/// Opcodes in a frame are announced with its length, if there are at least so many bytes.
const SMALLEST_FRAME: usize = 4;
/// Bytes of the announcement.
const FRAME: usize = 9;
/// Text and bytes of this length stand outside of frames.
const UNFRAMED: usize = 64 * 1024;

/// The pickle of an object, byte for byte as CPython writes it.
pub fn dumps(object: &Object) -> Vec<u8> {
    let mut out = Vec::with_capacity(room(object));
    dump(&mut out, object);
    out
}

/// What a connection sends of an object: its header, and the pickle. Made in one piece of memory, which is asked for once.
pub fn message(object: &Object) -> Vec<u8> {
    let mut out = Vec::with_capacity(room(object));
    out.extend([0; HEADER]);
    dump(&mut out, object);
    let len = out.len() - HEADER;
    match (i32::try_from(len), out.first_chunk_mut()) {
        (Ok(len), Some(short)) => *short = len.to_be_bytes(),
        _ => drop(out.splice(..HEADER, header(len))),
    }
    out
}

/// Bytes that a message has at most beside its content: a header, the protocol, a frame, an opcode with a length, two more.
const AROUND: usize = LONG_HEADER + 2 + FRAME + 9 + 2;

fn room(object: &Object) -> usize {
    AROUND
        + match object {
            Object::Text(text) => text.len(),
            Object::Bytes(bytes) => bytes.len(),
            Object::None | Object::Bool(_) | Object::Int(_) => 0,
        }
}

fn dump(out: &mut Vec<u8>, object: &Object) {
    out.extend([op::PROTO, PROTOCOL]);
    let framed = framed(object);
    if framed {
        out.extend([op::FRAME; FRAME]);
    }
    let at = out.len();
    push(out, object);
    out.push(op::STOP);
    let len = out.len() - at;
    if framed && len < SMALLEST_FRAME {
        out.drain(at - FRAME..at);
    } else if framed && let Some(place) = out.get_mut(at - FRAME + 1..at) {
        place.copy_from_slice(&(len as u64).to_le_bytes());
    }
}

/// Writes the opcodes that push an object.
pub fn push(out: &mut Vec<u8>, object: &Object) {
    match object {
        Object::None => out.push(op::NONE),
        Object::Bool(true) => out.push(op::TRUE),
        Object::Bool(false) => out.push(op::FALSE),
        Object::Int(n) => int(out, *n),
        Object::Text(text) => sized(out, [op::SHORT_TEXT, op::TEXT], text.as_bytes()),
        Object::Bytes(bytes) => sized(out, [op::SHORT_BYTES, op::BYTES], bytes),
    }
}

/// A pickle of opcodes, of which the last is STOP: the protocol before them, and their number where they are in a frame.
pub fn whole(body: Vec<u8>, framed: bool) -> Vec<u8> {
    let mut out = vec![op::PROTO, PROTOCOL];
    if body.len() >= SMALLEST_FRAME && framed {
        out.push(op::FRAME);
        out.extend((body.len() as u64).to_le_bytes());
    }
    out.extend(body);
    out
}

/// It stands in a frame: what is long is not copied into one.
fn framed(object: &Object) -> bool {
    match object {
        Object::Text(text) => text.len() < UNFRAMED,
        Object::Bytes(bytes) => bytes.len() < UNFRAMED,
        Object::None | Object::Bool(_) | Object::Int(_) => true,
    }
}

fn int(out: &mut Vec<u8>, n: i64) {
    if let Ok(n) = u8::try_from(n) {
        out.extend([op::INT1, n]);
    } else if let Ok(n) = u16::try_from(n) {
        out.push(op::INT2);
        out.extend(n.to_le_bytes());
    } else if let Ok(n) = i32::try_from(n) {
        out.push(op::INT);
        out.extend(n.to_le_bytes());
    } else {
        // Two's complement in as few bytes as it needs.
        let all = n.to_le_bytes();
        let redundant = |len: usize| match (all.get(len), all.get(len - 1)) {
            (Some(0), Some(below)) => below & 0x80 == 0,
            (Some(0xff), Some(below)) => below & 0x80 != 0,
            _ => false,
        };
        let mut len = all.len();
        while len > 1 && redundant(len - 1) {
            len -= 1;
        }
        out.push(op::LONG);
        out.extend(u8::try_from(len));
        out.extend(all.iter().take(len));
    }
}

fn sized(out: &mut Vec<u8>, [short, usual]: [u8; 2], content: &[u8]) {
    match (u8::try_from(content.len()), u32::try_from(content.len())) {
        (Ok(len), _) => out.extend([short, len]),
        (Err(_), Ok(len)) => {
            out.push(usual);
            out.extend(len.to_le_bytes());
        }
        (Err(_), Err(_)) => {
            out.push(if usual == op::TEXT {
                op::LONG_TEXT
            } else {
                op::LONG_BYTES
            });
            out.extend((content.len() as u64).to_le_bytes());
        }
    }
    out.extend(content);
    out.push(op::MEMOIZE);
}
