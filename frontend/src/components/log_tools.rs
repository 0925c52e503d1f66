//! What stands above the log: filters, copying, the way back to the newest event.

use crate::{
    mechanism::count,
    store::{EventLog, Filter, Group, words},
};
use shared::{codec, ids::{Seq, WorkerId}, state::RunState};
use std::{fmt::Write as _, rc::Rc};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// Most events copied at a time: a clipboard is no file.
const MOST_COPIED: usize = 20_000;

/// The tools.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct ToolsProps {
    /// The filter in force.
    pub filter: Filter,
    /// For the workers there are.
    pub state: Rc<RunState>,
    /// Events that fit.
    pub shown: usize,
    /// Events in all.
    pub of: usize,
    /// Another filter.
    pub onfilter: Callback<Filter>,
    /// Copy; true: as JSON lines.
    pub oncopy: Callback<bool>,
    /// New events are scrolled to.
    pub following: bool,
    /// They shall be.
    pub onfollow: Callback<()>,
}

/// The tools above the log.
#[component]
pub fn Tools(props: &ToolsProps) -> Html {
    let json = use_state(|| false);
    let filter = &props.filter;
    let select = |set: fn(&mut Filter, &str)| {
        let (filter, onfilter) = (filter.clone(), props.onfilter.clone());
        Callback::from(move |event: Event| {
            let mut filter = filter.clone();
            set(&mut filter, &event.target_unchecked_into::<HtmlSelectElement>().value());
            onfilter.emit(filter);
        })
    };
    let onworker = select(|filter, value| filter.worker = (!value.is_empty()).then(|| WorkerId::new(value)));
    let ongroup = select(|filter, value| {
        filter.group = Group::ALL.iter().find(|group| group.1 == value).map_or(Group::All, |group| group.0);
    });
    let ontext = {
        let (filter, onfilter) = (filter.clone(), props.onfilter.clone());
        Callback::from(move |event: InputEvent| {
            onfilter.emit(Filter { text: event.target_unchecked_into::<HtmlInputElement>().value(), ..filter.clone() });
        })
    };
    let onformat = {
        let json = json.clone();
        Callback::from(move |event: Event| json.set(event.target_unchecked_into::<HtmlSelectElement>().value() == "jsonl"))
    };
    let oncopy = { let (oncopy, json) = (props.oncopy.clone(), *json); Callback::from(move |_: MouseEvent| oncopy.emit(json)) };
    let counted = if filter.is_all() { count(props.of as u64) } else { format!("{} of {}", count(props.shown as u64), count(props.of as u64)) };
    html! {
        <div class="log-tools">
            <select aria-label="Of which process" onchange={onworker}>
                <option value="" selected={filter.worker.is_none()}>{ "All processes" }</option>
                { for props.state.workers.iter().map(|worker| html! {
                    <option value={worker.id.to_string()} selected={filter.worker.as_ref() == Some(&worker.id)}>{ worker.id.to_string() }</option>
                }) }
            </select>
            <select aria-label="Of which kind" onchange={ongroup}>
                { for Group::ALL.iter().map(|(group, id, label)| html! { <option value={*id} selected={filter.group == *group}>{ *label }</option> }) }
            </select>
            <input type="search" aria-label="With this text" placeholder="text" value={filter.text.clone()} oninput={ontext} />
            <span class="soft">{ counted }</span>
            <button type="button" class="small" onclick={oncopy}>{ "Copy" }</button>
            <select aria-label="Copied as" class="small" onchange={onformat}>
                <option value="text" selected={!*json}>{ "as text" }</option><option value="jsonl" selected={*json}>{ "as JSON lines" }</option>
            </select>
            if !props.following { <button type="button" class="small" onclick={props.onfollow.reform(|_| ())}>{ "Follow" }</button> }
        </div>
    }
}

/// Events as text with aligned columns, or one JSON object a line.
pub fn clipboard(events: &EventLog, seqs: &[Seq], json: bool) -> String {
    let mut out = String::new();
    for event in seqs.iter().take(MOST_COPIED).filter_map(|seq| events.get(*seq)) {
        if json {
            out.push_str(&codec::encode_event(event));
        } else {
            let who = event.worker.as_ref().map_or("", WorkerId::as_str);
            let _infallible = write!(out, "{:>6}  {:>12}  {who:<9}  {}", event.seq, words::at(event.at_ns), words::event(event));
        }
        out.push('\n');
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
    fn what_is_copied_as_json_can_be_replayed() {
        let event = codec::decode_event(r#"{"seq":1,"at_ns":1500,"source":"process","worker":"reader","kind":"process.exited","code":0}"#).unwrap();
        let mut events = EventLog::default();
        events.insert(Rc::new(event.clone()));
        assert_eq!(codec::decode_event(clipboard(&events, &[1], true).trim()).unwrap(), event);
        assert_eq!(clipboard(&events, &[1], false), "     1      0.000001  reader     exited with 0\n");
    }
}
