//! A pickle is a program for a small machine with a stack and a memory for what it may need again.

use super::{BUILTINS, op};
use crate::mechanism::rpc::value::Value;
use shared::pickle::{Object, Reader, Unreadable};

/// Values in one pickle: a few bytes can name the same list again and again.
const MOST: usize = 100_000;
/// Lists in lists in lists: a stack has an end.
const DEEPEST: usize = 24;

/// A value in the making. Lists and dictionaries are filled after they were pushed and noted.
#[derive(Debug)]
enum Node {
    Plain(Value),
    Tuple(Vec<usize>),
    List(Vec<usize>),
    Dict(Vec<(usize, usize)>),
    Class(String),
    Made { class: String, args: usize },
}

/// The small machine that a pickle is a program for.
#[derive(Debug, Default)]
struct Machine {
    nodes: Vec<Node>,
    stack: Vec<usize>,
    /// How high the stack was at each mark that is still there.
    marks: Vec<usize>,
    memo: Vec<usize>,
}

/// The value of a pickle.
pub(in crate::mechanism::rpc::manager) fn loads(bytes: &[u8]) -> Result<Value, Unreadable> {
    let mut machine = Machine::default();
    let mut reader = Reader::new(bytes);
    loop {
        if machine.nodes.len() > MOST {
            return Err(Unreadable::NotOne);
        }
        let at = reader.at();
        let opcode = reader.byte()?;
        if opcode == op::STOP {
            let [root] = machine.stack.as_slice() else {
                return Err(Unreadable::NotOne);
            };
            return machine.value(*root, 0, &mut 0);
        }
        if let Some(object) = reader.plain(opcode)? {
            let value = match object {
                Object::None => Value::None,
                Object::Bool(flag) => Value::Bool(flag),
                Object::Int(n) => Value::Int(n),
                Object::Text(text) => Value::Text(text),
                Object::Bytes(_) => return Err(Unreadable::Opcode { at, opcode }),
            };
            machine.push(Node::Plain(value));
            continue;
        }
        let done = machine.step(opcode, &mut reader)?;
        done.ok_or(Unreadable::Opcode { at, opcode })?;
    }
}

impl Machine {
    fn push(&mut self, node: Node) {
        self.stack.push(self.nodes.len());
        self.nodes.push(node);
    }

    /// Everything above the last mark.
    fn above(&mut self) -> Option<Vec<usize>> {
        let mark = self.marks.pop()?;
        (mark <= self.stack.len()).then(|| self.stack.split_off(mark))
    }

    /// The topmost so many.
    fn top(&mut self, count: usize) -> Option<Vec<usize>> {
        let at = self.stack.len().checked_sub(count)?;
        Some(self.stack.split_off(at))
    }

    /// One opcode; nothing if it cannot be done, or is none of these.
    fn step(&mut self, opcode: u8, reader: &mut Reader<'_>) -> Result<Option<()>, Unreadable> {
        let mut index = |bytes: usize| -> Result<usize, Unreadable> {
            Ok(usize::try_from(reader.number(bytes)?).unwrap_or(usize::MAX))
        };
        match opcode {
            op::PROTO => reader.protocol()?,
            op::FRAME => drop(index(8)?),
            op::PUT => drop(index(1)?),
            op::LONG_PUT => drop(index(4)?),
            op::GET => {
                let noted = index(1)?;
                return Ok(self.again(noted));
            }
            op::LONG_GET => {
                let noted = index(4)?;
                return Ok(self.again(noted));
            }
            op::FLOAT => {
                let eight = reader.take(8)?.try_into().unwrap_or_default();
                self.push(Node::Plain(Value::Float(f64::from_be_bytes(eight))));
            }
            _ => return Ok(self.assemble(opcode)),
        }
        Ok(Some(()))
    }

    /// What was noted there, once more.
    fn again(&mut self, noted: usize) -> Option<()> {
        self.stack.push(*self.memo.get(noted)?);
        Some(())
    }

    /// Opcodes that have nothing behind them.
    fn assemble(&mut self, opcode: u8) -> Option<()> {
        match opcode {
            op::MEMOIZE => self.memo.push(*self.stack.last()?),
            op::MARK => self.marks.push(self.stack.len()),
            op::EMPTY_TUPLE => self.push(Node::Tuple(Vec::new())),
            op::EMPTY_LIST => self.push(Node::List(Vec::new())),
            op::EMPTY_DICT => self.push(Node::Dict(Vec::new())),
            op::TUPLE1 | op::TUPLE2 | op::TUPLE3 => {
                let items = self.top(usize::from(opcode - op::TUPLE1) + 1)?;
                self.push(Node::Tuple(items));
            }
            op::TUPLE => {
                let items = self.above()?;
                self.push(Node::Tuple(items));
            }
            op::APPEND => {
                let items = self.top(1)?;
                self.fill(items)?;
            }
            op::SETITEM => {
                let items = self.top(2)?;
                self.fill(items)?;
            }
            op::APPENDS | op::SETITEMS => {
                let items = self.above()?;
                self.fill(items)?;
            }
            op::CLASS => {
                let words = self.top(2)?;
                let mut words = words.iter().map(|word| self.word(*word));
                let (module, name) = (words.next()??, words.next()??);
                self.push(Node::Class(if module == BUILTINS {
                    name
                } else {
                    format!("{module}.{name}")
                }));
            }
            op::REDUCE | op::NEWOBJ => {
                let both = self.top(2)?;
                let [class, args] = both.as_slice() else {
                    return None;
                };
                let Node::Class(class) = self.nodes.get(*class)? else {
                    return None;
                };
                let (class, args) = (class.clone(), *args);
                self.push(Node::Made { class, args });
            }
            op::BUILD => {
                let state = self.stack.pop()?;
                let tuple = matches!(self.nodes.get(state)?, Node::Tuple(_));
                let Node::Made { args, .. } = self.nodes.get_mut(*self.stack.last()?)? else {
                    return None;
                };
                // Attributes of an exception are not looked at.
                if tuple {
                    *args = state;
                }
            }
            _ => return None,
        }
        Some(())
    }

    fn word(&self, node: usize) -> Option<String> {
        if let Node::Plain(value) = self.nodes.get(node)? {
            value.text().map(str::to_owned)
        } else {
            None
        }
    }

    /// Into the list or dictionary on top of the stack.
    fn fill(&mut self, items: Vec<usize>) -> Option<()> {
        match self.nodes.get_mut(*self.stack.last()?)? {
            Node::List(list) => list.extend(items),
            Node::Dict(dict) => {
                let pairs = items.chunks_exact(2);
                dict.extend(pairs.filter_map(|pair| Some((*pair.first()?, *pair.last()?))));
            }
            Node::Plain(_) | Node::Tuple(_) | Node::Class(_) | Node::Made { .. } => return None,
        }
        Some(())
    }

    /// A node with all that is in it.
    fn value(&self, node: usize, depth: usize, count: &mut usize) -> Result<Value, Unreadable> {
        *count += 1;
        if depth > DEEPEST || *count > MOST {
            return Err(Unreadable::NotOne);
        }
        let mut each = |items: &[usize]| -> Result<Vec<Value>, Unreadable> {
            let values = items.iter().map(|item| self.value(*item, depth + 1, count));
            values.collect()
        };
        Ok(match self.nodes.get(node).ok_or(Unreadable::NotOne)? {
            Node::Plain(value) => value.clone(),
            Node::Tuple(items) => Value::Tuple(each(items)?),
            Node::List(items) => Value::List(each(items)?),
            Node::Dict(pairs) => {
                let mut dict: Vec<(Value, Value)> = Vec::new();
                for (key, value) in pairs {
                    let key = self.value(*key, depth + 1, count)?;
                    let value = self.value(*value, depth + 1, count)?;
                    dict.push((key, value));
                }
                Value::Dict(dict)
            }
            Node::Class(_) => return Err(Unreadable::NotOne),
            Node::Made { class, args } => {
                let Value::Tuple(args) = self.value(*args, depth + 1, count)? else {
                    return Err(Unreadable::NotOne);
                };
                match (class.as_str(), args.as_slice()) {
                    // What keys() and values() give is pickled as a list.
                    ("list", [Value::List(items)]) => Value::List(items.clone()),
                    _ => Value::Made(class.clone(), args),
                }
            }
        })
    }
}
