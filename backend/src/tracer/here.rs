//! In which line of its source a worker is, read from its memory while it stands still.

use super::{decode::Memory, remote::Remote};
use crate::sys::here::{self, MAX_THREADS, WORDS};
use nix::unistd::Pid;
use std::{collections::HashMap, sync::Arc};

/// Longest name of a source file that is believed.
const MAX_NAME: usize = 256;
/// Names that are remembered; a role's calls are in one file or two.
const MAX_NAMES: usize = 64;

/// Reads lines, and remembers the names of files, of which there are few.
#[derive(Debug, Default)]
pub struct Lines {
    names: HashMap<(Pid, u64, u32), Arc<str>>,
}

impl Lines {
    /// The source file and line in which a thread of one of our own workers made its last call. `thread` is what gettid()
    /// returns in it.
    ///
    /// `None` if it has made none, runs another program, or its memory says nonsense: nothing in it is believed unseen.
    pub fn here(&mut self, process: Pid, thread: i32) -> Option<(Arc<str>, u32)> {
        let address = u64::try_from(here::address()).ok()?;
        let bytes = Remote(process).read(address, MAX_THREADS * WORDS * 8);
        let (places, _) = bytes.as_chunks::<{ WORDS * 8 }>();
        places.iter().find_map(|place| {
            let (words, _) = place.as_chunks::<4>();
            let number = |at: usize| words.get(at).map(|word| u32::from_ne_bytes(*word));
            if thread == 0 || number(4)?.cast_signed() != thread {
                return None;
            }
            let file = u64::from_ne_bytes(*place.first_chunk()?);
            let (len, line) = (number(2)?, number(3)?);
            (line > 0).then_some((self.name(process, file, len)?, line))
        })
    }

    fn name(&mut self, process: Pid, at: u64, len: u32) -> Option<Arc<str>> {
        let key = (process, at, len);
        if let Some(name) = self.names.get(&key) {
            return Some(Arc::clone(name));
        }
        let len = usize::try_from(len).ok().filter(|len| *len <= MAX_NAME)?;
        let name = String::from_utf8(Remote(process).read(at, len)).ok()?;
        let sane =
            name.len() == len && name.ends_with(".rs") && !name.chars().any(char::is_control);
        if !sane {
            return None;
        }
        if self.names.len() == MAX_NAMES {
            self.names.clear();
        }
        let name: Arc<str> = name.into();
        self.names.insert(key, Arc::clone(&name));
        Some(name)
    }
}

/// A word of 4 bytes in the memory of a process: the line in which a role in Python is, at the address it has told.
pub fn word(pid: Pid, address: u64) -> Option<u32> {
    let bytes = Remote(pid).read(address, 4);
    bytes.try_into().ok().map(u32::from_ne_bytes)
}
