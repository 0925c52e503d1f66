//! A real browser on a server of the test's own, and the page in the words of a person who looks at it.

mod driver;
mod lab;
mod page;

pub(crate) use driver::Driver;
pub(crate) use page::Page;

use futures_util::FutureExt as _;
use harness::{TestServer, program};
use std::{
    fs,
    panic::{AssertUnwindSafe, resume_unwind},
};

/// What a test needs to know beside the page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    /// Width and height of the window.
    pub(crate) window: (u32, u32),
    /// Arguments of the server.
    pub(crate) args: &'static [&'static str],
    /// Errors on the console are part of this test: a lost connection logs one.
    pub(crate) console_errors: bool,
}

/// A desktop window on a server with its defaults, on whose console nothing goes wrong.
pub(crate) const USUAL: Setting = Setting {
    window: (1280, 800),
    args: &[],
    console_errors: false,
};

/// A telephone, held upright.
pub(crate) const TELEPHONE: Setting = Setting {
    window: (390, 844),
    ..USUAL
};

#[expect(
    clippy::print_stdout,
    reason = "what was to be seen is the best part of a failure's message"
)]
/// Runs a test in a browser; when it fails, keeps what was to be seen in `target/browser`.
pub(crate) async fn browse(name: &str, setting: Setting, test: impl AsyncFnOnce(&mut Page)) {
    let server = TestServer::with(harness::Account::Ours, setting.args);
    let driver = Driver::start(setting.window).await;
    let mut page = Page::new(driver, server);
    let mut outcome = AssertUnwindSafe(test(&mut page)).catch_unwind().await;
    let errors = page.driver.console_errors().await;
    if outcome.is_ok() && !setting.console_errors && !errors.is_empty() {
        outcome = Err(Box::new(format!("errors on the console: {errors:#?}")));
    }
    if outcome.is_err() {
        let folder = program::workspace().join("target/browser");
        fs::create_dir_all(&folder).expect("a folder in target");
        if let Ok(picture) = page.driver.client.screenshot().await {
            fs::write(folder.join(format!("{name}.png")), picture).expect("room for a picture");
        }
        let text = page.driver.client.source().await.unwrap_or_default();
        fs::write(folder.join(format!("{name}.html")), text).expect("room for a page");
        println!(
            "see target/browser/{name}.png\non the console: {errors:#?}\non the page:\n{}",
            page.text().await
        );
    }
    page.driver.quit().await;
    if let Some(server) = page.server.as_mut().filter(|_| outcome.is_ok()) {
        // A browser that goes away in the middle of everything keeps no server from stopping well.
        server.stop().await;
    }
    if let Err(failure) = outcome {
        if let Some(text) = failure.downcast_ref::<String>() {
            println!("{text}");
        }
        resume_unwind(failure);
    }
}
