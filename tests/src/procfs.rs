//! Processes as the kernel sees them, from `/proc`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// One process, from `/proc/PID/stat`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub pid: i32,
    /// Its command name.
    pub name: String,
    /// `R`, `S`, `T`, `t`, `Z`, …
    pub state: char,
    /// Its parent.
    pub parent: i32,
    /// Its process group.
    pub group: i32,
}

/// The process of that id, while it exists or is a zombie.
pub fn process(pid: i32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name is in parentheses and may contain anything, even parentheses.
    let (before, after) = stat.rsplit_once(')')?;
    let mut fields = after.split_ascii_whitespace();
    Some(Process {
        pid,
        name: before.split_once('(')?.1.to_owned(),
        state: fields.next()?.chars().next()?,
        parent: fields.next()?.parse().ok()?,
        group: fields.next()?.parse().ok()?,
    })
}

/// All processes there are.
pub fn all() -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    pids.filter_map(process).collect()
}

/// Processes below that one, at any depth, in the order of their ids.
pub fn descendants(pid: i32) -> Vec<Process> {
    let mut found: Vec<Process> = Vec::new();
    let all = all();
    let mut parents = vec![pid];
    while let Some(parent) = parents.pop() {
        for child in all.iter().filter(|process| process.parent == parent) {
            parents.push(child.pid);
            found.push(child.clone());
        }
    }
    found.sort_by_key(|process| process.pid);
    found
}

/// Children of that one.
pub fn children(pid: i32) -> Vec<Process> {
    all()
        .into_iter()
        .filter(|process| process.parent == pid)
        .collect()
}

/// Processes that were started with that word in their environment, and what they forked. Zombies have none any more.
pub fn marked(mark: &str) -> Vec<Process> {
    let carries = |process: &Process| {
        fs::read(format!("/proc/{}/environ", process.pid)).is_ok_and(|environ| {
            environ
                .split(|byte| *byte == 0)
                .any(|word| word.ends_with(mark.as_bytes()))
        })
    };
    all().into_iter().filter(carries).collect()
}

/// Bytes of address space that a process has: `/proc/PID/statm`; 0 when it is gone.
pub fn mapped_bytes(pid: i32) -> u64 {
    let statm = fs::read_to_string(format!("/proc/{pid}/statm")).unwrap_or_default();
    let pages = statm.split(' ').next().and_then(|pages| pages.parse().ok());
    pages.unwrap_or(0) * shared::os::PAGE_SIZE
}

/// How many mappings of shared memory a process has: `/proc/PID/maps`.
pub fn shared_mappings(pid: i32) -> usize {
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap_or_default();
    // START-END rwxs OFFSET DEVICE INODE PATH
    let rights = maps.lines().filter_map(|line| line.split(' ').nth(1));
    rights.filter(|rights| rights.ends_with('s')).count()
}

/// What the descriptors of a process lead to, counted by kind: `socket` 3, `pipe` 2, `/dev/null` 1.
pub fn descriptors(pid: i32) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    let Ok(entries) = fs::read_dir(format!("/proc/{pid}/fd")) else {
        return kinds;
    };
    for target in entries.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok()) {
        let target = target.to_string_lossy();
        // `socket:[4711]` and its like: the number differs, the kind is what counts.
        let kind = target.split_once(":[").map_or(&*target, |(kind, _)| kind);
        *kinds.entry(kind.to_owned()).or_default() += 1;
    }
    kinds
}

/// Memory of a process that is in RAM, KiB.
pub fn resident_kib(pid: i32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|figure| figure.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or_default()
}

/// Everything below a folder, as paths relative to it.
pub fn names_below(folder: &Path) -> Vec<PathBuf> {
    let mut names = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let Ok(entries) = fs::read_dir(&next) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path.clone());
            }
            names.push(
                path.strip_prefix(folder)
                    .map_or_else(|_| path.clone(), Path::to_path_buf),
            );
        }
    }
    names.sort();
    names
}
