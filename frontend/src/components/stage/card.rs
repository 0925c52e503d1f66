//! The card of a process: who it is, what it does now, and what can be done to it.

use super::{
    menu::{focus, menu},
    picture::{Scene, picture},
    verbs::{self, Verb, verbs},
    words as say,
};
use crate::{
    components::{
        badge::{ink, letter},
        icons::{Icon, glyph},
        parts::{code, el, join, words},
    },
    intent::Intent,
    mechanism::count,
    store::{Selected, source},
};
use shared::state::{RunState, Worker};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// Whose card.
#[derive(Clone, Debug, Properties)]
pub(super) struct CardProps {
    /// The run.
    pub(super) state: Rc<RunState>,
    /// The process.
    pub(super) worker: Worker,
    /// What a learner wants.
    pub(super) on: Callback<Intent>,
    /// Less high, where many share a column.
    pub(super) compact: bool,
    /// A recording.
    pub(super) replay: bool,
    /// Nothing can be done to it.
    pub(super) hands_off: bool,
    /// What is looked at.
    pub(super) selected: Selected,
}

impl PartialEq for CardProps {
    /// A worker changes with its state only.
    fn eq(&self, other: &Self) -> bool {
        let same = |props: &Self| {
            (
                props.worker.id.clone(),
                props.compact,
                props.replay,
                props.hands_off,
                props.selected,
            )
        };
        Rc::ptr_eq(&self.state, &other.state) && same(self) == same(other)
    }
}

/// A process on the stage.
pub(super) fn card(props: &CardProps) -> Html {
    let (run, worker) = (&props.state, &props.worker);
    let now = say::state(worker, props.replay);
    let (label, call) = say::call(run, worker);
    let mut inside = vec![
        el("h2", "", title(worker)),
        pid(worker),
        el(
            "p",
            "state",
            vec![glyph(now.icon), words("span", "", now.text.clone())],
        ),
        el(
            "p",
            "now",
            vec![
                words("span", "now-label", label),
                Html::from(" "),
                code(call),
            ],
        ),
    ];
    inside.extend(threads(worker));
    inside.extend(place(run, worker));
    inside.extend(waiting(run, worker));
    let scene = Scene {
        run,
        replay: props.replay,
        on: &props.on,
        selected: props.selected,
    };
    inside.extend((picture(&run.entry).on_card)(&scene, worker));
    if let Some(said) = say::said(worker) {
        inside.push(words("p", "says", format!("says: {said}")));
    }
    if let Some(said) = say::last_words(worker) {
        let mut lines = vec![words("p", "", said)];
        lines.extend(say::output(worker).map(|line| words("p", "mono", line)));
        inside.push(el("div", "last-words", lines));
    }
    if worker.alive() && run.finished.is_none() && !props.hands_off {
        inside.push(html! { <Actions ..props.clone() /> });
    } else if run.finished.is_none() && !props.hands_off {
        inside.extend(verbs::restart(run, worker).map(|verb| {
            html! {
                <div class="actions">
                    <button type="button" title={verb.help} onclick={says(&props.on, &verb.intent)}>{ verb.label.clone() }</button>
                </div>
            }
        }));
    }
    let class = [
        "proc",
        &format!("ink-{}", ink(worker.letter)),
        now.class,
        if props.compact { "compact" } else { "" },
        if worker.role == "parent" { "small" } else { "" },
    ];
    frame(
        &join(&class),
        format!("{}, {}", worker.id, now.text),
        inside,
    )
}

/// What is around a card.
pub(super) fn frame(class: &str, name: String, inside: Vec<Html>) -> Html {
    html! { <div class={class.to_owned()} role="group" aria-label={name}>{ for inside }</div> }
}

/// Letter, name, and the language where it is not Rust.
fn title(worker: &Worker) -> Vec<Html> {
    let mut title = vec![letter(worker.letter), words("span", "", worker.id.as_str())];
    if worker.language.as_deref() == Some("python") {
        title.push(words("span", "language", "Python"));
    }
    title
}

fn pid(worker: &Worker) -> Html {
    let mut inside = vec![words("span", "", format!("PID {}", worker.pid))];
    if worker.host_pid != worker.pid {
        inside.push(Html::from(" "));
        inside.push(words(
            "span",
            "host-pid",
            format!("({} on this host)", worker.host_pid),
        ));
    }
    el("p", "pid", inside)
}

/// Commands that wait until it comes back from its call.
fn waiting(run: &RunState, worker: &Worker) -> Option<Html> {
    let mine = run
        .waiting
        .iter()
        .filter(|waiting| waiting.worker == worker.id);
    let waiting = match mine.count() {
        0 => return None,
        waiting => count(waiting as u64),
    };
    let text = format!("{waiting} of your commands waiting");
    Some(words("p", "chip queued", text))
}

/// Where it is in the source of its role.
fn place(run: &RunState, worker: &Worker) -> Option<Html> {
    let at = source::line(run, worker)?;
    let label = if at.now { "in line" } else { "was in line" };
    let name = source::name(&worker.role, worker.language.as_deref());
    let text = format!("{label} {} of {name}", at.line);
    Some(words("p", "line soft", text))
}

/// Its other threads, each with the call it is in.
fn threads(worker: &Worker) -> Vec<Html> {
    let one = |task: &shared::state::Task| {
        let call = task
            .now
            .as_ref()
            .map_or_else(|| "between calls".to_owned(), say::entered);
        el(
            "p",
            "now thread",
            vec![
                words("span", "now-label", format!("thread {} in", task.tid)),
                Html::from(" "),
                code(call),
            ],
        )
    };
    worker.tasks.iter().map(one).collect()
}

/// Buttons of a card. One of them is a tab stop; arrows move between them.
#[component]
fn Actions(props: &CardProps) -> Html {
    let open = use_state(|| false);
    let at = use_state(|| 0_usize);
    let (bar, fold) = (use_node_ref(), use_node_ref());
    use_effect_with(*open, {
        let fold = fold.clone();
        move |open: &bool| {
            let fold = fold.cast::<web_sys::Element>().filter(|_| *open);
            if let Some(first) = fold.and_then(|fold| {
                fold.query_selector(".menu-item button, .menu-item input, .menu-item select")
                    .ok()
                    .flatten()
            }) {
                focus(&first);
            }
        }
    });
    let worker = &props.worker;
    let can = verbs(&props.state, worker, props.compact);
    let first = &can.first;
    let buttons = first.len() + 2;
    let stop = (*at).min(buttons - 1);
    let onkeydown = {
        let (bar, at) = (bar.clone(), at.clone());
        Callback::from(move |event: KeyboardEvent| {
            let to = match event.key().as_str() {
                "ArrowRight" | "ArrowDown" => (stop + 1) % buttons,
                "ArrowLeft" | "ArrowUp" => (stop + buttons - 1) % buttons,
                "Home" => 0,
                "End" => buttons - 1,
                _ => return,
            };
            event.prevent_default();
            at.set(to);
            let all = bar
                .cast::<web_sys::Element>()
                .and_then(|bar| bar.query_selector_all("button").ok());
            let button = all.and_then(|all| all.get(u32::try_from(to).unwrap_or_default()));
            if let Some(button) =
                button.and_then(|button| button.dyn_into::<web_sys::Element>().ok())
            {
                focus(&button);
            }
        })
    };
    let tab = |n: usize| if n == stop { "0" } else { "-1" };
    let on_close = {
        let open = open.clone();
        Callback::from(move |()| open.set(false))
    };
    let toggle = {
        let (open, at, more) = (open.clone(), at.clone(), first.len());
        Callback::from(move |_: MouseEvent| {
            at.set(more);
            open.set(!*open);
        })
    };
    let id = format!("more-{}", worker.id);
    let kill = Verb::plain(&worker.id, "kill", "Kill", "SIGKILL");
    html! {
        <div class="actions">
            <div ref={bar} class="act" role="toolbar" aria-label={format!("Actions for {}", worker.id)} {onkeydown}>
                <span class="verbs">
                    { for first.iter().enumerate().map(|(n, verb)| html! {
                        <button type="button" class={(n == 0 && worker.frozen).then_some("main")} tabindex={tab(n)}
                            aria-label={verb.label.clone()} title={verb.help}
                            onclick={says(&props.on, &verb.intent)}>{ verb.short() }</button>
                    }) }
                </span>
                <button type="button" class="more" tabindex={tab(first.len())} aria-expanded={if *open { "true" } else { "false" }}
                    aria-controls={(*open).then(|| id.clone())} aria-label={format!("More for {}", worker.id)} onclick={toggle}>
                    { glyph(Icon::More) }
                </button>
                <button type="button" class="danger kill" tabindex={tab(buttons - 1)} title="kill -9: ends it at once"
                    onclick={says(&props.on, &kill.intent)}>{ kill.label }</button>
            </div>
            if *open {
                { menu(props, &fold, &id, &can.menu, &can.forms, &on_close) }
            }
        </div>
    }
}

fn says(on: &Callback<Intent>, intent: &Intent) -> Callback<MouseEvent> {
    let (on, intent) = (on.clone(), intent.clone());
    Callback::from(move |_: MouseEvent| on.emit(intent.clone()))
}
