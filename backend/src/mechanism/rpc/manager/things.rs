//! What lives in the server: a dictionary, a list, a number and a lock, each with an id by which proxies name it.

use super::plain::{OF_A_DICT, OF_A_LIST, Raised, of_a_dict, of_a_list};
use crate::mechanism::rpc::value::Value;
use shared::mechanism::rpc::SHARED;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// All that is shared. Each thing has a lock of its own: a method is executed in whole before the next one of that thing.
#[derive(Debug)]
pub(super) struct Things {
    tasks: Mutex<Vec<(Value, Value)>>,
    log: Mutex<Vec<Value>>,
    counter: Mutex<Value>,
    lock: Lock,
    /// What is left of iterators, by their ids.
    iterators: Mutex<BTreeMap<String, VecDeque<Value>>>,
    /// How many proxies there are of each thing, by its id. Without any, nobody can call it.
    proxies: Mutex<BTreeMap<String, u64>>,
}

/// Iterators that a client begins and never ends.
const MOST_ITERATORS: usize = 64;
/// Longest wait for a lock with a time-out, seconds; more is for ever.
const LONGEST: f64 = 1e9;

/// A lock as Python's threads have it: whoever calls `release()` opens it.
#[derive(Debug, Default)]
struct Lock {
    taken: Mutex<bool>,
    free: Condvar,
}

/// A thing that is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// One of [`SHARED`], by its place in it.
    Thing(usize),
    Iterator(String),
}

impl Which {
    /// As a client calls it: `tasks`.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Thing(at) => SHARED.get(*at).copied().unwrap_or_default(),
            Self::Iterator(_) => "iterator",
        }
    }

    /// The methods that proxies of it may call.
    pub(super) fn exposed(&self) -> Vec<&'static str> {
        match self.name() {
            "tasks" => [OF_A_DICT, &["__iter__"]].concat(),
            "log" => OF_A_LIST.to_vec(),
            "counter" => vec!["get", "set"],
            "lock" => vec!["acquire", "release"],
            _ => vec!["__next__"],
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Things {
    pub(super) fn new() -> Self {
        Self {
            tasks: Mutex::default(),
            log: Mutex::default(),
            counter: Mutex::new(Value::Int(0)),
            lock: Lock::default(),
            iterators: Mutex::default(),
            proxies: Mutex::default(),
        }
    }

    /// The id of a thing: where it lies in memory, as in Python.
    fn id(&self, at: usize) -> String {
        let address = match at {
            0 => (&raw const self.tasks).addr(),
            1 => (&raw const self.log).addr(),
            2 => (&raw const self.counter).addr(),
            _ => (&raw const self.lock).addr(),
        };
        format!("{address:x}")
    }

    /// A thing by its name: its id, of which there is one proxy more now.
    pub(super) fn create(&self, name: &str) -> Option<(String, Which)> {
        let at = SHARED.iter().position(|shared| *shared == name)?;
        let id = self.id(at);
        *locked(&self.proxies).entry(id.clone()).or_default() += 1;
        Some((id, Which::Thing(at)))
    }

    /// One proxy more or less, and how many there are.
    pub(super) fn count(&self, id: &str, one_more: bool) -> Option<u64> {
        let mut proxies = locked(&self.proxies);
        let count = proxies.get_mut(id)?;
        *count = if one_more { *count + 1 } else { *count - 1 };
        let left = *count;
        if left == 0 {
            proxies.remove(id);
            locked(&self.iterators).remove(id);
        }
        Some(left)
    }

    /// How many proxies there are of it.
    pub(super) fn proxies(&self, id: &str) -> u64 {
        locked(&self.proxies).get(id).copied().unwrap_or(0)
    }

    /// How many things there are proxies of.
    pub(super) fn len(&self) -> usize {
        locked(&self.proxies).len()
    }

    /// What has that id, as long as there are proxies of it.
    pub(super) fn find(&self, id: &str) -> Option<Which> {
        if !locked(&self.proxies).contains_key(id) {
            return None;
        }
        let at = (0..SHARED.len()).find(|at| self.id(*at) == id);
        Some(at.map_or_else(|| Which::Iterator(id.to_owned()), Which::Thing))
    }

    /// An iterator over the keys of the dictionary, with one proxy: its id.
    pub(super) fn iterate(&self) -> Result<String, Raised> {
        let keys = locked(&self.tasks)
            .iter()
            .map(|(key, _)| key.clone())
            .collect();
        let mut iterators = locked(&self.iterators);
        if iterators.len() >= MOST_ITERATORS {
            return Err(Raised::new("MemoryError", "too many iterators"));
        }
        let id = (1..)
            .map(|n| format!("{n:x}"))
            .find(|id| !iterators.contains_key(id));
        let id = id.unwrap_or_default();
        iterators.insert(id.clone(), keys);
        locked(&self.proxies).insert(id.clone(), 1);
        Ok(id)
    }

    /// Executes a method. `acquire()` may sleep.
    pub(super) fn call(
        &self,
        which: &Which,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Raised> {
        match (which.name(), method, args) {
            ("tasks", ..) => of_a_dict(&mut locked(&self.tasks), method, args),
            ("log", ..) => of_a_list(&mut locked(&self.log), method, args),
            ("counter", "get", []) => Ok(locked(&self.counter).clone()),
            ("counter", "set", [value]) => {
                locked(&self.counter).clone_from(value);
                Ok(Value::None)
            }
            ("lock", "acquire", []) => self.lock.acquire(true, None),
            ("lock", "acquire", [blocking]) => {
                self.lock.acquire(*blocking != Value::Bool(false), None)
            }
            ("lock", "acquire", [Value::Bool(blocking), time]) => {
                let seconds = if let Value::Int(n) = time {
                    f64::from(i32::try_from(*n).unwrap_or(i32::MAX))
                } else if let Value::Float(n) = time {
                    *n
                } else {
                    -1.0
                };
                let time = (0.0..LONGEST).contains(&seconds);
                let time = time.then(|| Duration::from_secs_f64(seconds));
                self.lock.acquire(*blocking, time)
            }
            ("lock", "release", []) => self.lock.release(),
            ("iterator", "__next__", []) => {
                let Which::Iterator(id) = which else {
                    return Err(ended());
                };
                let mut iterators = locked(&self.iterators);
                let next = iterators.get_mut(id).and_then(VecDeque::pop_front);
                next.ok_or_else(ended)
            }
            (name, ..) => {
                let why = format!(
                    "{name}.{method}() cannot be called with {} arguments",
                    args.len()
                );
                Err(Raised::new("TypeError", why))
            }
        }
    }

    /// All of it, as `str()` writes it.
    pub(super) fn shown(&self, which: &Which) -> Value {
        match which.name() {
            "tasks" => Value::Dict(locked(&self.tasks).clone()),
            "log" => Value::List(locked(&self.log).clone()),
            "counter" => locked(&self.counter).clone(),
            name => Value::Text(name.to_owned()),
        }
    }
}

fn ended() -> Raised {
    Raised {
        class: "StopIteration",
        args: Vec::new(),
    }
}

impl Lock {
    fn acquire(&self, blocking: bool, time: Option<Duration>) -> Result<Value, Raised> {
        let until = time.map(|time| Instant::now() + time);
        let mut taken = locked(&self.taken);
        while *taken {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if !blocking || left.is_some_and(|left| left.is_zero()) {
                return Ok(Value::Bool(false));
            }
            taken = match left {
                None => self
                    .free
                    .wait(taken)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(left) => {
                    let woken = self.free.wait_timeout(taken, left);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        *taken = true;
        Ok(Value::Bool(true))
    }

    fn release(&self) -> Result<Value, Raised> {
        let mut taken = locked(&self.taken);
        if !*taken {
            return Err(Raised::new("RuntimeError", "release unlocked lock"));
        }
        *taken = false;
        self.free.notify_one();
        Ok(Value::None)
    }
}

#[cfg(test)]
mod tests {
    use super::{Things, Value};
    use std::{sync::Arc, thread};

    fn call(things: &Things, name: &str, method: &str, args: &[Value]) -> String {
        let (_, which) = things.create(name).unwrap();
        match things.call(&which, method, args) {
            Ok(value) => value.to_string(),
            Err(raised) => raised.to_string(),
        }
    }

    #[test]
    fn a_thing_is_there_as_long_as_somebody_has_a_proxy() {
        let things = Things::new();
        let (id, which) = things.create("counter").unwrap();
        assert_eq!(
            things.create("counter").unwrap(),
            (id.clone(), which.clone()),
            "the same one"
        );
        assert_eq!(things.find(&id), Some(which));
        assert_eq!(things.len(), 1);
        assert_eq!(
            (things.count(&id, false), things.count(&id, false)),
            (Some(1), Some(0))
        );
        assert_eq!((things.find(&id), things.count(&id, true)), (None, None));
        assert!(things.create("nothing").is_none());
    }

    #[test]
    fn a_number_is_read_and_written() {
        let things = Things::new();
        assert_eq!(call(&things, "counter", "get", &[]), "0");
        assert_eq!(call(&things, "counter", "set", &[Value::Int(7)]), "None");
        assert_eq!(call(&things, "counter", "get", &[]), "7");
    }

    #[test]
    fn a_lock_is_taken_once_and_opened_by_anybody() {
        let things = Arc::new(Things::new());
        assert_eq!(call(&things, "lock", "acquire", &[]), "True");
        assert_eq!(
            call(&things, "lock", "acquire", &[Value::Bool(false)]),
            "False"
        );
        let soon = [Value::Bool(true), Value::Float(0.001)];
        assert_eq!(call(&things, "lock", "acquire", &soon), "False");
        let other = Arc::clone(&things);
        let waits = thread::spawn(move || call(&other, "lock", "acquire", &[]));
        assert_eq!(call(&things, "lock", "release", &[]), "None");
        assert_eq!(waits.join().unwrap(), "True");
        assert_eq!(call(&things, "lock", "release", &[]), "None");
        assert_eq!(
            call(&things, "lock", "release", &[]),
            "RuntimeError: release unlocked lock"
        );
    }

    #[test]
    fn keys_come_one_by_one_and_then_no_more() {
        let things = Things::new();
        for key in ["a", "b"] {
            call(
                &things,
                "tasks",
                "__setitem__",
                &[Value::Text(key.to_owned()), Value::None],
            );
        }
        let id = things.iterate().unwrap();
        let which = things.find(&id).unwrap();
        let next = || {
            things
                .call(&which, "__next__", &[])
                .map_err(|end| end.to_string())
        };
        assert_eq!(next(), Ok(Value::Text("a".to_owned())));
        assert_eq!(next(), Ok(Value::Text("b".to_owned())));
        assert_eq!(next(), Err("StopIteration".to_owned()));
        assert_eq!(things.count(&id, false), Some(0));
    }
}
