//! A call as a learner types it: `add(1, 2)`, with arguments as Python writes them. Any other text is `echo('the text')`.

use super::value::{Value, listed};
use std::fmt;

/// A function, and what it is called with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call {
    pub(crate) function: String,
    pub(crate) args: Vec<Value>,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.function)?;
        listed(f, &self.args)?;
        f.write_str(")")
    }
}

/// Lists in lists in lists: no learner needs more, and a stack has an end.
const DEEPEST: usize = 16;

impl Call {
    /// Reads what was typed.
    ///
    /// # Errors
    /// What Python would say, roughly: it begins as a call and is none.
    pub(crate) fn parse(typed: &[u8]) -> Result<Self, String> {
        let text = String::from_utf8_lossy(typed);
        let trimmed = text.trim();
        let name = |c: char| c == '_' || c.is_ascii_alphanumeric();
        let function: String = trimmed.chars().take_while(|c| name(*c)).collect();
        let rest = trimmed.get(function.len()..).unwrap_or_default();
        let begins = function.starts_with(|c: char| !c.is_ascii_digit());
        let Some(rest) = rest.strip_prefix('(').filter(|_| begins) else {
            return Ok(Self {
                function: "echo".to_owned(),
                args: vec![Value::Text(text.into_owned())],
            });
        };
        let mut reader = Reader { rest };
        let args = reader.items(')', 0)?;
        reader.space();
        if !reader.rest.is_empty() {
            return Err(format!("invalid syntax after the call: {}", reader.rest));
        }
        Ok(Self { function, args })
    }
}

/// What is left to be read.
pub(super) struct Reader<'a> {
    pub(super) rest: &'a str,
}

impl Reader<'_> {
    pub(super) fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    pub(super) fn eat(&mut self, c: char) -> bool {
        self.space();
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Values with commas between them, up to the bracket that closes.
    pub(super) fn items(&mut self, close: char, depth: usize) -> Result<Vec<Value>, String> {
        let mut items = Vec::new();
        loop {
            if self.eat(close) {
                return Ok(items);
            }
            items.push(self.value(depth)?);
            if !self.eat(',') {
                return if self.eat(close) {
                    Ok(items)
                } else {
                    Err(self.unexpected(&format!("\"{close}\" or a comma")))
                };
            }
        }
    }

    pub(super) fn unexpected(&self, wanted: &str) -> String {
        match self.rest.chars().next() {
            Some(c) => format!("invalid syntax: {wanted} expected, not \"{c}\""),
            None => format!("it ends where {wanted} is expected"),
        }
    }

    pub(super) fn value(&mut self, depth: usize) -> Result<Value, String> {
        if depth > DEEPEST {
            return Err("too many brackets in each other".to_owned());
        }
        self.space();
        match self.rest.chars().next() {
            Some('[') => {
                self.eat('[');
                Ok(Value::List(self.items(']', depth + 1)?))
            }
            Some('(') => self.tuple(depth),
            Some('{') => self.dict(depth),
            Some(quote @ ('\'' | '"')) => self.text(quote),
            Some(c) if c == '-' || c == '.' || c.is_ascii_digit() => self.number(),
            _ => self.word(),
        }
    }

    /// `(1, 2)`; without a comma, brackets mean nothing.
    fn tuple(&mut self, depth: usize) -> Result<Value, String> {
        self.eat('(');
        let inside = self.rest;
        let mut items = self.items(')', depth + 1)?;
        let read = inside.len() - self.rest.len();
        let inside = inside.get(..read).unwrap_or_default();
        let comma = inside.trim_end_matches(')').trim_end().ends_with(',');
        match items.pop() {
            Some(only) if items.is_empty() && !comma => Ok(only),
            last => {
                items.extend(last);
                Ok(Value::Tuple(items))
            }
        }
    }

    fn dict(&mut self, depth: usize) -> Result<Value, String> {
        self.eat('{');
        let mut items: Vec<(Value, Value)> = Vec::new();
        loop {
            if self.eat('}') {
                return Ok(Value::Dict(items));
            }
            let key = self.value(depth + 1)?;
            if !self.eat(':') {
                return Err(self.unexpected("\":\""));
            }
            let value = self.value(depth + 1)?;
            items.retain(|(other, _)| *other != key);
            items.push((key, value));
            if !self.eat(',') {
                return if self.eat('}') {
                    Ok(Value::Dict(items))
                } else {
                    Err(self.unexpected("\"}\" or a comma"))
                };
            }
        }
    }

    fn text(&mut self, quote: char) -> Result<Value, String> {
        let mut text = String::new();
        let mut chars = self.rest.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            if c == quote {
                self.rest = self.rest.get(at + 1..).unwrap_or_default();
                return Ok(Value::Text(text));
            }
            match (c, c == '\\') {
                (_, true) => match chars.next() {
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, 't')) => text.push('\t'),
                    Some((_, 'r')) => text.push('\r'),
                    Some((_, other @ ('\\' | '\'' | '"'))) => text.push(other),
                    Some((_, other)) => text.extend(['\\', other]),
                    None => break,
                },
                (c, _) => text.push(c),
            }
        }
        Err("a text without its closing quote".to_owned())
    }

    fn number(&mut self) -> Result<Value, String> {
        let part = |c: char| c.is_ascii_alphanumeric() || "+-._".contains(c);
        let len = self
            .rest
            .find(|c: char| !part(c))
            .unwrap_or(self.rest.len());
        let (written, rest) = self.rest.split_at(len);
        self.rest = rest;
        let plain = written.replace('_', "");
        let whole = plain.trim_start_matches('-');
        if whole.chars().all(|c| c.is_ascii_digit()) && !whole.is_empty() {
            return plain
                .parse()
                .map(Value::Int)
                .map_err(|_| format!("{written} does not fit in 64 bits"));
        }
        plain
            .parse()
            .map(Value::Float)
            .map_err(|_| format!("invalid number {written}"))
    }

    fn word(&mut self) -> Result<Value, String> {
        let part = |c: char| c == '_' || c.is_ascii_alphanumeric();
        let len = self
            .rest
            .find(|c: char| !part(c))
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(len);
        let value = match word {
            "None" => Value::None,
            "True" => Value::Bool(true),
            "False" => Value::Bool(false),
            "" => return Err(self.unexpected("a value")),
            _ => return Err(format!("name '{word}' is not defined")),
        };
        self.rest = rest;
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::Call;

    #[test]
    fn a_call_is_read_and_written_as_python_does() {
        for (typed, written) in [
            ("square(5)", "square(5)"),
            (" add( 1 , 2.5 )", "add(1, 2.5)"),
            ("echo((1, 2))", "echo((1, 2))"),
            ("echo((1))", "echo(1)"),
            ("echo((1,))", "echo((1,))"),
            ("echo(())", "echo(())"),
            ("echo({\"a\": [None, True]})", "echo({'a': [None, True]})"),
            ("square(50_000)", "square(50000)"),
            ("reverse('a(b', )", "reverse('a(b')"),
            ("increment()", "increment()"),
            ("hello", "echo('hello')"),
            ("message 1", "echo('message 1')"),
            ("it's (not) one", "echo(\"it's (not) one\")"),
        ] {
            assert_eq!(Call::parse(typed.as_bytes()).unwrap().to_string(), written);
        }
    }

    #[test]
    fn what_begins_as_a_call_and_is_none_says_why() {
        for (typed, why) in [
            ("square(5", "it ends where"),
            ("square(x)", "name 'x' is not defined"),
            ("square(5) + 1", "invalid syntax after the call"),
            ("square('5)", "closing quote"),
            ("square(99999999999999999999)", "64 bits"),
            ("echo({1})", "\":\" expected"),
        ] {
            let said = Call::parse(typed.as_bytes()).unwrap_err();
            assert!(said.contains(why), "{typed}: {said}");
        }
        let deep = format!("echo({}", "[".repeat(100));
        assert!(Call::parse(deep.as_bytes()).is_err());
    }
}
