//! The one component with a life of its own: holds store and socket, folds what arrives once a frame of animation, and
//! has the browser do what the store says.

use crate::{
    components::{dialog, shell, source},
    ctx::Ctx,
    dom::{self, Frame},
    fetch,
    intent::Intent,
    route::Route,
    socket::{Socket, Told},
    store::{Action, Connection, Dialog, Effect, PlayAction, Store, Tab, UiAction},
};
use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::Interval;
use shared::{
    codec,
    failure::{Code, Failure},
};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// Texts held for the next frame of animation. A hidden page has no frames: then it folds when so many have come.
const MOST_TEXTS: usize = 128;
/// Time between ticks while something plays or counts down, milliseconds.
const TICK_MS: u32 = 50;
/// Shortest time between two announcements for those who do not see the stage, milliseconds.
const ANNOUNCE_MS: u32 = 2_000;

/// The page.
#[derive(Debug)]
pub struct App {
    store: Rc<Store>,
    socket: Socket,
    inbox: Vec<String>,
    frame: Option<Frame>,
    ticks: Option<Interval>,
    /// Times are taken, for `performance.getEntriesByName`: the address has `?measure`.
    measured: bool,
    /// What is drawn next was asked for by a frame of animation.
    framed: bool,
    /// The page that was drawn last.
    drawn: Option<Route>,
    /// The height of an embed, as the page around it was told last, pixels.
    height: i32,
    _listeners: Vec<EventListener>,
    _announce: Interval,
}

/// What reaches the page from outside of its components.
#[derive(Debug)]
pub enum Msg {
    /// An action.
    Do(Action),
    /// From the socket.
    Told(Told),
    /// It is time to try again.
    Connect,
    /// A frame of animation.
    Frame,
    /// The page is being left.
    Leave,
}

impl Component for App {
    type Message = Msg;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let link = ctx.link();
        let announce = link.clone();
        let mut app = Self {
            store: Rc::default(),
            socket: Socket::new(link.callback(Msg::Told), link.callback(|()| Msg::Connect)),
            inbox: Vec::new(),
            frame: None,
            ticks: None,
            measured: dom::is_measured(),
            framed: false,
            drawn: None,
            height: 0,
            _listeners: listeners(ctx),
            _announce: Interval::new(ANNOUNCE_MS, move || {
                announce.send_message(Msg::Do(Action::Ui(UiAction::Announce)));
            }),
        };
        app.reduce(ctx, Action::Tick(dom::now_ms()));
        if let Some(text) = dom::stored() {
            app.reduce(ctx, Action::Stored(text));
        }
        app.reduce(ctx, Action::Arrived(dom::here()));
        app
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Do(action) => {
                // What was pressed must see all that has arrived.
                self.fold(ctx);
                self.reduce(ctx, action);
                true
            }
            Msg::Told(Told::Text(text)) => {
                self.inbox.push(text);
                if self.inbox.len() >= MOST_TEXTS {
                    self.fold(ctx);
                }
                if self.frame.is_none() {
                    let link = ctx.link().clone();
                    self.frame = Frame::request(move || link.send_message(Msg::Frame));
                }
                false
            }
            Msg::Told(told) => {
                self.fold(ctx);
                self.told(ctx, told);
                true
            }
            Msg::Connect => {
                self.socket.connect();
                false
            }
            Msg::Leave => {
                if self.store.is_running() {
                    self.reduce(ctx, Action::Want(Intent::Stop));
                }
                false
            }
            Msg::Frame => {
                self.frame = None;
                self.mark("ipc-begin");
                self.fold(ctx);
                self.measure("ipc-fold");
                self.framed = true;
                true
            }
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let context = Ctx {
            store: Rc::clone(&self.store),
            dispatch: ctx.link().callback(Msg::Do),
        };
        shell::shell(&context)
    }

    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        let route = &self.store.route;
        if self.drawn.as_ref() != Some(route) {
            shell::turned(route, self.drawn.as_ref());
            let first = self.drawn.is_none();
            self.drawn = Some(route.clone());
            if first {
                dom::post(r#""ready""#);
            }
        }
        if matches!(self.store.route, Route::Embed { .. }) {
            let height = dom::height(".app");
            if height != self.height {
                self.height = height;
                dom::post(&format!(r#""height","height":{height}"#));
            }
        }
        if self.store.ui.tab == Tab::Source {
            source::follow();
        }
        if self.store.ui.dialog.is_some() {
            dialog::opened();
        }
        if std::mem::take(&mut self.framed) {
            self.measure("ipc-frame");
        }
    }
}

impl App {
    fn mark(&self, name: &str) {
        if self.measured {
            dom::mark(name);
        }
    }

    /// From the begin of the frame until now.
    fn measure(&self, name: &str) {
        if self.measured {
            dom::measure(name, "ipc-begin");
        }
    }

    fn reduce(&mut self, ctx: &Context<Self>, action: Action) {
        let store = Rc::make_mut(&mut self.store);
        store.set_now(dom::now_ms());
        let effects = store.reduce(action);
        for effect in effects {
            self.carry_out(ctx, effect);
        }
        self.tick_if_needed(ctx);
    }

    /// Folds all that has arrived.
    fn fold(&mut self, ctx: &Context<Self>) {
        for text in std::mem::take(&mut self.inbox) {
            let action = match shared::lean::server_message(&text) {
                Ok(message) => Action::Server(Box::new(message)),
                Err(failure) => Action::Unreadable(failure),
            };
            self.reduce(ctx, action);
        }
    }

    fn told(&mut self, ctx: &Context<Self>, told: Told) {
        let action = match told {
            Told::Opened => Action::Opened,
            Told::Lost { attempt, retry_ms } => Action::Lost { attempt, retry_ms },
            Told::Dropped(count) => Action::Overflow(count),
            Told::Closed { code, reason } => match self.socket.lost(code, &reason) {
                Told::Lost { attempt, retry_ms } => Action::Lost { attempt, retry_ms },
                Told::Closed { .. } | Told::Opened | Told::Text(_) | Told::Dropped(_) => {
                    let reason = if reason.is_empty() {
                        format!("the server closed with code {code}")
                    } else {
                        reason
                    };
                    Action::Closed(Failure::new(
                        Code::Internal,
                        reason,
                        "reload the page to try again",
                    ))
                }
            },
            Told::Text(_) => return,
        };
        self.reduce(ctx, action);
    }

    fn carry_out(&mut self, ctx: &Context<Self>, effect: Effect) {
        match effect {
            Effect::Send(message) => self.socket.send(codec::encode_client(&message)),
            Effect::Hello(message) => self.socket.say(&codec::encode_client(&message)),
            Effect::Flush => self.socket.flush(),
            Effect::Connect => {
                if !matches!(self.store.connection, Connection::Reconnecting { .. }) {
                    self.socket.connect();
                }
            }
            Effect::Reconnect => self.socket.reconnect(),
            Effect::Retry(after_ms) => self.socket.retry(after_ms),
            Effect::Push(address) => dom::set_address(&address, true),
            Effect::Replace(address) => dom::set_address(&address, false),
            Effect::Save(text) => dom::store(&text),
            Effect::Load(src) => fetch::recording(ctx, src),
            Effect::Text(path) => fetch::text(ctx, path),
            Effect::Journal { path, token, lines } => fetch::journal(ctx, path, token, lines),
            Effect::Copy(text) => dom::copy(&text),
            Effect::Post(what) => dom::post(&what),
            Effect::Headers(path) => fetch::headers(ctx, path),
            // Seen after the page was drawn.
            Effect::Turned => {}
        }
    }

    fn tick_if_needed(&mut self, ctx: &Context<Self>) {
        if !self.store.needs_ticks() {
            self.ticks = None;
        } else if self.ticks.is_none() {
            let link = ctx.link().clone();
            self.ticks = Some(Interval::new(TICK_MS, move || {
                link.send_message(Msg::Do(Action::Tick(dom::now_ms())));
            }));
        }
    }
}

/// What the page hears of beside its own elements: the history, `?`, and a clicker in the presenter view.
fn listeners(ctx: &Context<App>) -> Vec<EventListener> {
    let (Some(window), Some(document)) = (dom::window(), dom::document()) else {
        return Vec::new();
    };
    let popped = ctx
        .link()
        .callback(|()| Msg::Do(Action::Arrived(dom::here())));
    let left = ctx.link().callback(|()| Msg::Leave);
    let pressed = ctx.link().callback(Msg::Do);
    let options = EventListenerOptions::enable_prevent_default();
    vec![
        EventListener::new(&window, "popstate", move |_| popped.emit(())),
        // A page that is left cannot take its run up again: the token goes with it. Nobody would end the run for a minute.
        EventListener::new(&window, "pagehide", move |_| left.emit(())),
        EventListener::new_with_options(&document, "keydown", options, move |event| {
            if let Some(action) = of_key(event) {
                event.prevent_default();
                pressed.emit(action);
            }
        }),
    ]
}

/// What a key does wherever the focus is: `?`, unless somebody types, and in the presenter view what a clicker sends.
fn of_key(event: &web_sys::Event) -> Option<Action> {
    let key = event.dyn_ref::<KeyboardEvent>()?;
    if key.ctrl_key() || key.meta_key() || key.alt_key() {
        return None;
    }
    let presenting = || {
        dom::document()
            .and_then(|d| d.document_element())
            .is_some_and(|root| root.has_attribute("data-present"))
    };
    match key.key().as_str() {
        "?" => {
            let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
            let typing = matches!(target.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT");
            (!typing).then_some(Action::Ui(UiAction::Dialog(Some(Dialog::Keys))))
        }
        "PageDown" if presenting() => Some(Action::Play(PlayAction::Next)),
        "PageUp" if presenting() => Some(Action::Play(PlayAction::Back)),
        _ => None,
    }
}
