//! Which names of the run lead to which object, whether or not anybody has it open.

use super::holders::Scope;
use crate::{sys::leftovers, worker::QUEUES};
use shared::ledger::Inode;
use std::{
    fs,
    os::unix::fs::{FileTypeExt, MetadataExt},
    path::Path,
};

/// A name and what it leads to now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// What the kernel knows the object by.
    pub inode: Inode,
    /// `file`, `fifo`, `memory`, `semaphore`, `mqueue`.
    pub object_type: &'static str,
    /// The name: a path, or that of a queue.
    pub name: String,
}

/// Names in the run's folder.
pub fn files(scope: &Scope) -> Vec<Named> {
    in_folder(scope.names().folder(), |_| Some("file"))
}

/// Shared memory and semaphores of the run in `/dev/shm`.
pub fn memory(scope: &Scope) -> Vec<Named> {
    in_folder(Path::new("/dev/shm"), |name| {
        scope.names().own(name)?;
        let is_semaphore = name.starts_with("sem.");
        Some(if is_semaphore { "semaphore" } else { "memory" })
    })
}

/// POSIX message queues of the run. Each is opened and closed at once: nobody can tell, since a queue has no end-of-file.
pub fn queues(scope: &Scope) -> Vec<Named> {
    let names = QUEUES.iter().map(|name| scope.names().queue(name));
    names
        .filter_map(|name| {
            let (dev, ino) = leftovers::queue_inode(&name)?;
            Some(Named {
                inode: Inode { dev, ino },
                object_type: "mqueue",
                name,
            })
        })
        .collect()
}

fn in_folder(folder: &Path, kind: impl Fn(&str) -> Option<&'static str>) -> Vec<Named> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(object_type) = name.to_str().and_then(&kind) else {
            continue;
        };
        let Ok(about) = entry.metadata() else {
            continue;
        };
        let object_type = if about.file_type().is_fifo() {
            "fifo"
        } else if about.is_file() {
            object_type
        } else {
            continue;
        };
        all.push(Named {
            inode: Inode {
                dev: about.dev(),
                ino: about.ino(),
            },
            object_type,
            name: entry.path().display().to_string(),
        });
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

#[cfg(test)]
mod tests {
    use super::{files, memory, queues};
    use crate::{gauge::Scope, sys::leftovers::testing, worker::Names};
    use shared::ids::RunId;
    use std::{collections::BTreeSet, fs};

    #[test]
    fn names_are_found_without_anybody_holding_what_they_lead_to() {
        let run = RunId::new(format!("named{}", std::process::id()));
        let scope = Scope::new(Names::new(&run), BTreeSet::new());
        let names = scope.names();
        names.prepare().unwrap();
        fs::write(names.file("b"), "x").unwrap();
        fs::hard_link(names.file("b"), names.file("a")).unwrap();
        fs::write(format!("/dev/shm{}", names.memory("cells")), "x").unwrap();
        testing::make_queue(&names.queue("queue")).unwrap();
        let (files, memory, queues) = (files(&scope), memory(&scope), queues(&scope));
        names.remove();
        assert_eq!(files.len(), 2);
        assert_eq!(files[0].inode, files[1].inode);
        assert!(files[0].name.ends_with("/a"));
        assert_eq!((memory.len(), memory[0].object_type), (1, "memory"));
        assert_eq!(
            (queues.len(), queues[0].name.clone()),
            (1, names.queue("queue"))
        );
    }
}
