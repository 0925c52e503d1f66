//! Messages of which some were taken, and nobody knows which.

use crate::ledger::source::Stamp;
use std::collections::BTreeSet;

/// `taken` of the `members` are gone.
#[derive(Clone, Debug, Default)]
pub(super) struct Pool {
    pub(super) members: BTreeSet<Stamp>,
    pub(super) taken: usize,
}

impl Pool {
    /// One of these was taken: they are one pool from now on, with all that they were in a pool with.
    pub(super) fn took_one_of(pools: &mut Vec<Self>, fit: &[Stamp]) {
        let mut merged = Self {
            members: fit.iter().copied().collect(),
            taken: 1,
        };
        pools.retain(|pool| {
            let apart = pool.members.is_disjoint(&merged.members);
            if !apart {
                merged.members.extend(&pool.members);
                merged.taken += pool.taken;
            }
            apart
        });
        pools.push(merged);
    }

    /// Members of pools of which all were taken; these pools are no more.
    pub(super) fn used_up(pools: &mut Vec<Self>) -> Vec<Stamp> {
        let mut all = Vec::new();
        pools.retain(|pool| {
            let left = pool.taken < pool.members.len();
            if !left {
                all.extend(&pool.members);
            }
            left
        });
        all
    }
}
