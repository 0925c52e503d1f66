//! Any page: what is found by role and name, clicked, typed into and read.

use super::{Driver, Setting};
use fantoccini::{
    Locator,
    actions::{InputSource as _, KeyAction, KeyActions},
    elements::Element,
};
use harness::{TestServer, program, wait::PATIENCE};
use serde_json::{Value, json};
use std::{
    fs,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

/// How often a field is filled before that counts as a defect.
const FILLS: usize = 3;
/// Between two looks at the page: about a frame of animation.
const LOOK: Duration = Duration::from_millis(16);

/// A tab of the browser, and the server behind it.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) driver: Driver,
    pub(crate) server: Option<TestServer>,
    address: String,
}

impl Page {
    pub(crate) fn new(driver: Driver, server: TestServer) -> Self {
        let address = server.url("");
        Self {
            driver,
            server: Some(server),
            address,
        }
    }

    /// A browser of somebody else, on the same server.
    pub(crate) async fn another(&self, setting: Setting) -> Self {
        Self {
            driver: Driver::start(setting.window).await,
            server: None,
            address: self.address.clone(),
        }
    }

    /// The server behind the page.
    pub(crate) fn server(&self) -> &TestServer {
        self.server
            .as_ref()
            .expect("it was not stopped by the test")
    }

    /// Opens a path of the server and waits until the page is drawn.
    pub(crate) async fn open(&mut self, path: &str) {
        self.open_undrawn(path).await;
        self.until(
            "the page drawn",
            "return document.querySelector('h1') !== null && document.title !== ''",
        )
        .await;
    }

    /// Opens a path of the server, whether anything is drawn there or not.
    pub(crate) async fn open_undrawn(&self, path: &str) {
        let url = format!("{}{path}", self.address);
        self.driver
            .client
            .goto(&url)
            .await
            .expect("the browser goes there");
    }

    /// The element of that selector, as soon as it can be seen.
    pub(crate) async fn see(&self, css: &str) -> Element {
        self.visible(css, Locator::Css(css)).await
    }

    /// The button of that name: its text, or its label.
    pub(crate) async fn button(&self, name: &str) -> Element {
        self.button_in("", name).await
    }

    /// The button of that name within the element of an id.
    pub(crate) async fn button_in(&self, id: &str, name: &str) -> Element {
        let within = if id.is_empty() {
            String::new()
        } else {
            format!("//*[@id='{id}']")
        };
        let path = format!(
            "{within}//button[normalize-space(.)='{name}' or @aria-label='{name}'][not(@disabled)]"
        );
        self.visible(&format!("button {name} {id}"), Locator::XPath(&path))
            .await
    }

    /// The link whose text contains that.
    pub(crate) async fn link(&self, text: &str) -> Element {
        let path = format!("//a[contains(normalize-space(.), '{text}')]");
        self.visible(&format!("link {text}"), Locator::XPath(&path))
            .await
    }

    /// Clicks, as a person does: the element is scrolled to, and must not be covered.
    pub(crate) async fn click(&self, element: &Element) {
        let begun = Instant::now();
        // Something that is just being drawn may cover it for a frame.
        while let Err(error) = element.click().await {
            assert!(begun.elapsed() < PATIENCE, "cannot be clicked: {error}");
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Clicks the button of that name.
    pub(crate) async fn press(&self, name: &str) {
        let begun = Instant::now();
        // A button may be drawn anew between being found and being clicked.
        loop {
            let clicked = self.button(name).await.click().await;
            if clicked.is_ok() {
                return;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "{name} cannot be clicked: {clicked:?}"
            );
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Replaces what stands in a field. Drawn anew in between, a field has its old text again: then once more.
    pub(crate) async fn fill(&self, css: &str, text: &str) {
        for _ in 0..FILLS {
            let field = self.see(css).await;
            field.clear().await.expect("a field can be emptied");
            field.send_keys(text).await.expect("a field takes text");
            let stands = field.prop("value").await.expect("a field has a value");
            // What a field refuses, it does not have.
            if stands.is_none_or(|stands| stands.is_empty() || stands == text) {
                return;
            }
        }
        panic!("{css} does not take {text:?} in place of what it has");
    }

    /// Chooses from a list by value.
    pub(crate) async fn choose(&self, css: &str, value: &str) {
        self.see(css)
            .await
            .select_by_value(value)
            .await
            .expect("the list has that value");
    }

    /// Presses a key, wherever the focus is.
    pub(crate) async fn key(&self, key: char) {
        let keys = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key });
        self.driver
            .client
            .perform_actions(keys)
            .await
            .expect("a key can be pressed");
    }

    /// Types a text, wherever the focus is.
    pub(crate) async fn keys(&self, text: &str) {
        for letter in text.chars() {
            self.key(letter).await;
        }
    }

    /// Runs a script that returns something.
    pub(crate) async fn script(&self, script: &str) -> Value {
        self.driver
            .client
            .execute(script, Vec::new())
            .await
            .unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Waits until a script returns true.
    pub(crate) async fn until(&self, what: &str, script: &str) {
        let begun = Instant::now();
        while self.driver.client.execute(script, Vec::new()).await.ok() != Some(Value::Bool(true)) {
            assert!(
                begun.elapsed() < PATIENCE,
                "not seen within {PATIENCE:?}: {what}"
            );
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Waits until the visible text of the element contains that.
    pub(crate) async fn says(&self, css: &str, text: &str) {
        let find = "const all = [...document.querySelectorAll(arguments[0])];
            return all.some(one => one.checkVisibility() && one.innerText.includes(arguments[1]));";
        let begun = Instant::now();
        let args = vec![json!(css), json!(text)];
        while self.driver.client.execute(find, args.clone()).await.ok() != Some(Value::Bool(true)) {
            assert!(
                begun.elapsed() < PATIENCE,
                "{css} does not say \"{text}\" within {PATIENCE:?}"
            );
            tokio::time::sleep(LOOK).await;
        }
    }

    /// All visible text.
    pub(crate) async fn text(&self) -> String {
        let text = self
            .driver
            .client
            .execute("return document.body.innerText", Vec::new())
            .await;
        text.ok()
            .and_then(|text| text.as_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// Nothing sticks out to the side.
    pub(crate) async fn fits(&self) {
        let wide = self
            .script(
                "const wide = document.documentElement.clientWidth;
                 const out = [...document.body.querySelectorAll('*')].filter(one => one.checkVisibility()
                    && one.getBoundingClientRect().right > wide + 1 && !one.closest('[data-scrolls], svg, .sr'));
                 const page = document.documentElement.scrollWidth > wide;
                 return page ? out.map(one => one.tagName + '.' + one.className).slice(0, 10) : [];",
            )
            .await;
        assert_eq!(wide, json!([]), "the page scrolls to the side");
    }

    /// Asks axe-core in the light theme and in the dark one, which stays.
    pub(crate) async fn accessible_in_both_themes(&self, what: &str) {
        for dark in [false, true] {
            self.driver.theme(dark).await;
            self.accessible(&format!("{what}, dark: {dark}")).await;
        }
    }

    /// Asks axe-core; violations that hinder people seriously fail the test.
    pub(crate) async fn accessible(&self, what: &str) {
        let axe = program::workspace().join("tests/node_modules/axe-core/axe.min.js");
        let axe = fs::read_to_string(&axe)
            .unwrap_or_else(|_| panic!("run `npm ci` in tests/ for {}", axe.display()));
        // Colors that are still fading are not what a person reads.
        self.until(
            "animations over",
            "return document.getAnimations().every(one => one.playState !== 'running')",
        )
        .await;
        let errors = self.driver.console_errors().await;
        assert_eq!(
            errors,
            Vec::<String>::new(),
            "errors on the console of {what}"
        );
        self.driver.audited.store(true, Ordering::Relaxed);
        self.driver
            .client
            .execute(&axe, Vec::new())
            .await
            .expect("axe-core loads");
        let ask = "const done = arguments[arguments.length - 1];
            axe.run(document).then(found => done(found.violations
                .filter(one => one.impact === 'serious' || one.impact === 'critical')
                .map(one => one.id + ': ' + one.nodes.slice(0, 4).map(node => node.html.slice(0, 160) + ' '
                    + node.any.map(check => check.message).join(' ')).join(' | '))));";
        let violations = self
            .driver
            .client
            .execute_async(ask, Vec::new())
            .await
            .expect("axe-core answers");
        assert_eq!(violations, json!([]), "{what}: {violations:#}");
    }

    async fn visible(&self, what: &str, locator: Locator<'_>) -> Element {
        let begun = Instant::now();
        loop {
            for element in self
                .driver
                .client
                .find_all(locator)
                .await
                .unwrap_or_default()
            {
                if element.is_displayed().await.unwrap_or(false) {
                    return element;
                }
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "not seen within {PATIENCE:?}: {what}"
            );
            tokio::time::sleep(LOOK).await;
        }
    }
}
