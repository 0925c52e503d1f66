//! What a call carries: values as a Python program has them, written as Python writes them.

use std::fmt;

/// A value. What a protocol cannot carry, it refuses.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// `None`
    None,
    /// `True`, `False`
    Bool(bool),
    /// `5`
    Int(i64),
    /// `0.5`
    Float(f64),
    /// `'text'`
    Text(String),
    /// `[1, 2]`
    List(Vec<Value>),
    /// `(1, 2)`
    Tuple(Vec<Value>),
    /// `{'a': 1}`
    Dict(Vec<(Value, Value)>),
    /// An object of a class, by the name of it and what it is made with: `KeyError('x')`. Only a pickle can carry it.
    Made(String, Vec<Value>),
}

impl Value {
    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// What Python calls its type.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::None => "NoneType",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float",
            Self::Text(_) => "str",
            Self::List(_) => "list",
            Self::Tuple(_) => "tuple",
            Self::Dict(_) => "dict",
            Self::Made(..) => "object",
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Bool(true) => f.write_str("True"),
            Self::Bool(false) => f.write_str("False"),
            Self::Int(n) => write!(f, "{n}"),
            // `0.5`, `1e16`, and `2.0` with its point.
            Self::Float(n) => write!(f, "{n:?}"),
            Self::Text(text) => quoted(f, text),
            Self::List(items) => {
                f.write_str("[")?;
                listed(f, items)?;
                f.write_str("]")
            }
            Self::Tuple(items) => {
                f.write_str("(")?;
                listed(f, items)?;
                f.write_str(if items.len() == 1 { ",)" } else { ")" })
            }
            Self::Dict(items) => {
                f.write_str("{")?;
                for (at, (key, value)) in items.iter().enumerate() {
                    let comma = if at > 0 { ", " } else { "" };
                    write!(f, "{comma}{key}: {value}")?;
                }
                f.write_str("}")
            }
            Self::Made(class, args) => {
                write!(f, "{class}(")?;
                listed(f, args)?;
                f.write_str(")")
            }
        }
    }
}

/// `1, 2, 3`
pub(super) fn listed(f: &mut fmt::Formatter<'_>, items: &[Value]) -> fmt::Result {
    for (at, item) in items.iter().enumerate() {
        let comma = if at > 0 { ", " } else { "" };
        write!(f, "{comma}{item}")?;
    }
    Ok(())
}

/// In single quotes, unless there are such in it and no double ones.
fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    write!(f, "{quote}")?;
    for c in text.chars() {
        match c {
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            '\\' => f.write_str("\\\\")?,
            c if c == quote => write!(f, "\\{c}")?,
            c if u32::from(c) < 32 || u32::from(c) == 127 => write!(f, "\\x{:02x}", u32::from(c))?,
            c => write!(f, "{c}")?,
        }
    }
    write!(f, "{quote}")
}

#[cfg(test)]
mod tests {
    use super::Value;

    #[test]
    fn values_are_written_as_python_writes_them() {
        let text = |text: &str| Value::Text(text.to_owned());
        for (value, written) in [
            (Value::None, "None"),
            (Value::Bool(true), "True"),
            (Value::Float(2.0), "2.0"),
            (Value::Float(0.1), "0.1"),
            (text("it's"), "\"it's\""),
            (text("a\n\\b"), "'a\\n\\\\b'"),
            (Value::Tuple(vec![Value::Int(1)]), "(1,)"),
            (Value::Tuple(vec![]), "()"),
            (
                Value::Dict(vec![(
                    text("a"),
                    Value::List(vec![Value::Int(-1), Value::None]),
                )]),
                "{'a': [-1, None]}",
            ),
        ] {
            assert_eq!(value.to_string(), written);
        }
    }
}
