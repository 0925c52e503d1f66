//! What else can be done to a process: a fold under its card, each item with a line that says what it does.

use crate::{components::icons::{Glyph, Icon}, intent::Intent};
use shared::{command::Values, event::End, ids::WorkerId};
use yew::prelude::*;

/// One thing that can be done.
#[derive(Clone, Debug, PartialEq)]
pub struct Verb {
    /// As on the button.
    pub label: String,
    /// One line under it.
    pub help: &'static str,
    /// What is wished.
    pub intent: Intent,
}

impl Verb {
    /// A verb without arguments.
    pub fn plain(worker: &WorkerId, verb: &str, label: &str, help: &'static str) -> Self {
        Self::with(worker, verb, label.to_owned(), help, Values::new())
    }

    /// close() of one end.
    pub fn close(worker: &WorkerId, end: End, fd: i32) -> Self {
        let (word, help) = match end {
            End::Write => ("write", "The reader sees end-of-file when the last copy of this end is closed."),
            End::Read => ("read", "A writer gets SIGPIPE when the last copy of this end is closed."),
            End::Both => ("write", "Closes the descriptor that is open for both."),
        };
        let args = Values::from([("end".to_owned(), word.into())]);
        Self::with(worker, "close", format!("Close {word} end ({fd})"), help, args)
    }

    /// As on a button that has little room: the first word and the descriptor, `Close (4)`.
    pub fn short(&self) -> String {
        match (self.label.split_whitespace().next(), self.label.split_once('(')) {
            (Some(word), Some((_, rest))) => format!("{word} ({rest}"),
            _ => self.label.clone(),
        }
    }

    /// read() of at most `len` bytes.
    pub fn read(worker: &WorkerId, len: u64) -> Self {
        let args = Values::from([("len".to_owned(), len.into())]);
        let label = format!("Read {}", crate::mechanism::count(len));
        Self::with(worker, "read", label, "One read() of at most that many bytes.", args)
    }

    fn with(worker: &WorkerId, verb: &str, label: String, help: &'static str, args: Values) -> Self {
        Self { label, help, intent: Intent::Act { worker: Some(worker.clone()), verb: verb.to_owned(), args } }
    }
}

/// What is in the fold.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct MenuProps {
    /// Its id, for `aria-controls`.
    pub id: AttrValue,
    /// Whose menu.
    pub worker: WorkerId,
    /// Items, in order.
    pub verbs: Vec<Verb>,
    /// It can be told to read: a field for how many bytes, with this many to begin with.
    #[prop_or_default]
    pub read: Option<u64>,
    /// What a learner wants.
    pub on: Callback<Intent>,
    /// It is to be closed.
    pub on_close: Callback<()>,
}

/// The fold itself, which is there only while it is open. Escape closes it; so does a click elsewhere.
#[component]
pub fn Menu(props: &MenuProps) -> Html {
    let fold = use_node_ref();
    {
        let fold = fold.clone();
        use_effect_with((), move |()| {
            if let Some(first) = fold.cast::<web_sys::Element>().and_then(|fold| fold.query_selector("button, input").ok().flatten()) {
                focus(&first);
            }
        });
    }
    let onkeydown = {
        let on_close = props.on_close.clone();
        Callback::from(move |event: KeyboardEvent| {
            event.stop_propagation();
            if event.key() == "Escape" {
                event.prevent_default();
                on_close.emit(());
            }
        })
    };
    let onfocusout = {
        let (on_close, fold) = (props.on_close.clone(), fold.clone());
        Callback::from(move |event: FocusEvent| {
            let to = event.related_target().and_then(|target| wasm_bindgen::JsCast::dyn_into::<web_sys::Node>(target).ok());
            let inside = fold.cast::<web_sys::Node>().is_some_and(|fold| fold.contains(to.as_ref()));
            if !inside {
                on_close.emit(());
            }
        })
    };
    let read = props.read.map(|len| html! {
        <ReadForm worker={props.worker.clone()} {len} on={props.on.clone()} on_close={props.on_close.clone()} />
    });
    html! {
        <div ref={fold} id={props.id.clone()} class="menu" role="group" aria-label={format!("More for {}", props.worker)}
            tabindex="-1" {onkeydown} {onfocusout}>
            <button type="button" class="menu-close quiet icon" aria-label="Close this menu" onclick={props.on_close.reform(|_| ())}><Glyph icon={Icon::Dead} /></button>
            { for props.verbs.iter().map(|verb| item(props, verb)) }
            { for read }
        </div>
    }
}

fn item(props: &MenuProps, verb: &Verb) -> Html {
    let onclick = {
        let (on, on_close, intent) = (props.on.clone(), props.on_close.clone(), verb.intent.clone());
        Callback::from(move |_: MouseEvent| {
            on.emit(intent.clone());
            on_close.emit(());
        })
    };
    html! {
        <div class="menu-item">
            <button type="button" {onclick}>{ verb.label.clone() }</button>
            <small class="soft">{ verb.help }</small>
        </div>
    }
}

/// Moves the focus there, where the element can take it.
pub(super) fn focus(element: &web_sys::Element) {
    if let Some(element) = wasm_bindgen::JsCast::dyn_ref::<web_sys::HtmlElement>(element) {
        // Fails on an element that has just left the page: then there is nothing to focus.
        drop(element.focus());
    }
}

/// How much to read at first.
#[derive(Clone, Debug, PartialEq, Properties)]
struct ReadProps {
    worker: WorkerId,
    len: u64,
    on: Callback<Intent>,
    on_close: Callback<()>,
}

/// A field for the size of one read().
#[component]
fn ReadForm(props: &ReadProps) -> Html {
    let field = use_node_ref();
    let onsubmit = {
        let (props, field) = (props.clone(), field.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let typed = field.cast::<web_sys::HtmlInputElement>().and_then(|field| field.value().trim().replace(',', "").parse().ok());
            props.on.emit(Verb::read(&props.worker, typed.unwrap_or(props.len)).intent);
            props.on_close.emit(());
        })
    };
    let id = format!("read-{}", props.worker);
    html! {
        <form class="menu-item" {onsubmit}>
            <label for={id.clone()}>{ "Read n bytes" }</label>
            <span class="together">
                <input ref={field} {id} type="number" min="1" max="1048576" value={props.len.to_string()} />
                <button type="submit">{ "Read" }</button>
            </span>
            <small class="soft">{ "One read() with a buffer of that size: it gets what is there, at most that much." }</small>
        </form>
    }
}
