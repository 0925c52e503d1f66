//! The functions of the server, and the number that outlives it.

use super::{call::Call, value::Value};
use crate::sys::{calls::sleep, files, memory::Mapping};
use nix::{errno::Errno, fcntl::OFlag};
use std::{path::Path, sync::atomic::Ordering, time::Duration};

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The server has no function of that name.
    Unknown(String),
    /// The function itself failed: the name of Python's exception, and what it says.
    Raised(&'static str, String),
}

/// What the server's functions share: how often `increment()` was executed. It is a file that is mapped, so that it is
/// still there when the server is not.
#[derive(Debug)]
pub(super) struct Shop {
    counter: Mapping,
}

/// Bytes of the counter.
const COUNTER: usize = 8;

impl Shop {
    /// Opens the counter, or makes it.
    pub(super) fn open(path: &Path) -> Result<Self, Errno> {
        let fd = files::create(path, OFlag::O_RDWR)?;
        files::truncate(fd, COUNTER as u64)?;
        let counter = Mapping::map(fd, COUNTER, 0, 0)?;
        crate::sys::calls::close(fd)?;
        Ok(Self { counter })
    }

    /// Executes a call. Nothing in here knows where it came from.
    pub(super) fn execute(&self, call: &Call) -> Result<Value, Fault> {
        match (call.function.as_str(), call.args.as_slice()) {
            ("square", [x]) => times(x, x),
            ("add", [a, b]) => add(a, b),
            ("divide", [a, b]) => divide(a, b),
            ("reverse", [x]) => reverse(x),
            ("echo", [x]) => Ok(x.clone()),
            ("slow", [seconds]) => slow(seconds),
            ("increment", []) => {
                let cell = self
                    .counter
                    .cell(0)
                    .map_err(|errno| raised("OSError", &errno))?;
                let before = cell.fetch_add(1, Ordering::Relaxed);
                Ok(Value::Int(
                    i64::try_from(before).unwrap_or(i64::MAX).saturating_add(1),
                ))
            }
            (name, args) if shared::mechanism::rpc::FUNCTIONS.contains(&name) => Err(raised(
                "TypeError",
                &format!("{name}() cannot be called with {} arguments", args.len()),
            )),
            (name, _) => Err(Fault::Unknown(name.to_owned())),
        }
    }
}

fn raised(kind: &'static str, why: &impl ToString) -> Fault {
    Fault::Raised(kind, why.to_string())
}

/// A number with a fraction, of a value that is a number.
#[expect(clippy::cast_precision_loss, reason = "as float() of Python does")]
fn float(value: &Value) -> Option<f64> {
    match value {
        Value::Int(n) => Some(*n as f64),
        Value::Float(n) => Some(*n),
        Value::None
        | Value::Bool(_)
        | Value::Text(_)
        | Value::List(_)
        | Value::Tuple(_)
        | Value::Dict(_)
        | Value::Made(..) => None,
    }
}

fn operands(sign: &str, a: &Value, b: &Value) -> Fault {
    let (a, b) = (a.kind(), b.kind());
    let why = format!("unsupported operand type(s) for {sign}: '{a}' and '{b}'");
    raised("TypeError", &why)
}

/// Python's whole numbers have no end; ours have 64 bits.
fn whole(result: Option<i64>) -> Result<Value, Fault> {
    result
        .map(Value::Int)
        .ok_or_else(|| raised("OverflowError", &"the result does not fit in 64 bits"))
}

fn times(a: &Value, b: &Value) -> Result<Value, Fault> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => whole(a.checked_mul(*b)),
        _ => match (float(a), float(b)) {
            (Some(a), Some(b)) => Ok(Value::Float(a * b)),
            _ => Err(operands("*", a, b)),
        },
    }
}

pub(super) fn add(a: &Value, b: &Value) -> Result<Value, Fault> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => whole(a.checked_add(*b)),
        (Value::Text(a), Value::Text(b)) => Ok(Value::Text(format!("{a}{b}"))),
        (Value::List(a), Value::List(b)) => Ok(Value::List([a.as_slice(), b].concat())),
        _ => match (float(a), float(b)) {
            (Some(a), Some(b)) => Ok(Value::Float(a + b)),
            _ => Err(operands("+", a, b)),
        },
    }
}

fn divide(a: &Value, b: &Value) -> Result<Value, Fault> {
    match (float(a), float(b)) {
        (Some(_), Some(0.0)) => Err(raised("ZeroDivisionError", &"division by zero")),
        (Some(a), Some(b)) => Ok(Value::Float(a / b)),
        _ => Err(operands("/", a, b)),
    }
}

fn reverse(x: &Value) -> Result<Value, Fault> {
    match x {
        Value::Text(text) => Ok(Value::Text(text.chars().rev().collect())),
        Value::List(items) => Ok(Value::List(items.iter().rev().cloned().collect())),
        Value::Tuple(items) => Ok(Value::Tuple(items.iter().rev().cloned().collect())),
        Value::None
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Dict(_)
        | Value::Made(..) => {
            let why = format!("'{}' object is not reversible", x.kind());
            Err(raised("TypeError", &why))
        }
    }
}

/// Longest sleep of `slow()`, seconds: a run must not hang for hours because of a typing error.
const LONGEST: f64 = 60.0;

fn slow(seconds: &Value) -> Result<Value, Fault> {
    let time = float(seconds).filter(|time| (0.0..=LONGEST).contains(time));
    let time = time.ok_or_else(|| raised("ValueError", &"slow() takes 0 to 60 seconds"))?;
    sleep(Duration::from_secs_f64(time)).map_err(|errno| raised("OSError", &errno))?;
    Ok(seconds.clone())
}

#[cfg(test)]
mod tests {
    use super::{Fault, Shop};
    use crate::mechanism::rpc::call::Call;

    fn execute(shop: &Shop, typed: &str) -> String {
        match shop.execute(&Call::parse(typed.as_bytes()).unwrap()) {
            Ok(value) => value.to_string(),
            Err(Fault::Unknown(name)) => format!("no {name}"),
            Err(Fault::Raised(kind, why)) => format!("{kind}: {why}"),
        }
    }

    #[test]
    fn functions_do_what_those_of_python_do() {
        let folder = tempfile::tempdir().unwrap();
        let shop = Shop::open(&folder.path().join("counter")).unwrap();
        for (typed, result) in [
            ("square(5)", "25"),
            ("square(1.5)", "2.25"),
            ("square(50000)", "2500000000"),
            (
                "square('a')",
                "TypeError: unsupported operand type(s) for *: 'str' and 'str'",
            ),
            (
                "square(4000000000)",
                "OverflowError: the result does not fit in 64 bits",
            ),
            ("add(1, 2)", "3"),
            ("add('a', 'b')", "'ab'"),
            ("divide(1, 2)", "0.5"),
            ("divide(1, 0)", "ZeroDivisionError: division by zero"),
            ("reverse([1, 2])", "[2, 1]"),
            ("reverse('abc')", "'cba'"),
            ("echo((1, None))", "(1, None)"),
            ("slow(0)", "0"),
            ("slow(1000)", "ValueError: slow() takes 0 to 60 seconds"),
            (
                "add(1)",
                "TypeError: add() cannot be called with 1 arguments",
            ),
            ("cube(3)", "no cube"),
        ] {
            assert_eq!(execute(&shop, typed), result, "{typed}");
        }
    }

    #[test]
    fn the_counter_is_still_there_when_the_server_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("counter");
        for n in 1..=2 {
            let shop = Shop::open(&path).unwrap();
            assert_eq!(execute(&shop, "increment()"), n.to_string());
        }
    }
}
