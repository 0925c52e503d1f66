//! Who has which lock, and who waits for one.

use super::super::Scene;
use crate::{
    gauge::file::{self, Locked},
    supervisor::crew::Hand,
    tracer::Entered,
};
use shared::{
    event::{Lock, LockKind, Wait},
    ids::WorkerId,
};

/// Workers that are in a call that may wait for a lock of an open file: the kernel names no process for those.
#[derive(Debug, Default)]
pub(super) struct Asking {
    workers: Vec<usize>,
}

impl Asking {
    pub(super) fn entered(&mut self, worker: usize, call: &Entered) {
        if call.args.iter().any(|arg| arg == "F_OFD_SETLKW") {
            self.workers.push(worker);
        }
    }

    pub(super) fn returned(&mut self, worker: usize) {
        self.workers.retain(|asking| *asking != worker);
    }

    /// Locks on the file as the kernel has them now.
    pub(super) fn locks(&self, scene: &Scene<'_>) -> Vec<Lock> {
        let all = file::locks(scene.inode);
        all.iter()
            .map(|lock| Lock {
                worker: self.whose(scene, lock),
                kind: lock.kind,
                mode: lock.mode,
                from: lock.from,
                to: lock.to,
                waiting: lock.waiting,
            })
            .collect()
    }

    /// Who is in such a call; without X-ray, who sleeps for a lock.
    fn waiting(&self, scene: &Scene<'_>) -> Vec<usize> {
        if scene.traced {
            return self.workers.clone();
        }
        let sleeps = |hand: &Hand| {
            let doing = hand.doing.as_ref();
            hand.alive() && doing.is_some_and(|doing| doing.because == Some(Wait::FileLock))
        };
        let hands = scene.crew.hands.iter().enumerate();
        hands
            .filter(|(_, hand)| sleeps(hand))
            .map(|(worker, _)| worker)
            .collect()
    }

    fn whose(&self, scene: &Scene<'_>, lock: &Locked) -> Option<WorkerId> {
        if let Some(pid) = lock.pid {
            return scene.by_pid(pid).cloned();
        }
        if lock.kind != LockKind::Ofd {
            return None;
        }
        if lock.waiting {
            // Of two that wait, the table does not say which is which.
            return match self.waiting(scene).as_slice() {
                [only] => Some(scene.worker(*only).id.clone()),
                _ => None,
            };
        }
        let holders = &scene.state.holders;
        let holder = holders.iter().find(|holder| {
            let host = scene.host(&holder.worker);
            host.is_some_and(|host| file::has_lock(host, holder.fd, lock))
        });
        holder.map(|holder| holder.worker.clone())
    }
}
