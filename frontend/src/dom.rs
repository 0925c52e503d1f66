//! The few things the page asks of the browser: address, focus, files, storage, frames of animation.

use crate::route::Route;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Document, Element, HtmlElement, Window};
use yew::NodeRef;

/// Where progress is kept.
const STORAGE_KEY: &str = "ipc-playground";

/// The window. Absent only outside of a browser, where nothing here is called.
pub fn window() -> Option<Window> {
    web_sys::window()
}

/// The document.
pub fn document() -> Option<Document> {
    window()?.document()
}

/// Milliseconds since the page was opened.
pub fn now_ms() -> f64 {
    window()
        .and_then(|window| window.performance())
        .map_or(0.0, |performance| performance.now())
}

/// The address asks for times: `?measure`.
pub fn is_measured() -> bool {
    let search = window()
        .and_then(|window| window.location().search().ok())
        .unwrap_or_default();
    search
        .trim_start_matches('?')
        .split('&')
        .any(|word| word == "measure")
}

/// Names this moment.
pub fn mark(name: &str) {
    if let Some(performance) = window().and_then(|window| window.performance()) {
        drop(performance.mark(name));
    }
}

/// Names the time since a mark.
pub fn measure(name: &str, since: &str) {
    if let Some(performance) = window().and_then(|window| window.performance()) {
        drop(performance.measure_with_start_mark(name, since));
    }
}

/// The path part of `<base href>`: what all addresses of the page begin with.
pub fn base_path() -> String {
    let base = document().and_then(|document| document.base_uri().ok().flatten());
    base.and_then(|base| web_sys::Url::new(&base).ok())
        .map_or_else(|| "/".to_owned(), |url| url.pathname())
}

/// Where the address bar is.
pub fn here() -> Route {
    let Some(location) = window().map(|window| window.location()) else {
        return Route::Home;
    };
    let path = location.pathname().unwrap_or_default();
    let base = base_path();
    let path = path
        .strip_prefix(&base)
        .or_else(|| path.strip_prefix(base.trim_end_matches('/')))
        .unwrap_or(&path);
    Route::parse(path, &location.search().unwrap_or_default())
}

/// An address of the page, with the prefix it is served under.
pub fn absolute(address: &str) -> String {
    format!("{}{address}", base_path())
}

/// The origin of this page.
pub fn origin() -> String {
    window()
        .and_then(|window| window.location().origin().ok())
        .unwrap_or_default()
}

/// The address as it can be sent to somebody else.
pub fn link(address: &str) -> String {
    format!("{}{}", origin(), absolute(address))
}

/// Tells the page around an embed: the type of the message and what belongs to it, as JSON. Nothing in it is secret, and
/// which page is around is not known, so it is told to any.
pub fn post(what: &str) {
    let Some((window, Ok(Some(parent)))) = window().map(|own| (own.clone(), own.parent())) else {
        return;
    };
    let message = js_sys::JSON::parse(&format!(r#"{{"source":"ipc-playground","type":{what}}}"#));
    if parent != window
        && let Ok(message) = message
    {
        // Refused only for an origin that is none; this one is any.
        drop(parent.post_message(&message, "*"));
    }
}

/// The height of an element with all that is in it, pixels.
pub fn height(selector: &str) -> i32 {
    let found = document().and_then(|document| document.query_selector(selector).ok().flatten());
    found.map_or(0, |element| element.scroll_height())
}

/// Writes the address bar, with a new place in the history or without.
pub fn set_address(address: &str, push: bool) {
    let Some(history) = window().and_then(|window| window.history().ok()) else {
        return;
    };
    let address = absolute(address);
    let done = if push {
        history.push_state_with_url(&JsValue::NULL, "", Some(&address))
    } else {
        history.replace_state_with_url(&JsValue::NULL, "", Some(&address))
    };
    // Refused in some frames of other pages: the page works without an address of its own.
    drop(done);
}

/// The address of the server's socket.
pub fn socket_url() -> String {
    let base = document()
        .and_then(|document| document.base_uri().ok().flatten())
        .unwrap_or_default();
    format!("{}api/ws", base.replacen("http", "ws", 1))
}

/// The page was loaded from this machine itself.
pub fn is_loopback() -> bool {
    crate::store::embed::is_loopback(&origin())
}

/// Sets a property of an element's style through its object: the content policy forbids style attributes.
pub fn set_style(node: &NodeRef, name: &str, value: &str) {
    if let Some(element) = node.cast::<HtmlElement>() {
        // Fails for a property that is read-only, which none of ours is.
        drop(element.style().set_property(name, value));
    }
}

/// Puts every element inside of `root` where its `data-place` says: left, top, width, height in pixels, 0 for as wide or
/// as high as it likes.
pub fn place_all(root: &Element) {
    let Ok(found) = root.query_selector_all("[data-place]") else {
        return;
    };
    for at in 0..found.length() {
        let Some(element) = found
            .item(at)
            .and_then(|node| node.dyn_into::<HtmlElement>().ok())
        else {
            continue;
        };
        let place = element.get_attribute("data-place").unwrap_or_default();
        let style = element.style();
        for (name, value) in ["left", "top", "width", "height"]
            .into_iter()
            .zip(place.split(' '))
        {
            let auto = value == "0" && matches!(name, "width" | "height");
            let value = if auto {
                "auto".to_owned()
            } else {
                format!("{value}px")
            };
            drop(style.set_property(name, &value));
        }
    }
}

/// Sets `data-NAME` of the whole document, or takes it away.
pub fn set_root(name: &str, value: Option<&str>) {
    let Some(root) = document().and_then(|document| document.document_element()) else {
        return;
    };
    let name = format!("data-{name}");
    let done = value.map_or_else(
        || root.remove_attribute(&name),
        |value| root.set_attribute(&name, value),
    );
    drop(done);
}

/// Moves the focus to the first element that fits.
pub fn focus(selector: &str) {
    let found = document().and_then(|document| document.query_selector(selector).ok().flatten());
    if let Some(element) = found {
        focus_on(&element);
    }
}

/// Moves the focus to an element.
pub fn focus_on(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        drop(element.focus());
    }
}

/// Puts text on the clipboard.
pub fn copy(text: &str) {
    if let Some(window) = window() {
        // Refused without permission or without https: the text can still be selected by hand.
        let promise = window.navigator().clipboard().write_text(text);
        wasm_bindgen_futures::spawn_local(async move {
            drop(wasm_bindgen_futures::JsFuture::from(promise).await);
        });
    }
}

/// Gives the learner a file.
pub fn download(name: &str, text: &str) -> Result<(), JsValue> {
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let blob = web_sys::Blob::new_with_str_sequence(&parts)?;
    let url = web_sys::Url::create_object_url_with_blob(&blob)?;
    if let Some(anchor) = document().and_then(|document| document.create_element("a").ok()) {
        anchor.set_attribute("href", &url)?;
        anchor.set_attribute("download", name)?;
        if let Some(anchor) = anchor.dyn_ref::<HtmlElement>() {
            anchor.click();
        }
    }
    web_sys::Url::revoke_object_url(&url)
}

/// What an earlier visit stored; nothing where storage is refused.
pub fn stored() -> Option<String> {
    window()?
        .local_storage()
        .ok()??
        .get_item(STORAGE_KEY)
        .ok()?
}

/// Stores progress for later visits, where the browser allows it.
pub fn store(text: &str) {
    if let Some(storage) = window().and_then(|window| window.local_storage().ok().flatten()) {
        drop(storage.set_item(STORAGE_KEY, text));
    }
}

/// A call at the next frame of animation; dropping it cancels it.
pub struct Frame {
    id: i32,
    _callback: Closure<dyn FnMut()>,
}

impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Frame")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Frame {
    /// Asks for one.
    pub fn request(callback: impl FnOnce() + 'static) -> Option<Self> {
        let callback = Closure::once(callback);
        let id = window()?
            .request_animation_frame(callback.as_ref().unchecked_ref())
            .ok()?;
        Some(Self {
            id,
            _callback: callback,
        })
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        if let Some(window) = window() {
            drop(window.cancel_animation_frame(self.id));
        }
    }
}

/// Headers of the answer at a relative address; empty where it has none of that name.
///
/// # Errors
/// Why there was no answer.
pub async fn headers<const N: usize>(
    address: &str,
    names: [&str; N],
) -> Result<[String; N], String> {
    let headers = ask(address, &web_sys::RequestInit::new()).await?.headers();
    Ok(names.map(|name| headers.get(name).ok().flatten().unwrap_or_default()))
}

/// The text behind a relative address or one of this origin; the token is for what has an owner.
pub async fn load(address: &str, token: Option<&str>) -> Result<String, String> {
    let options = web_sys::RequestInit::new();
    if let Some(token) = token {
        let headers = web_sys::Headers::new().map_err(said)?;
        headers
            .append("authorization", &format!("Bearer {token}"))
            .map_err(said)?;
        options.set_headers(&headers);
    }
    let response = ask(address, &options).await?;
    let text = wasm_bindgen_futures::JsFuture::from(response.text().map_err(said)?)
        .await
        .map_err(said)?;
    text.as_string().ok_or_else(|| "it is not text".to_owned())
}

/// A good answer to a request.
async fn ask(address: &str, options: &web_sys::RequestInit) -> Result<web_sys::Response, String> {
    let window = window().ok_or("no window")?;
    let asked = window.fetch_with_str_and_init(address, options);
    let response = wasm_bindgen_futures::JsFuture::from(asked)
        .await
        .map_err(|_| "no answer".to_owned())?;
    let response: web_sys::Response = response.dyn_into().map_err(said)?;
    if response.ok() {
        Ok(response)
    } else {
        Err(format!("the server says {}", response.status()))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn said(error: JsValue) -> String {
    error
        .as_string()
        .unwrap_or_else(|| "the browser refused".to_owned())
}
