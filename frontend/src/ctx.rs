//! What every part of the page is drawn from: the store, and the one way to change it.

use crate::{
    intent::Intent,
    store::{Action, Store, UiAction},
};
use std::{fmt, rc::Rc};
use yew::Callback;

/// The store as views see it. Views are plain functions of it: a component type costs the page some kilobytes each.
#[derive(Clone)]
pub struct Ctx {
    /// All that the page knows.
    pub store: Rc<Store>,
    /// Something happened.
    pub dispatch: Callback<Action>,
}

impl fmt::Debug for Ctx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ctx").finish_non_exhaustive()
    }
}

impl Ctx {
    /// A callback that says always the same.
    pub fn emits<E: 'static>(&self, action: Action) -> Callback<E> {
        let dispatch = self.dispatch.clone();
        Callback::from(move |_: E| dispatch.emit(action.clone()))
    }

    /// A callback that opens, closes or chooses.
    pub fn ui<E: 'static>(&self, action: UiAction) -> Callback<E> {
        self.emits(Action::Ui(action))
    }

    /// A callback that makes an action of an event.
    pub fn on<E: 'static>(&self, action: impl Fn(E) -> Action + 'static) -> Callback<E> {
        let dispatch = self.dispatch.clone();
        Callback::from(move |event: E| dispatch.emit(action(event)))
    }

    /// The callback that components say their wishes through.
    pub fn wants(&self) -> Callback<Intent> {
        self.on(Action::Want)
    }
}
