//! Reads what the server says with little code: for the page, where every kilobyte is downloaded by every visitor.
//!
//! serde's derived readers are compiled again for each way they are called (text, buffered, flattened); for the types of
//! this protocol that was a quarter of the page. Here each type is read from a [`Value`] by one function. What they accept
//! is what serde accepts; the tests read everything that can be said both ways and compare.

mod events;
mod message;
mod state;

#[cfg(test)]
mod tests;

use crate::{
    command::ServerMessage,
    event::Event,
    failure::{Code, Failure},
    ids::{ObjectId, RunId, WorkerId},
    os::{Errno, Signal},
};
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};

/// The name of the field that is missing or of another type.
pub(crate) type Wrong = &'static str;

/// Can be read from a JSON value. `None` stands for a field that is not there.
pub(crate) trait Lean: Sized {
    /// Reads it.
    fn lean(value: Option<&Value>) -> Result<Self, Wrong>;
}

/// What the server says.
///
/// # Errors
/// `bad_message`, naming what could not be read.
pub fn server_message(text: &str) -> Result<ServerMessage, Failure> {
    read(text, "reload the page")
}

/// One line of a recording.
///
/// # Errors
/// `bad_message`, naming what could not be read.
pub fn event(line: &str) -> Result<Event, Failure> {
    read(
        line,
        "a recording has one event a line, as `run --record` writes them",
    )
}

/// Reads a whole text.
///
/// # Errors
/// `bad_message`, naming what could not be read.
pub(crate) fn read<T: Lean>(text: &str, hint: &'static str) -> Result<T, Failure> {
    let bad = |why: String| Failure::new(Code::BadMessage, why, hint);
    let value: Value =
        serde_json::from_str(text).map_err(|error| bad(format!("that is not JSON: {error}")))?;
    T::lean(Some(&value)).map_err(|field| bad(format!("it has no proper \"{field}\"")))
}

/// Looks a field up; one copy of this code for all types.
#[inline(never)]
pub(crate) fn get<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.get(name).filter(|value| !value.is_null())
}

/// Reads a field.
pub(crate) fn field<T: Lean>(value: &Value, name: Wrong) -> Result<T, Wrong> {
    T::lean(get(value, name)).map_err(|inner| if inner.is_empty() { name } else { inner })
}

/// Reads a field that may be missing though its type is not optional.
pub(crate) fn field_or<T: Lean + Default>(value: &Value, name: Wrong) -> Result<T, Wrong> {
    if get(value, name).is_some() {
        field(value, name)
    } else {
        Ok(T::default())
    }
}

/// Reads a struct: the fields that must be there, then those that have a default.
macro_rules! lean_struct {
    ($name:ident { $($must:ident),* $(,)? } $(or { $($may:ident),* $(,)? })?) => {
        impl $crate::lean::Lean for $name {
            fn lean(value: Option<&serde_json::Value>) -> Result<Self, $crate::lean::Wrong> {
                let value = value.ok_or("")?;
                Ok(Self {
                    $($must: $crate::lean::field(value, stringify!($must))?,)*
                    $($($may: $crate::lean::field_or(value, stringify!($may))?,)*)?
                })
            }
        }
    };
}
pub(crate) use lean_struct;

/// Reads a word.
macro_rules! lean_words {
    ($name:ident { $($word:literal => $variant:ident),* $(,)? }) => {
        impl $crate::lean::Lean for $name {
            fn lean(value: Option<&serde_json::Value>) -> Result<Self, $crate::lean::Wrong> {
                match $crate::lean::word(value) {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(""),
                }
            }
        }
    };
}
pub(crate) use lean_words;

/// The text of a value, or none.
#[inline(never)]
pub(crate) fn word(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}

impl Lean for u64 {
    fn lean(value: Option<&Value>) -> Result<Self, Wrong> {
        value.and_then(Value::as_u64).ok_or("")
    }
}

impl Lean for i64 {
    fn lean(value: Option<&Value>) -> Result<Self, Wrong> {
        value.and_then(Value::as_i64).ok_or("")
    }
}

impl Lean for u32 {
    fn lean(value: Option<&Value>) -> Result<Self, Wrong> {
        u64::lean(value)?.try_into().map_err(|_| "")
    }
}

impl Lean for i32 {
    fn lean(value: Option<&Value>) -> Result<Self, Wrong> {
        i64::lean(value)?.try_into().map_err(|_| "")
    }
}

impl Lean for bool {
    fn lean(value: Option<&Value>) -> Result<Self, Wrong> {
        value.and_then(Value::as_bool).ok_or("")
    }
}

impl Lean for String {
    fn lean(value: Option<&Value>) -> Result<Self, Wrong> {
        value.and_then(Value::as_str).map(str::to_owned).ok_or("")
    }
}

impl Lean for char {
    fn lean(value: Option<&Value>) -> Result<Self, Wrong> {
        let mut letters = word(value).chars();
        letters
            .next()
            .filter(|_| letters.next().is_none())
            .ok_or("")
    }
}

impl Lean for Value {
    fn lean(value: Option<&Value>) -> Result<Self, Wrong> {
        value.cloned().ok_or("")
    }
}

macro_rules! lean_names {
    ($($name:ident)*) => {
        $(impl Lean for $name {
            fn lean(value: Option<&Value>) -> Result<Self, Wrong> {
                String::lean(value).map(Self::new)
            }
        })*
    };
}
lean_names! { RunId WorkerId ObjectId }

impl Lean for Errno {
    fn lean(value: Option<&Value>) -> Result<Self, Wrong> {
        Self::from_name(word(value)).ok_or("")
    }
}

impl Lean for Signal {
    fn lean(value: Option<&Value>) -> Result<Self, Wrong> {
        Self::from_name(word(value)).ok_or("")
    }
}

impl<T: Lean> Lean for Option<T> {
    fn lean(value: Option<&Value>) -> Result<Self, Wrong> {
        match value {
            None | Some(Value::Null) => Ok(None),
            some => T::lean(some).map(Some),
        }
    }
}

impl<T: Lean> Lean for Box<T> {
    fn lean(value: Option<&Value>) -> Result<Self, Wrong> {
        T::lean(value).map(Self::new)
    }
}

impl<T: Lean> Lean for Vec<T> {
    fn lean(value: Option<&Value>) -> Result<Self, Wrong> {
        let items = value.and_then(Value::as_array).ok_or("")?;
        let mut list = Self::with_capacity(items.len());
        for item in items {
            list.push(T::lean(Some(item))?);
        }
        Ok(list)
    }
}

impl<T: Lean> Lean for VecDeque<T> {
    fn lean(value: Option<&Value>) -> Result<Self, Wrong> {
        Vec::lean(value).map(Self::from)
    }
}

impl<T: Lean> Lean for BTreeMap<String, T> {
    fn lean(value: Option<&Value>) -> Result<Self, Wrong> {
        let mut map = Self::new();
        for (name, value) in value.and_then(Value::as_object).ok_or("")? {
            map.insert(name.clone(), T::lean(Some(value))?);
        }
        Ok(map)
    }
}

impl<A: Lean, B: Lean> Lean for (A, B) {
    fn lean(value: Option<&Value>) -> Result<Self, Wrong> {
        match value.and_then(Value::as_array).map(Vec::as_slice) {
            Some([a, b]) => Ok((A::lean(Some(a))?, B::lean(Some(b))?)),
            _ => Err(""),
        }
    }
}
