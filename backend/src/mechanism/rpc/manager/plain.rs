//! What a list and a dictionary can do, as Python's can: those that live in the server, and copies of what is in them.

use crate::mechanism::rpc::value::Value;
use std::fmt;

/// An exception: its class, and what it was made with.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Raised {
    pub(super) class: &'static str,
    pub(super) args: Vec<Value>,
}

impl Raised {
    pub(super) fn new(class: &'static str, why: impl Into<String>) -> Self {
        Self {
            class,
            args: vec![Value::Text(why.into())],
        }
    }
}

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&told(self.class, &self.args))
    }
}

/// An exception as Python prints it: `ValueError: too much`, and the key itself of a `KeyError`.
pub(super) fn told(class: &str, args: &[Value]) -> String {
    match args {
        [] => class.to_owned(),
        [Value::Text(why)] if class != "KeyError" => format!("{class}: {why}"),
        [only] => format!("{class}: {only}"),
        all => format!("{class}: {}", Value::Tuple(all.to_vec())),
    }
}

/// Methods of a list that are carried out here.
pub(super) const OF_A_LIST: &[&str] = &[
    "__contains__",
    "__delitem__",
    "__getitem__",
    "__len__",
    "__setitem__",
    "append",
    "count",
    "extend",
    "index",
    "insert",
    "pop",
    "remove",
    "reverse",
];

/// Methods of a dictionary that are carried out here.
pub(super) const OF_A_DICT: &[&str] = &[
    "__contains__",
    "__delitem__",
    "__getitem__",
    "__len__",
    "__setitem__",
    "clear",
    "copy",
    "get",
    "items",
    "keys",
    "pop",
    "popitem",
    "setdefault",
    "update",
    "values",
];

/// Things in one list or dictionary that lives in a server.
const MOST: usize = 10_000;

/// The method of a value, if that is a list or a dictionary.
pub(super) fn call(value: &mut Value, method: &str, args: &[Value]) -> Result<Value, Raised> {
    if let Value::List(items) = value {
        return of_a_list(items, method, args);
    }
    if let Value::Dict(items) = value {
        return of_a_dict(items, method, args);
    }
    let why = format!("'{}' object has no attribute '{method}'", value.kind());
    Err(Raised::new("AttributeError", why))
}

fn misused(kind: &str, method: &str, args: &[Value]) -> Raised {
    let why = format!(
        "{kind}.{method}() cannot be called with {} arguments",
        args.len()
    );
    Raised::new("TypeError", why)
}

fn count(len: usize) -> Value {
    Value::Int(i64::try_from(len).unwrap_or(i64::MAX))
}

fn room(len: usize) -> Result<(), Raised> {
    if len < MOST {
        return Ok(());
    }
    Err(Raised::new(
        "MemoryError",
        format!("more than {MOST} things"),
    ))
}

/// Where in a list an index is; −1 is the last.
fn place(items: &[Value], index: &Value) -> Result<usize, Raised> {
    let Value::Int(at) = index else {
        let why = format!(
            "list indices must be integers or slices, not {}",
            index.kind()
        );
        return Err(Raised::new("TypeError", why));
    };
    let len = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let at = if *at < 0 { at.saturating_add(len) } else { *at };
    usize::try_from(at)
        .ok()
        .filter(|at| *at < items.len())
        .ok_or_else(|| Raised::new("IndexError", "list index out of range"))
}

pub(super) fn of_a_list(
    items: &mut Vec<Value>,
    method: &str,
    args: &[Value],
) -> Result<Value, Raised> {
    let at_of = |items: &[Value], wanted: &Value| items.iter().position(|item| item == wanted);
    match (method, args) {
        ("__len__", []) => return Ok(count(items.len())),
        ("__contains__", [item]) => return Ok(Value::Bool(items.contains(item))),
        ("__getitem__", [index]) => {
            let at = place(items, index)?;
            return Ok(items.get(at).cloned().unwrap_or(Value::None));
        }
        ("count", [item]) => {
            return Ok(count(items.iter().filter(|other| *other == item).count()));
        }
        ("index", [item]) => {
            let missing = || Raised::new("ValueError", format!("{item} is not in list"));
            return at_of(items, item).map(count).ok_or_else(missing);
        }
        ("pop", []) => {
            let empty = || Raised::new("IndexError", "pop from empty list");
            return items.pop().ok_or_else(empty);
        }
        ("pop", [index]) => {
            let at = place(items, index)?;
            return Ok(items.remove(at));
        }
        ("__setitem__", [index, item]) => {
            let at = place(items, index)?;
            items.splice(at..=at, [item.clone()]);
        }
        ("__delitem__", [index]) => {
            let at = place(items, index)?;
            items.remove(at);
        }
        ("append", [item]) => {
            room(items.len())?;
            items.push(item.clone());
        }
        ("extend", [Value::List(more) | Value::Tuple(more)]) => {
            room(items.len().saturating_add(more.len()))?;
            items.extend_from_slice(more);
        }
        ("insert", [Value::Int(at), item]) => {
            room(items.len())?;
            let len = i64::try_from(items.len()).unwrap_or(i64::MAX);
            let at = if *at < 0 { at.saturating_add(len) } else { *at };
            let at = usize::try_from(at.clamp(0, len)).unwrap_or(0);
            items.insert(at, item.clone());
        }
        ("remove", [item]) => {
            let missing = || Raised::new("ValueError", "list.remove(x): x not in list");
            let at = at_of(items, item).ok_or_else(missing)?;
            items.remove(at);
        }
        ("reverse", []) => items.reverse(),
        _ => return Err(misused("list", method, args)),
    }
    Ok(Value::None)
}

pub(super) fn of_a_dict(
    items: &mut Vec<(Value, Value)>,
    method: &str,
    args: &[Value],
) -> Result<Value, Raised> {
    if let ("__setitem__" | "__getitem__" | "setdefault" | "__contains__" | "get", [key, ..]) =
        (method, args)
        && let Value::List(_) | Value::Dict(_) = key
    {
        let why = format!("unhashable type: '{}'", key.kind());
        return Err(Raised::new("TypeError", why));
    }
    let at_of = |items: &[(Value, Value)], key: &Value| items.iter().position(|(k, _)| k == key);
    let of = |items: &[(Value, Value)], key: &Value| {
        at_of(items, key).and_then(|at| items.get(at).map(|(_, value)| value.clone()))
    };
    let missing = |key: &Value| Raised {
        class: "KeyError",
        args: vec![key.clone()],
    };
    match (method, args) {
        ("__len__", []) => Ok(count(items.len())),
        ("__contains__", [key]) => Ok(Value::Bool(at_of(items, key).is_some())),
        ("__getitem__", [key]) => of(items, key).ok_or_else(|| missing(key)),
        ("get", [key]) => Ok(of(items, key).unwrap_or(Value::None)),
        ("get", [key, other]) => Ok(of(items, key).unwrap_or_else(|| other.clone())),
        ("__setitem__", [key, value]) => put(items, key, value),
        ("setdefault", [key, value]) => match of(items, key) {
            Some(there) => Ok(there),
            None => put(items, key, value).map(|_| value.clone()),
        },
        ("update", [Value::Dict(more)]) => {
            for (key, value) in more {
                put(items, key, value)?;
            }
            Ok(Value::None)
        }
        ("__delitem__", [key]) => {
            let at = at_of(items, key).ok_or_else(|| missing(key))?;
            items.remove(at);
            Ok(Value::None)
        }
        ("pop", [key]) => {
            let at = at_of(items, key).ok_or_else(|| missing(key))?;
            Ok(items.remove(at).1)
        }
        ("pop", [key, other]) => match at_of(items, key) {
            Some(at) => Ok(items.remove(at).1),
            None => Ok(other.clone()),
        },
        ("popitem", []) => {
            let last = items.pop();
            let empty = || Raised {
                class: "KeyError",
                args: vec![Value::Text("popitem(): dictionary is empty".to_owned())],
            };
            last.map(|(key, value)| Value::Tuple(vec![key, value]))
                .ok_or_else(empty)
        }
        ("clear", []) => {
            items.clear();
            Ok(Value::None)
        }
        ("copy", []) => Ok(Value::Dict(items.clone())),
        ("keys", []) => Ok(Value::List(items.iter().map(|(k, _)| k.clone()).collect())),
        ("values", []) => Ok(Value::List(items.iter().map(|(_, v)| v.clone()).collect())),
        ("items", []) => {
            let pair = |(k, v): &(Value, Value)| Value::Tuple(vec![k.clone(), v.clone()]);
            Ok(Value::List(items.iter().map(pair).collect()))
        }
        _ => Err(misused("dict", method, args)),
    }
}

fn put(items: &mut Vec<(Value, Value)>, key: &Value, value: &Value) -> Result<Value, Raised> {
    match items.iter_mut().find(|(other, _)| other == key) {
        Some((_, there)) => there.clone_from(value),
        None => {
            room(items.len())?;
            items.push((key.clone(), value.clone()));
        }
    }
    Ok(Value::None)
}

#[cfg(test)]
mod tests {
    use super::{Value, call};
    use crate::mechanism::rpc::call::Call;

    /// Calls it, and says what came out and what is there then.
    fn did(value: &mut Value, typed: &str) -> String {
        let typed = Call::parse(typed.as_bytes()).unwrap();
        match call(value, &typed.function, &typed.args) {
            Ok(result) => format!("{result} {value}"),
            Err(raised) => raised.to_string(),
        }
    }

    #[test]
    fn a_list_does_what_python_s_does() {
        let mut list = Value::List(Vec::new());
        for (typed, came) in [
            ("append('a')", "None ['a']"),
            ("extend([1, 2])", "None ['a', 1, 2]"),
            ("__getitem__(-1)", "2 ['a', 1, 2]"),
            ("__getitem__(3)", "IndexError: list index out of range"),
            ("__setitem__(0, 'b')", "None ['b', 1, 2]"),
            ("insert(1, 'x')", "None ['b', 'x', 1, 2]"),
            ("index(1)", "2 ['b', 'x', 1, 2]"),
            ("remove('x')", "None ['b', 1, 2]"),
            ("pop()", "2 ['b', 1]"),
            ("pop(0)", "'b' [1]"),
            ("__len__()", "1 [1]"),
            (
                "shout()",
                "TypeError: list.shout() cannot be called with 0 arguments",
            ),
        ] {
            assert_eq!(did(&mut list, typed), came, "{typed}");
        }
    }

    #[test]
    fn a_dictionary_does_what_python_s_does() {
        let mut dict = Value::Dict(Vec::new());
        for (typed, came) in [
            ("__setitem__('a', [1])", "None {'a': [1]}"),
            ("__getitem__('a')", "[1] {'a': [1]}"),
            ("__getitem__('b')", "KeyError: 'b'"),
            ("get('b')", "None {'a': [1]}"),
            ("setdefault('b', 2)", "2 {'a': [1], 'b': 2}"),
            ("keys()", "['a', 'b'] {'a': [1], 'b': 2}"),
            ("items()", "[('a', [1]), ('b', 2)] {'a': [1], 'b': 2}"),
            ("update({'a': 0})", "None {'a': 0, 'b': 2}"),
            ("pop('b')", "2 {'a': 0}"),
            ("__contains__('b')", "False {'a': 0}"),
            ("__setitem__([], 1)", "TypeError: unhashable type: 'list'"),
            ("popitem()", "('a', 0) {}"),
            ("popitem()", "KeyError: 'popitem(): dictionary is empty'"),
        ] {
            assert_eq!(did(&mut dict, typed), came, "{typed}");
        }
    }

    #[test]
    fn there_is_an_end_to_what_a_server_keeps() {
        let mut full = Value::List(vec![Value::None; super::MOST]);
        let raised = call(&mut full, "append", &[Value::None]).unwrap_err();
        assert_eq!(raised.class, "MemoryError");
    }
}
