//! The one component with a life of its own: holds store and socket, folds what arrives once a frame of animation, and
//! has the browser do what the store says.

use crate::{
    components::shell::Shell,
    dom::{self, Frame},
    hooks::Ctx,
    socket::{Socket, Told},
    store::{Action, Connection, Effect, PlayerAction, Store},
};
use gloo_events::EventListener;
use gloo_timers::callback::Interval;
use shared::{
    codec,
    failure::{Code, Failure},
};
use std::rc::Rc;
use yew::prelude::*;

/// Texts held for the next frame of animation. A hidden page has no frames: then it folds when so many have come.
const MOST_TEXTS: usize = 128;
/// Time between ticks while something plays or counts down, milliseconds.
const TICK_MS: u32 = 50;

/// The page.
#[derive(Debug)]
pub struct App {
    store: Rc<Store>,
    socket: Socket,
    inbox: Vec<String>,
    frame: Option<Frame>,
    ticks: Option<Interval>,
    _popped: Option<EventListener>,
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
}

impl Component for App {
    type Message = Msg;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let link = ctx.link();
        let popped = dom::window().map(|window| {
            let arrive = link.callback(|()| Msg::Do(Action::Arrived(dom::here())));
            EventListener::new(&window, "popstate", move |_| arrive.emit(()))
        });
        let mut app = Self {
            store: Rc::default(),
            socket: Socket::new(link.callback(Msg::Told), link.callback(|()| Msg::Connect)),
            inbox: Vec::new(),
            frame: None,
            ticks: None,
            _popped: popped,
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
            Msg::Frame => {
                self.frame = None;
                self.fold(ctx);
                true
            }
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let context = Ctx { store: Rc::clone(&self.store), dispatch: ctx.link().callback(Msg::Do) };
        html! { <ContextProvider<Ctx> {context}><Shell /></ContextProvider<Ctx>> }
    }
}

impl App {
    fn reduce(&mut self, ctx: &Context<Self>, action: Action) {
        let effects = Rc::make_mut(&mut self.store).reduce(action);
        for effect in effects {
            self.carry_out(ctx, effect);
        }
        self.tick_if_needed(ctx);
    }

    /// Folds all that has arrived.
    fn fold(&mut self, ctx: &Context<Self>) {
        for text in std::mem::take(&mut self.inbox) {
            let action = match codec::decode_server(&text) {
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
                    let reason = if reason.is_empty() { format!("the server closed with code {code}") } else { reason };
                    Action::Closed(Failure::new(Code::Internal, reason, "reload the page to try again"))
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
            Effect::Load(src) => load(ctx, src),
            // The shell sees the route change; ticks are asked of the store after each action.
            Effect::Turned | Effect::Animate => {}
        }
    }

    fn tick_if_needed(&mut self, ctx: &Context<Self>) {
        if !self.store.needs_ticks() {
            self.ticks = None;
        } else if self.ticks.is_none() {
            Rc::make_mut(&mut self.store).reduce(Action::Tick(dom::now_ms()));
            let link = ctx.link().clone();
            self.ticks = Some(Interval::new(TICK_MS, move || link.send_message(Msg::Do(Action::Tick(dom::now_ms())))));
        }
    }
}

/// Loads a recording and hands it to the player.
fn load(ctx: &Context<App>, src: String) {
    let link = ctx.link().clone();
    wasm_bindgen_futures::spawn_local(async move {
        let action = match dom::load(&src).await {
            Ok(text) => {
                let name = src.rsplit('/').next().unwrap_or(&src).to_owned();
                PlayerAction::Loaded { name, text, play: true }
            }
            Err(why) => PlayerAction::Failed(
                Failure::new(Code::NotSupported, format!("{src} could not be loaded: {why}"), "check the address, or drop a file here")
                    .field("recording"),
            ),
        };
        link.send_message(Msg::Do(Action::Player(action)));
    });
}
