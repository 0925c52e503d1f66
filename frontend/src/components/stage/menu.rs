//! What else can be done to a process: a fold under its card, each item with a line that says what it does.

use super::card::CardProps;
use crate::{
    components::icons::{Icon, glyph},
    intent::Intent,
};
use shared::{command::Values, event::End, ids::WorkerId};
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// One thing that can be done.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Verb {
    /// As on the button.
    pub(super) label: String,
    /// One line under it.
    pub(super) help: &'static str,
    /// What is wished.
    pub(super) intent: Intent,
}

impl Verb {
    /// A verb without arguments.
    pub(super) fn plain(worker: &WorkerId, verb: &str, label: &str, help: &'static str) -> Self {
        Self::with(worker, verb, label.to_owned(), help, Values::new())
    }

    /// close() of one end.
    pub(super) fn close(worker: &WorkerId, end: End, fd: i32) -> Self {
        let (word, help) = match end {
            End::Write => (
                "write",
                "The reader sees end-of-file when the last copy of this end is closed.",
            ),
            End::Read => (
                "read",
                "A writer gets SIGPIPE when the last copy of this end is closed.",
            ),
            End::Both => ("write", "Closes the descriptor that is open for both."),
        };
        let mut args = Values::new();
        args.insert("end".to_owned(), word.into());
        Self::with(
            worker,
            "close",
            format!("Close {word} end ({fd})"),
            help,
            args,
        )
    }

    /// As on a button that has little room: the first word and the descriptor, `Close (4)`.
    pub(super) fn short(&self) -> String {
        match (
            self.label.split_whitespace().next(),
            self.label.split_once('('),
        ) {
            (Some(word), Some((_, rest))) => format!("{word} ({rest}"),
            _ => self.label.clone(),
        }
    }

    /// read() of at most `len` bytes.
    pub(super) fn read(worker: &WorkerId, len: u64) -> Self {
        let mut args = Values::new();
        args.insert("len".to_owned(), len.into());
        let label = format!("Read {}", crate::mechanism::count(len));
        Self::with(
            worker,
            "read",
            label,
            "One read() of at most that many bytes.",
            args,
        )
    }

    fn with(
        worker: &WorkerId,
        verb: &str,
        label: String,
        help: &'static str,
        args: Values,
    ) -> Self {
        Self {
            label,
            help,
            intent: Intent::Act {
                worker: Some(worker.clone()),
                verb: verb.to_owned(),
                args,
            },
        }
    }
}

/// The fold itself, which is there only while it is open. Escape closes it; so does a click elsewhere.
pub(super) fn menu(
    card: &CardProps,
    fold: &NodeRef,
    id: &str,
    verbs: &[Verb],
    read: Option<u64>,
    close: &Callback<()>,
) -> Html {
    let onkeydown = {
        let (close, fold) = (close.clone(), fold.clone());
        Callback::from(move |event: KeyboardEvent| {
            event.stop_propagation();
            if event.key() == "Escape" {
                event.prevent_default();
                let card = fold
                    .cast::<web_sys::Element>()
                    .and_then(|fold| fold.parent_element());
                if let Some(more) =
                    card.and_then(|card| card.query_selector(".more").ok().flatten())
                {
                    focus(&more);
                }
                close.emit(());
            }
        })
    };
    let onfocusout = {
        let (close, fold) = (close.clone(), fold.clone());
        Callback::from(move |event: FocusEvent| {
            let to = event
                .related_target()
                .and_then(|target| target.dyn_into::<web_sys::Node>().ok());
            let inside = fold
                .cast::<web_sys::Node>()
                .is_some_and(|fold| fold.contains(to.as_ref()));
            if !inside {
                close.emit(());
            }
        })
    };
    html! {
        <div ref={fold.clone()} id={id.to_owned()} class="menu" role="group" aria-label={format!("More for {}", card.worker.id)}
            tabindex="-1" {onkeydown} {onfocusout}>
            <button type="button" class="menu-close quiet icon" aria-label="Close this menu" onclick={close.reform(|_| ())}>{ glyph(Icon::Dead) }</button>
            { for verbs.iter().map(|verb| item(card, verb, close)) }
            { for read.map(|len| read_form(card, len, close)) }
        </div>
    }
}

fn item(card: &CardProps, verb: &Verb, close: &Callback<()>) -> Html {
    let onclick = {
        let (on, close, intent) = (card.on.clone(), close.clone(), verb.intent.clone());
        Callback::from(move |_: MouseEvent| {
            on.emit(intent.clone());
            close.emit(());
        })
    };
    html! {
        <div class="menu-item">
            <button type="button" {onclick}>{ verb.label.clone() }</button>
            <small class="soft">{ verb.help }</small>
        </div>
    }
}

/// A field for the size of one read().
fn read_form(card: &CardProps, len: u64, close: &Callback<()>) -> Html {
    let id = format!("read-{}", card.worker.id);
    let onsubmit = {
        let (on, worker, close) = (card.on.clone(), card.worker.id.clone(), close.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let form = event.target_unchecked_into::<web_sys::Element>();
            let field = form
                .query_selector("input")
                .ok()
                .flatten()
                .and_then(|field| field.dyn_into::<web_sys::HtmlInputElement>().ok());
            let typed = field.and_then(|field| field.value().trim().replace(',', "").parse().ok());
            on.emit(Verb::read(&worker, typed.unwrap_or(len)).intent);
            close.emit(());
        })
    };
    html! {
        <form class="menu-item" {onsubmit}>
            <label for={id.clone()}>{ "Read n bytes" }</label>
            <span class="together">
                <input {id} type="number" min="1" max="1048576" value={len.to_string()} />
                <button type="submit">{ "Read" }</button>
            </span>
            <small class="soft">{ "One read() with a buffer of that size: it gets what is there, at most that much." }</small>
        </form>
    }
}

/// Moves the focus there, where the element can take it.
pub(super) fn focus(element: &web_sys::Element) {
    if let Some(element) = element.dyn_ref::<web_sys::HtmlElement>() {
        // Fails on an element that has just left the page: then there is nothing to focus.
        drop(element.focus());
    }
}
