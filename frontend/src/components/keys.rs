//! The keys: a dialog on `?`, and the same list as a page.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

/// Where, which key, what it does. No single key acts on the whole page but `?`.
const KEYS: &[(&str, &[(&str, &str)])] = &[
    ("Everywhere", &[("?", "This list"), ("Tab", "To the next control; links at the top skip to the parts"), ("Esc", "Closes a menu or this list")]),
    ("In the message", &[("Enter", "Send; the first one starts the run")]),
    ("On the stage", &[("← →", "From process to process"), ("Enter", "Into its buttons")]),
    ("In tabs", &[("← →", "From tab to tab"), ("Home, End", "First and last tab")]),
    ("In the timeline", &[("← →", "From call to call"), ("Home, End", "Oldest and newest shown"), ("Enter", "Look at the call")]),
    ("In the log", &[("↑ ↓", "From event to event"), ("Page Up, Page Down", "By a screenful"), ("Home, End", "Oldest and newest"), ("Enter", "Look at its call or message"), ("Ctrl C", "Copy the chosen events")]),
    ("In the player", &[("Space", "Play or pause"), ("← →", "One event back or on"), ("Page Up, Page Down", "Marker before or next"), ("Home, End", "Begin and end")]),
    ("In the presenter view", &[("Page Down", "Next"), ("Page Up", "Back: the beats before are run again")]),
];

/// The list itself.
#[component]
pub fn KeyList() -> Html {
    html! {
        <div class="keys">
            { for KEYS.iter().map(|(place, keys)| html! {
                <section>
                    <h2>{ *place }</h2>
                    <dl>{ for keys.iter().map(|(key, does)| html! { <><dt><kbd>{ *key }</kbd></dt><dd>{ *does }</dd></> }) }</dl>
                </section>
            }) }
        </div>
    }
}

/// The dialog.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct HelpProps {
    /// It was closed.
    pub onclose: Callback<()>,
}

/// The list in a dialog that keeps the focus until it is closed.
#[component]
pub fn Help(props: &HelpProps) -> Html {
    let dialog = use_node_ref();
    use_effect_with((), {
        let dialog = dialog.clone();
        move |()| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                // Fails if it is open already.
                drop(dialog.show_modal());
            }
        }
    });
    let close = {
        let dialog = dialog.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                dialog.close();
            }
        })
    };
    html! {
        <dialog ref={dialog} class="help-dialog" aria-labelledby="help-title" onclose={props.onclose.reform(|_| ())}>
            <header><h2 id="help-title">{ "Keys" }</h2><button type="button" onclick={close}>{ "Close" }</button></header>
            <KeyList />
        </dialog>
    }
}
