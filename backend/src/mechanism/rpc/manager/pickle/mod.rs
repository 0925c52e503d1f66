//! The values of a call as Python pickles them: numbers, texts, lists, dictionaries, tuples, and objects of a class by its
//! name. Opcodes make nodes on a stack; nothing that a pickle names is ever looked for or run.

mod read;
#[cfg(test)]
mod tests;

pub(super) use read::loads;

use crate::mechanism::rpc::value::Value;
use shared::pickle::{self, Object};

mod op {
    pub(super) const MARK: u8 = b'(';
    pub(super) const EMPTY_TUPLE: u8 = b')';
    pub(super) const TUPLE1: u8 = 0x85;
    pub(super) const TUPLE2: u8 = 0x86;
    pub(super) const TUPLE3: u8 = 0x87;
    pub(super) const TUPLE: u8 = b't';
    pub(super) const EMPTY_LIST: u8 = b']';
    pub(super) const APPEND: u8 = b'a';
    pub(super) const APPENDS: u8 = b'e';
    pub(super) const EMPTY_DICT: u8 = b'}';
    pub(super) const SETITEM: u8 = b's';
    pub(super) const SETITEMS: u8 = b'u';
    pub(super) const FLOAT: u8 = b'G';
    pub(super) const PROTO: u8 = 0x80;
    pub(super) const FRAME: u8 = 0x95;
    pub(super) const MEMOIZE: u8 = 0x94;
    pub(super) const GET: u8 = b'h';
    pub(super) const LONG_GET: u8 = b'j';
    pub(super) const PUT: u8 = b'q';
    pub(super) const LONG_PUT: u8 = b'r';
    pub(super) const CLASS: u8 = 0x93;
    pub(super) const REDUCE: u8 = b'R';
    pub(super) const NEWOBJ: u8 = 0x81;
    pub(super) const BUILD: u8 = b'b';
    pub(super) const STOP: u8 = b'.';
}

/// What Python's exceptions are found in; their names stand here without it.
const BUILTINS: &str = "builtins";
/// What a proxy is made from.
pub(super) const TOKEN: &str = "multiprocessing.managers.Token";
/// Opcodes in a frame: a longer pickle has none, which is allowed.
const LONGEST_FRAME: usize = 64 * 1024;
/// The pickle of a value, byte for byte as CPython writes it where no part of it occurs twice.
pub(super) fn dumps(value: &Value) -> Vec<u8> {
    let mut body = Vec::new();
    push(&mut body, value);
    body.push(op::STOP);
    let framed = body.len() < LONGEST_FRAME;
    pickle::whole(body, framed)
}

fn plain(out: &mut Vec<u8>, object: &Object) {
    pickle::push(out, object);
}

fn push(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::None => plain(out, &Object::None),
        Value::Bool(flag) => plain(out, &Object::Bool(*flag)),
        Value::Int(n) => plain(out, &Object::Int(*n)),
        Value::Text(text) => plain(out, &Object::Text(text.clone())),
        Value::Float(n) => {
            out.push(op::FLOAT);
            out.extend(n.to_be_bytes());
        }
        Value::List(items) => {
            out.extend([op::EMPTY_LIST, op::MEMOIZE]);
            let each = |out: &mut Vec<u8>| items.iter().for_each(|item| push(out, item));
            several(out, items.len(), [op::APPEND, op::APPENDS], each);
        }
        Value::Dict(items) => {
            out.extend([op::EMPTY_DICT, op::MEMOIZE]);
            let each = |out: &mut Vec<u8>| {
                for (key, value) in items {
                    push(out, key);
                    push(out, value);
                }
            };
            several(out, items.len(), [op::SETITEM, op::SETITEMS], each);
        }
        Value::Tuple(items) => tuple(out, items),
        Value::Made(class, args) => {
            let (module, name) = class.rsplit_once('.').unwrap_or((BUILTINS, class));
            for word in [module, name] {
                plain(out, &Object::Text(word.to_owned()));
            }
            out.extend([op::CLASS, op::MEMOIZE]);
            if class == TOKEN {
                // Made empty, and filled with its state.
                out.extend([op::EMPTY_TUPLE, op::NEWOBJ, op::MEMOIZE]);
                tuple(out, args);
                out.push(op::BUILD);
            } else {
                tuple(out, args);
                out.extend([op::REDUCE, op::MEMOIZE]);
            }
        }
    }
}

/// What goes into a list or a dictionary that was pushed empty: nothing, one thing, or all behind a mark.
fn several(out: &mut Vec<u8>, count: usize, [one, all]: [u8; 2], each: impl Fn(&mut Vec<u8>)) {
    match count {
        0 => {}
        1 => {
            each(out);
            out.push(one);
        }
        _ => {
            out.push(op::MARK);
            each(out);
            out.push(all);
        }
    }
}

fn tuple(out: &mut Vec<u8>, items: &[Value]) {
    let end = match items.len() {
        0 => return out.push(op::EMPTY_TUPLE),
        1 => op::TUPLE1,
        2 => op::TUPLE2,
        3 => op::TUPLE3,
        _ => {
            out.push(op::MARK);
            op::TUPLE
        }
    };
    items.iter().for_each(|item| push(out, item));
    out.extend([end, op::MEMOIZE]);
}
