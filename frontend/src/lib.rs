//! The page of the playground: folds the events of a run and draws them.
//!
//! ```text
//! socket ──text──▶ store::Store::reduce(Action) ──▶ Effect ──▶ socket, address bar, storage
//!                        │ Rc<Store>, once a frame of animation
//!                        ▼
//!        pages ──▶ components ──▶ Callback<Intent> ──▶ Action::Intent
//! ```
//!
//! `store` knows nothing of the browser and is tested natively. Components are functions of what they are given.

pub mod app;
pub mod claims;
pub mod components;
pub mod ctx;
pub mod dom;
mod fetch;
pub mod intent;
pub mod lessons;
pub mod mechanism;
pub mod pages;
pub mod qr;
pub mod route;
pub mod socket;
pub mod store;

/// Draws the page into the body of the document.
pub fn start() {
    components::looks::restore();
    yew::Renderer::<app::App>::new().render();
}
