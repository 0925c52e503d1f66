//! A line as a learner types it, which becomes calls of proxies: `tasks['1'] = 'new'` is one, `counter.value += 1` are two.
//! Any other text is put at the end of the log.

use super::plain::{OF_A_DICT, OF_A_LIST};
use crate::mechanism::rpc::{call::Reader, value::Value};
use shared::mechanism::rpc::SHARED;

/// A line of a client's program.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Program {
    /// `with lock:` stands before it.
    pub(super) guarded: bool,
    /// The proxy.
    pub(super) name: &'static str,
    pub(super) step: Step,
}

/// What is done with a proxy.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// One call.
    Call { method: String, args: Vec<Value> },
    /// Gets a value, adds to it, sets it: of the number, or of what is there in the dictionary or list.
    Add { key: Option<Value>, by: Value },
    /// Gets a value, and does something with the copy.
    Copy {
        key: Value,
        method: String,
        args: Vec<Value>,
    },
}

/// Whether a proxy of that name has such a method, and what its class is called.
pub(super) fn has(name: &str, method: &str) -> (bool, &'static str) {
    let (methods, class): (&[&str], _) = match name {
        "tasks" => (OF_A_DICT, "DictProxy"),
        "log" => (OF_A_LIST, "ListProxy"),
        "counter" => (&["get", "set"], "ValueProxy"),
        _ => (&["acquire", "release"], "AcquirerProxy"),
    };
    (methods.contains(&method), class)
}

impl Program {
    /// Reads what was typed.
    ///
    /// # Errors
    /// What Python would say, roughly: it begins as a line of a program and is none.
    pub(super) fn parse(typed: &[u8]) -> Result<Self, String> {
        let text = String::from_utf8_lossy(typed);
        let whole = text.trim();
        let (guarded, rest) = match whole.strip_prefix("with ") {
            Some(rest) if rest.trim_start().starts_with("lock:") => {
                let rest = rest.trim_start().strip_prefix("lock:");
                (true, rest.unwrap_or_default().trim_start())
            }
            _ => (false, whole),
        };
        let (name, after) = word(rest);
        let mut reader = Reader { rest: after };
        let shared = |name: &str| SHARED.into_iter().find(|shared| *shared == name);
        let begins = after.starts_with(['.', '[']);
        let (name, step) = match shared(name) {
            Some(name) if begins => (name, step(&mut reader, name)?),
            _ if name == "len" && reader.eat('(') => {
                reader.space();
                let (inside, after) = word(reader.rest);
                reader.rest = after;
                let name = shared(inside).ok_or_else(|| undefined(inside))?;
                expect(&mut reader, ')')?;
                (name, plain("__len__", Vec::new()))
            }
            _ if after.starts_with('(') && !name.is_empty() => return Err(undefined(name)),
            _ if guarded => return Err("SyntaxError: a line with a proxy is expected".to_owned()),
            _ => {
                let args = vec![Value::Text(text.into_owned())];
                return Ok(Self {
                    guarded,
                    name: "log",
                    step: plain("append", args),
                });
            }
        };
        reader.space();
        if !reader.rest.is_empty() {
            let why = format!("SyntaxError: invalid syntax at the end: {}", reader.rest);
            return Err(why);
        }
        Ok(Self {
            guarded,
            name,
            step,
        })
    }
}

fn plain(method: &str, args: Vec<Value>) -> Step {
    Step::Call {
        method: method.to_owned(),
        args,
    }
}

fn undefined(name: &str) -> String {
    format!("NameError: name '{name}' is not defined")
}

fn syntax(why: &str) -> String {
    format!("SyntaxError: {why}")
}

/// The name that a text begins with, and the rest.
fn word(text: &str) -> (&str, &str) {
    let name = |c: char| c == '_' || c.is_ascii_alphanumeric();
    let begins = text.starts_with(|c: char| name(c) && !c.is_ascii_digit());
    let end = text.find(|c| !name(c)).unwrap_or(text.len());
    text.split_at(if begins { end } else { 0 })
}

fn expect(reader: &mut Reader<'_>, c: char) -> Result<(), String> {
    if reader.eat(c) {
        return Ok(());
    }
    Err(syntax(&reader.unexpected(&format!("\"{c}\""))))
}

/// `= value`, `+= value`, or nothing of that.
enum Sign {
    Set(Value),
    Add(Value),
}

fn sign(reader: &mut Reader<'_>) -> Result<Option<Sign>, String> {
    let add = reader.eat('+');
    if !reader.eat('=') {
        return if add {
            Err(syntax(&reader.unexpected("\"=\"")))
        } else {
            Ok(None)
        };
    }
    let value = reader.value(0).map_err(|why| syntax(&why))?;
    Ok(Some(if add {
        Sign::Add(value)
    } else {
        Sign::Set(value)
    }))
}

fn key(reader: &mut Reader<'_>) -> Result<Value, String> {
    let key = reader.value(0).map_err(|why| syntax(&why))?;
    expect(reader, ']')?;
    Ok(key)
}

/// `.name(arguments)`, behind the point.
fn method(reader: &mut Reader<'_>) -> Result<(String, Vec<Value>), String> {
    let (method, after) = word(reader.rest);
    reader.rest = after;
    expect(reader, '(')?;
    let args = reader.items(')', 0).map_err(|why| syntax(&why))?;
    Ok((method.to_owned(), args))
}

/// What stands behind the name of a proxy.
fn step(reader: &mut Reader<'_>, name: &str) -> Result<Step, String> {
    if reader.eat('[') {
        return item(reader);
    }
    reader.eat('.');
    let (attribute, after) = word(reader.rest);
    if name == "counter" && attribute == "value" {
        reader.rest = after;
        return Ok(match sign(reader)? {
            None => plain("get", Vec::new()),
            Some(Sign::Set(value)) => plain("set", vec![value]),
            Some(Sign::Add(by)) => Step::Add { key: None, by },
        });
    }
    let (method, mut args) = method(reader)?;
    if (name, method.as_str(), args.as_slice()) == ("lock", "acquire", &[]) {
        // The proxy's acquire() always says whether it will wait.
        args.push(Value::Bool(true));
    }
    Ok(Step::Call { method, args })
}

/// What stands behind `tasks[`.
fn item(reader: &mut Reader<'_>) -> Result<Step, String> {
    let outer = key(reader)?;
    if reader.eat('.') {
        let (method, args) = method(reader)?;
        let key = outer;
        return Ok(Step::Copy { key, method, args });
    }
    if reader.eat('[') {
        let inner = key(reader)?;
        let (method, args) = match sign(reader)? {
            None => ("__getitem__", vec![inner]),
            Some(Sign::Set(value)) => ("__setitem__", vec![inner, value]),
            Some(Sign::Add(_)) => return Err(syntax("+= is too deep for this line")),
        };
        return Ok(Step::Copy {
            key: outer,
            method: method.to_owned(),
            args,
        });
    }
    Ok(match sign(reader)? {
        None => plain("__getitem__", vec![outer]),
        Some(Sign::Set(value)) => plain("__setitem__", vec![outer, value]),
        Some(Sign::Add(by)) => Step::Add {
            key: Some(outer),
            by,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::{Program, Step};
    use crate::mechanism::rpc::value::Value;

    fn parse(typed: &str) -> Result<Program, String> {
        Program::parse(typed.as_bytes())
    }

    fn call(typed: &str) -> String {
        let program = parse(typed).unwrap();
        let Step::Call { method, args } = program.step else {
            return format!("{:?}", program.step);
        };
        let args = Value::Tuple(args);
        format!("{}.{method}{args}", program.name)
    }

    #[test]
    fn a_line_is_a_call_of_a_proxy() {
        for (typed, called) in [
            ("tasks['1'] = 'new'", "tasks.__setitem__('1', 'new')"),
            ("tasks['1']", "tasks.__getitem__('1',)"),
            (" len( tasks ) ", "tasks.__len__()"),
            ("log.append([1, 2])", "log.append([1, 2],)"),
            ("counter.value", "counter.get()"),
            ("counter.value = 5", "counter.set(5,)"),
            ("lock.acquire()", "lock.acquire(True,)"),
            ("lock.release()", "lock.release()"),
            ("hello", "log.append('hello',)"),
            ("tasks", "log.append('tasks',)"),
            ("with care", "log.append('with care',)"),
            ("it's (not) one", "log.append(\"it's (not) one\",)"),
        ] {
            assert_eq!(call(typed), called, "{typed}");
        }
    }

    #[test]
    fn a_line_can_be_more_than_one_call() {
        let add = |key, by| Step::Add {
            key,
            by: Value::Int(by),
        };
        assert_eq!(parse("counter.value += 1").unwrap().step, add(None, 1));
        let one = Some(Value::Text("a".to_owned()));
        assert_eq!(parse("tasks['a'] += 2").unwrap().step, add(one.clone(), 2));
        let guarded = parse("with lock: counter.value += 1").unwrap();
        assert_eq!((guarded.guarded, guarded.step), (true, add(None, 1)));
        let copy = |method: &str, args| Step::Copy {
            key: Value::Text("a".to_owned()),
            method: method.to_owned(),
            args,
        };
        let three = Value::Int(3);
        assert_eq!(
            parse("tasks['a'].append(3)").unwrap().step,
            copy("append", vec![three.clone()])
        );
        assert_eq!(
            parse("tasks['a']['b'] = 3").unwrap().step,
            copy("__setitem__", vec![Value::Text("b".to_owned()), three])
        );
    }

    #[test]
    fn what_begins_as_a_line_and_is_none_says_why() {
        for (typed, why) in [
            ("square(5)", "NameError: name 'square' is not defined"),
            ("len(x)", "NameError: name 'x' is not defined"),
            ("tasks['1'", "SyntaxError"),
            ("tasks.get('1'", "SyntaxError"),
            ("tasks['1'] = x", "SyntaxError"),
            ("counter.value +", "SyntaxError"),
            ("tasks['1'] 2", "SyntaxError"),
            ("with lock: hello", "SyntaxError"),
        ] {
            let said = parse(typed).unwrap_err();
            assert!(said.starts_with(why), "{typed}: {said}");
        }
    }
}
