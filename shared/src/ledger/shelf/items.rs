//! What is in a queue, as far as calls have returned.

use super::{Put, Shelf};
use crate::{
    event::{Item, Preview},
    ledger::source::Stamp,
};
use std::collections::BTreeMap;

impl Shelf {
    /// Messages in it by the calls that have returned, the next to be received first. Where one of several was taken and
    /// nobody knows which, those that are left have no name.
    pub fn items(&self) -> Vec<Item> {
        self.first_items(usize::MAX).0
    }

    /// The first `most` of them, and how many there are beside.
    pub fn first_items(&self, most: usize) -> (Vec<Item>, u64) {
        // Members of pools, and whether they count as taken.
        let mut hidden: BTreeMap<Stamp, bool> = BTreeMap::new();
        for pool in &self.pools {
            for (n, id) in pool.members.iter().enumerate() {
                hidden.insert(*id, n < pool.taken);
            }
        }
        let place = |(_, put): &(&Stamp, &Put)| (if self.by_key { -put.key } else { 0 }, put.over);
        let inside = self.puts.iter().filter(|(_, put)| !put.gone && !put.maybe);
        let mut inside: Vec<_> = inside
            .filter(|(id, put)| put.over.is_some() && hidden.get(id) != Some(&true))
            .collect();
        let all = inside.len();
        if all > most {
            inside.select_nth_unstable_by_key(most, place);
            inside.truncate(most);
        }
        inside.sort_by_key(place);
        let item = |(id, put): (&Stamp, &Put)| Item {
            msg: Some(put.msg).filter(|_| !hidden.contains_key(id)),
            len: put.len,
            key: Some(put.key),
            preview: Preview::of(&put.content, put.len),
        };
        let more = all.saturating_sub(most) as u64;
        (inside.into_iter().map(item).collect(), more)
    }
}
