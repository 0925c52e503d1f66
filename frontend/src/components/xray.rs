//! X-ray of one message or one call: what was called on both sides, with which bytes, asleep or not.

use super::{
    badge::ink,
    hex::{Dump, hex},
    legend::legend,
    parts::{code, el, para, words},
};
use crate::{
    ctx::Ctx,
    intent::Intent,
    mechanism::{bytes, count},
    store::{Action, Looked, Selected, Shown, look, source, words as say},
};
use shared::{
    event::{Preview, Tie},
    ids::{CallId, MsgId},
    state::{Call, Message, OpenCall, RunState, Worker},
};
use yew::prelude::*;

/// The X-ray panel.
pub fn xray(ctx: &Ctx, shown: &Shown) -> Html {
    let state = &shown.state;
    let looked = look(state, &shown.events, shown.selected);
    let body = match shown.selected {
        Selected::Nothing => nothing(ctx, state),
        Selected::Message(_) => match &looked.message {
            Some(message) => of_message(ctx, shown, &looked, message),
            None => calls_only(ctx, state, &looked),
        },
        Selected::Call(id) => {
            let open = state.workers.iter().find_map(|worker| {
                Some((worker, worker.now.as_ref().filter(|now| now.call == id)?))
            });
            match (looked.calls.first(), open) {
                (Some(call), _) => of_call(ctx, shown, call),
                (None, Some((worker, now))) => of_open(worker, now),
                (None, None) => para(
                    "empty",
                    "That call is no longer remembered: the log keeps the newest events only."
                        .to_owned(),
                ),
            }
        }
    };
    el("div", "xray", vec![off(state), body, legend()])
}

fn off(state: &RunState) -> Html {
    match &state.xray_off {
        Some(why) => para("notice info", format!("X-ray is off: {why}. What you see is what the processes report.")),
        None if !state.xray && state.seq > 0 => {
            para("notice info", "X-ray is off in this run: no calls were seen, what you see is what the processes report.".to_owned())
        }
        None => html! {},
    }
}

fn nothing(ctx: &Ctx, state: &RunState) -> Html {
    let choose = words(
        "p",
        "",
        "Choose a call in the timeline, a message, or a line of the log: here is what it was, on both sides.",
    );
    if state.messages.is_empty() {
        return choose;
    }
    let newest = state.messages.iter().rev().take(12).map(|message| {
        let says = format!("#{} {}", message.id, say::quoted(&message.preview));
        to_message(ctx, message.id, says)
    });
    let newest = el("p", "of-messages", newest.collect());
    html! { <>{ choose }{ words("h3", "", "Newest messages") }{ newest }</> }
}

/// A button that turns to a message.
#[inline(never)]
fn to_message(ctx: &Ctx, id: MsgId, says: String) -> Html {
    let onclick = ctx.emits::<MouseEvent>(Action::Want(Intent::SelectMessage(id)));
    html! { <button type="button" class="small" {onclick}>{ says }</button> }
}

fn of_message(ctx: &Ctx, shown: &Shown, looked: &Looked, message: &Message) -> Html {
    let state = &shown.state;
    let (sends, receives) = (message.sends.len(), message.receives.len());
    let to = message
        .receivers
        .iter()
        .map(|(worker, _)| worker.to_string())
        .collect::<Vec<_>>()
        .join(", ");
    let calls = |side: &[CallId]| {
        let calls = looked.calls.iter().filter(|call| side.contains(&call.call));
        html! { <>{ for calls.map(|call| card(ctx, state, call)) }</> }
    };
    let headline = match (state.xray, sends, receives) {
        (false, ..) => "No calls seen: X-ray is off".to_owned(),
        (true, 0, 0) if message.bytes_out > 0 => {
            "0 system calls: it was stored and loaded".to_owned()
        }
        (true, 0, 0) if message.bytes_in > 0 => "0 system calls: it was stored".to_owned(),
        (true, 0, 0) => "No call yet".to_owned(),
        (true, ..) => format!(
            "{} in, {} out",
            plural(sends, "call"),
            plural(receives, "call")
        ),
    };
    let to = if to.is_empty() {
        to
    } else {
        format!(" → {to}")
    };
    let (id, len) = (message.id, bytes(message.len));
    let about = format!("Message {id} · {len} · {}{to}", message.worker);
    html! {
        <>
            { words("p", "soft", about) }
            { words("h2", "", headline) }
            { calls(&message.sends) }
            { kernel(state, looked, message) }
            { calls(&message.receives) }
            { certainty(message) }
            { hex(ctx, &dump(shown, &message.preview)) }
            { took(&looked.calls) }
        </>
    }
}

/// A message that the state has forgotten, told by its calls.
fn calls_only(ctx: &Ctx, state: &RunState, looked: &Looked) -> Html {
    if looked.calls.is_empty() {
        return para(
            "empty",
            "That message is no longer remembered: the log keeps the newest events only."
                .to_owned(),
        );
    }
    let headline = words("h2", "", plural(looked.calls.len(), "call"));
    html! { <>{ headline }{ for looked.calls.iter().map(|call| card(ctx, state, call)) }</> }
}

/// What the kernel had of it in between.
fn kernel(state: &RunState, looked: &Looked, message: &Message) -> Html {
    let ids = looked.calls.iter().filter_map(|call| call.object.as_ref());
    let known = ids.filter_map(|id| state.object(id)).next();
    let Some(object) = known.or(state.objects.first()) else {
        return html! {};
    };
    let held = message
        .bytes_in
        .saturating_sub(message.bytes_out + message.bytes_lost);
    let says = match (message.bytes_in, held, message.bytes_lost) {
        (0, ..) => "nothing of it is in the kernel yet".to_owned(),
        (_, 0, 0) => format!("{} went in and came out", bytes(message.bytes_in)),
        (_, held, 0) => format!(
            "{} went in, {} still lie in it",
            bytes(message.bytes_in),
            count(held)
        ),
        (_, held, lost) => format!(
            "{} went in, {} lie in it, {} were lost",
            bytes(message.bytes_in),
            count(held),
            count(lost)
        ),
    };
    let name = words("code", "", object.id.to_string());
    el("div", "call-card k", vec![name, words("small", "", says)])
}

fn certainty(message: &Message) -> Html {
    match message.tie {
        Tie::Certain => html! {},
        Tie::Ambiguous => para(
            "notice info",
            "Several messages have these bytes: which one was received cannot be told.".to_owned(),
        ),
        Tie::Unknown => para(
            "notice info",
            "These bytes could not be followed through the kernel.".to_owned(),
        ),
    }
}

fn dump<'a>(shown: &'a Shown, preview: &'a Preview) -> Dump<'a> {
    Dump {
        of: shown.selected,
        preview,
        fetched: &shown.fetched,
        live: shown.can_fetch(),
    }
}

fn of_call(ctx: &Ctx, shown: &Shown, call: &Call) -> Html {
    let messages = call.parts.iter().filter_map(|part| {
        let msg = part.msg?;
        let says = format!(
            "Message {msg}: bytes {} to {}",
            count(part.from),
            count(part.to)
        );
        Some(to_message(ctx, msg, says))
    });
    html! {
        <>
            { words("p", "soft", format!("Call {} · {}", call.call, call.worker)) }
            { words("h2", "", format!("{}()", call.name)) }
            { card(ctx, &shown.state, call) }
            { el("p", "of-messages", messages.collect()) }
            { call.data.as_ref().map(|data| hex(ctx, &dump(shown, data))).unwrap_or_default() }
            { took(std::slice::from_ref(call)) }
        </>
    }
}

fn of_open(worker: &Worker, now: &OpenCall) -> Html {
    let why = worker.because.map_or("it has not returned", say::wait);
    let call = vec![
        code(format!("{}({}) …", now.name, now.args.join(", "))),
        words("small", "", format!("{} · {why}", worker.id)),
    ];
    let class = format!("call-card open ink-{}", ink(worker.letter));
    html! {
        <>
            { words("p", "soft", format!("Call {} · {}", now.call, worker.id)) }
            { words("h2", "", format!("In {}() now", now.name)) }
            { el("div", &class, call) }
        </>
    }
}

/// One call that returned.
fn card(ctx: &Ctx, state: &RunState, call: &Call) -> Html {
    let worker = state.worker(&call.worker);
    let letter = worker.and_then(|worker| worker.letter);
    let who = worker.map_or_else(|| call.worker.to_string(), super::badge::called);
    let fd = call
        .fd
        .map(|fd| format!(" · descriptor {fd}"))
        .unwrap_or_default();
    let slept = call.slept.map_or_else(
        || " · did not sleep".to_owned(),
        |why| format!(" · slept: {}", say::wait(why)),
    );
    let again = match call.interrupted {
        0 => String::new(),
        times => format!(" · interrupted {times}× and went on"),
    };
    let failed = if call.errno.is_some() { " failed" } else { "" };
    let line = match (call.line, worker) {
        (Some(line), Some(worker)) => format!(
            " · line {line} of {}",
            source::name(&worker.role, worker.language.as_deref())
        ),
        _ => String::new(),
    };
    let thread = call
        .task
        .map(|task| format!(" · thread {task}"))
        .unwrap_or_default();
    let key = call
        .key
        .map(|key| format!(" · {} {key}", key_word(&call.name)))
        .unwrap_or_default();
    let onclick = ctx.emits::<MouseEvent>(Action::Want(Intent::SelectCall(call.call)));
    let parts = say::parts(&call.parts);
    let details = format!("{who}{thread}{fd}{key}{slept}{again}{line}{parts}");
    html! {
        <button type="button" class={format!("call-card ink-{}{failed}", ink(letter))} key={call.call} {onclick}>
            { code(say::call(call)) }
            { words("small", "", details) }
        </button>
    }
}

/// What the key of a call is: mq_send(3) has priorities, msgsnd(2) types.
fn key_word(call: &str) -> &'static str {
    if call.starts_with("mq_") {
        "priority"
    } else if call.starts_with("msg") {
        "type"
    } else {
        "key"
    }
}

/// How long it took: small, and with the cost of being watched.
fn took(calls: &[Call]) -> Html {
    let (Some(first), Some(last)) = (
        calls.iter().map(|call| call.entered_ns).min(),
        calls
            .iter()
            .map(|call| call.entered_ns + call.took_ns)
            .max(),
    ) else {
        return html! {};
    };
    para(
        "took soft",
        format!(
            "{} from entry to return, with X-ray: not the mechanism's own speed.",
            say::duration(last.saturating_sub(first))
        ),
    )
}

fn plural(n: usize, noun: &str) -> String {
    if n == 1 {
        format!("1 {noun}")
    } else {
        format!("{n} {noun}s")
    }
}
