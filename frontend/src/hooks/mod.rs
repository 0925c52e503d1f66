//! How components come by the store and the browser.

use crate::{
    intent::Intent,
    store::{Action, Store},
};
use std::{fmt, rc::Rc};
use yew::prelude::*;

/// The store as components see it, and the one way to change it.
#[derive(Clone)]
pub struct Ctx {
    /// All that the page knows.
    pub store: Rc<Store>,
    /// Something happened.
    pub dispatch: Callback<Action>,
}

impl PartialEq for Ctx {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.store, &other.store) && self.dispatch == other.dispatch
    }
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

    /// The callback that components say their wishes through.
    pub fn wants(&self) -> Callback<Intent> {
        self.dispatch.reform(Action::Want)
    }
}

/// The store of the page.
#[hook]
pub fn use_store() -> Ctx {
    use_context::<Ctx>().expect("every page is drawn inside of App, which provides the store")
}
