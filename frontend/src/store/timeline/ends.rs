//! How bars end: with what a call returned, in the bar of a call like it, or at the right edge.

use super::{
    gather::Gathered,
    spans::{Span, put},
};
use crate::{mechanism::count, store::words};
use shared::{ids::CallId, os::Errno, state::RunState};

impl Gathered {
    /// A call returned: its bar says what.
    pub(super) fn returned(
        &mut self,
        bar: usize,
        to: (u32, u64),
        (name, args): (&str, &[String]),
        moved: Option<u64>,
        (ret, errno): (Option<i64>, Option<Errno>),
    ) {
        let Some(raw) = self.bars.get_mut(bar) else {
            return;
        };
        (raw.ends.to, raw.ends.to_ns) = to;
        let slept = raw.span == Span::Slept;
        raw.base = match (errno, moved) {
            (Some(errno), _) => format!("{name} {errno}"),
            (None, Some(moved)) => format!("{name} {}", count(moved)),
            (None, None) => name.to_owned(),
        };
        let asleep = if slept { ", after sleeping" } else { "" };
        raw.title = format!(
            "{name}({}) = {}{asleep}",
            args.join(", "),
            words::result(ret, errno)
        );
        raw.span = match (errno, slept) {
            (Some(_), _) => Span::Failed,
            (None, true) => Span::Slept,
            (None, false) => Span::Call,
        };
        raw.same = Some((name.to_owned(), ret)).filter(|_| errno.is_none());
    }

    /// A call like the one just before it becomes one bar with it.
    pub(super) fn merge(&mut self, bar: usize, call: CallId) {
        let Some(before) = bar.checked_sub(1) else {
            return;
        };
        let (Some(one), Some(two)) = (self.bars.get(before), self.bars.get(bar)) else {
            return;
        };
        let alike = one.same.is_some()
            && one.same == two.same
            && one.lane == two.lane
            && one.span == Span::Call
            && two.span == Span::Call;
        if !alike || one.ends.to + 1 != two.ends.from {
            return;
        }
        let to_ns = two.ends.to_ns;
        self.bars.pop();
        self.columns -= 1;
        put(&mut self.of_call, call, before);
        if let Some(one) = self.bars.get_mut(before) {
            one.times += 1;
            one.ends.to_ns = to_ns;
            one.call = Some(call);
        }
    }

    /// What has not ended goes on to the right edge.
    pub(super) fn finish(&mut self, state: &RunState, newest: bool) {
        let column = self.columns.saturating_sub(1);
        let now_ns = if newest {
            self.last_ns.max(state.at_ns)
        } else {
            self.last_ns
        };
        self.last_ns = now_ns;
        for (_, bar) in self.open.iter().chain(&self.frozen) {
            if let Some(raw) = self.bars.get_mut(*bar) {
                (raw.ends.to, raw.ends.to_ns) = (column, now_ns);
                if raw.span != Span::Frozen {
                    let asleep = if raw.span == Span::Slept {
                        ", asleep"
                    } else {
                        ""
                    };
                    raw.base = format!("in {}{asleep}", raw.base);
                    raw.title = format!("{} has not returned", raw.title);
                    raw.span = if raw.span == Span::Slept {
                        Span::Slept
                    } else {
                        Span::Open
                    };
                }
            }
        }
    }
}
