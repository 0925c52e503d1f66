//! What stands above the log: filters, copying, the way back to the newest event.

use super::{
    log::{Log, Msg},
    parts::{button, option},
};
use crate::{
    mechanism::count,
    store::{EventLog, Filter, Group, words},
};
use shared::{
    ids::{Seq, WorkerId},
    state::RunState,
};
use std::fmt::Write as _;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::{html::Scope, prelude::*};

/// Most events copied at a time: a clipboard is no file.
const MOST_COPIED: usize = 20_000;

/// What the tools show.
#[derive(Debug)]
pub(super) struct Tools<'a> {
    /// The filter in force.
    pub(super) filter: &'a Filter,
    /// For the workers there are.
    pub(super) state: &'a RunState,
    /// Events that fit.
    pub(super) shown: usize,
    /// Events in all.
    pub(super) of: usize,
    /// Copied as JSON lines.
    pub(super) json: bool,
    /// New events are scrolled to.
    pub(super) following: bool,
}

/// The tools above the log.
pub(super) fn tools(props: &Tools<'_>, link: &Scope<Log>) -> Html {
    let filter = props.filter;
    let select = |set: fn(&mut Filter, &str)| {
        let filter = filter.clone();
        link.callback(move |event: Event| {
            let mut filter = filter.clone();
            set(
                &mut filter,
                &event.target_unchecked_into::<HtmlSelectElement>().value(),
            );
            Msg::Filter(filter)
        })
    };
    let onworker =
        select(|filter, value| filter.worker = (!value.is_empty()).then(|| WorkerId::new(value)));
    let ongroup = select(|filter, value| {
        filter.group = Group::ALL
            .iter()
            .find(|group| group.1 == value)
            .map_or(Group::All, |group| group.0);
    });
    let ontext = {
        let filter = filter.clone();
        link.callback(move |event: InputEvent| {
            Msg::Filter(Filter {
                text: event.target_unchecked_into::<HtmlInputElement>().value(),
                ..filter.clone()
            })
        })
    };
    let onformat = link.callback(|event: Event| {
        Msg::Format(event.target_unchecked_into::<HtmlSelectElement>().value() == "jsonl")
    });
    let all = count(props.of as u64);
    let counted = if filter.is_all() {
        all
    } else {
        format!("{} of {all}", count(props.shown as u64))
    };
    html! {
        <div class="log-tools">
            <select aria-label="Of which process" onchange={onworker}>
                <option value="" selected={filter.worker.is_none()}>{ "All processes" }</option>
                { for props.state.workers.iter().map(|worker| {
                    option(worker.id.to_string(), worker.id.to_string(), filter.worker.as_ref() == Some(&worker.id))
                }) }
            </select>
            <select aria-label="Of which kind" onchange={ongroup}>
                { for Group::ALL.iter().map(|(group, id, label)| option((*id).to_owned(), (*label).to_owned(), filter.group == *group)) }
            </select>
            <input type="search" aria-label="With this text" placeholder="text" value={filter.text.clone()} oninput={ontext} />
            <span class="soft">{ counted }</span>
            { button("small", None, "Copy", link.callback(|_| Msg::Copy)) }
            <select aria-label="Copied as" class="small" onchange={onformat}>
                <option value="text" selected={!props.json}>{ "as text" }</option><option value="jsonl" selected={props.json}>{ "as JSON lines" }</option>
            </select>
            if !props.following { { button("small", None, "Follow", link.callback(|_| Msg::Follow)) } }
        </div>
    }
}

/// Events as text with aligned columns.
pub fn clipboard(events: &EventLog, seqs: &[Seq]) -> String {
    let mut out = String::new();
    for event in seqs
        .iter()
        .take(MOST_COPIED)
        .filter_map(|seq| events.get(*seq))
    {
        let who = event.worker.as_ref().map_or("", WorkerId::as_str);
        let _infallible = writeln!(
            out,
            "{:>6}  {:>12}  {who:<9}  {}",
            event.seq,
            words::at(event.at_ns),
            words::event(event)
        );
    }
    if seqs.len() > MOST_COPIED {
        let _infallible = writeln!(out, "… {} more; Download has all", seqs.len() - MOST_COPIED);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::clipboard;
    use crate::store::EventLog;
    use shared::codec;
    use std::rc::Rc;

    #[test]
    fn what_is_copied_has_columns() {
        let event = codec::decode_event(r#"{"seq":1,"at_ns":1500,"source":"process","worker":"reader","kind":"process.exited","code":0}"#).unwrap();
        let mut events = EventLog::default();
        events.insert(Rc::new(event));
        assert_eq!(
            clipboard(&events, &[1]),
            "     1      0.000001  reader     exited with 0\n"
        );
    }
}
