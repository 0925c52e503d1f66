//! System V queues, memory and semaphores, which are no descriptors: `/proc/sysvipc`, proc_sysvipc(5).

use super::holders::numbered;
use crate::worker::Names;
use shared::ledger::Inode;
use std::{collections::BTreeMap, fs};

/// One System V object of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbered {
    /// `msqid`, `shmid` or `semid`, with what stands for the kind in place of a device.
    pub inode: Inode,
    /// `msgqueue`, `memory` or `semaphore`.
    pub object_type: &'static str,
    /// Its key.
    pub key: i32,
    /// All columns of its line, by name: `qnum`, `cbytes`, `lspid`, `nattch`, `nsems`.
    pub columns: BTreeMap<String, i64>,
}

/// All System V objects whose keys are the run's.
pub fn numbered_objects(names: &Names) -> Vec<Numbered> {
    let tables = [
        ("msg", "msqid", "msgqueue", numbered::QUEUE),
        ("shm", "shmid", "memory", numbered::MEMORY),
        ("sem", "semid", "semaphore", numbered::SEMAPHORES),
    ];
    let mut all = Vec::new();
    for (table, id, object_type, dev) in tables {
        let text = fs::read_to_string(format!("/proc/sysvipc/{table}")).unwrap_or_default();
        let rows = rows(&text).filter_map(|columns| {
            let key = i32::try_from(*columns.get("key")?).ok()?;
            let ino = u64::try_from(*columns.get(id)?).ok()?;
            names.has_key(key).then_some(Numbered {
                inode: Inode { dev, ino },
                object_type,
                key,
                columns,
            })
        });
        all.extend(rows);
    }
    all
}

/// What the kernel counts of a System V segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attached {
    /// Who has it attached: `nattch`.
    pub attached: u64,
    /// `IPC_RMID` was called: it goes with the last of them, and has no key any more.
    pub removed: bool,
}

/// `SHM_DEST` among the permissions, shmctl(2).
const DEST: i64 = 0o1000;

/// The segment with that number, by `/proc/sysvipc/shm`. `None` for other memory, and for what is gone.
pub fn attached(inode: Inode) -> Option<Attached> {
    if inode.dev != numbered::MEMORY {
        return None;
    }
    let id = i64::try_from(inode.ino).ok()?;
    let text = fs::read_to_string("/proc/sysvipc/shm").ok()?;
    let row = rows(&text).find(|columns| columns.get("shmid") == Some(&id))?;
    // The permissions are octal.
    let permissions = i64::from_str_radix(&row.get("perms")?.to_string(), 8).ok()?;
    Some(Attached {
        attached: u64::try_from(*row.get("nattch")?).ok()?,
        removed: permissions & DEST != 0,
    })
}

fn rows(text: &str) -> impl Iterator<Item = BTreeMap<String, i64>> {
    let mut lines = text.lines();
    let header: Vec<_> = lines
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    lines.map(move |line| {
        let values = line
            .split_whitespace()
            .map(|value| value.parse().unwrap_or(0));
        header
            .iter()
            .map(|name| (*name).to_owned())
            .zip(values)
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::{Attached, attached, numbered_objects};
    use crate::{sys::leftovers::testing, worker::Names};
    use shared::ids::RunId;

    #[test]
    fn what_has_a_key_of_the_run_is_found() {
        let names = Names::new(&RunId::new(format!("sysv{}", std::process::id())));
        assert!(numbered_objects(&names).is_empty());
        testing::make_sysv(names.key(2)).unwrap();
        let found = numbered_objects(&names);
        let segment = attached(found[1].inode);
        names.remove();
        let kinds: Vec<_> = found.iter().map(|object| object.object_type).collect();
        assert_eq!(kinds, ["msgqueue", "memory", "semaphore"]);
        assert!(found.iter().all(|object| object.key == names.key(2)));
        assert_eq!(found[0].columns["qnum"], 0);
        assert_eq!(found[1].columns["size"], 4096);
        let unused = Attached {
            attached: 0,
            removed: false,
        };
        assert_eq!(segment, Some(unused));
        assert_eq!(attached(found[0].inode), None);
        assert_eq!(attached(found[1].inode), None, "it is gone");
    }
}
