//! The stage in the states it must be able to show, as HTML. Also writes them as pages to look at: `target/gallery`.

mod scenes;

use frontend::components::{
    legend::legend,
    sentence::say,
    stage::{Stage, StageProps},
};
use shared::state::RunState;
use std::{fs, path::Path, rc::Rc};
use yew::{Callback, Html, LocalServerRenderer, Properties, component};

/// Something drawn by a plain function.
#[derive(Clone, Debug, PartialEq, Properties)]
struct PlainProps {
    html: Html,
}

#[component]
fn Plain(props: &PlainProps) -> Html {
    props.html.clone()
}

async fn plain(html: Html) -> String {
    LocalServerRenderer::<Plain>::with_props(PlainProps { html })
        .hydratable(false)
        .render()
        .await
}

async fn drawn(state: &Rc<RunState>, replay: bool) -> String {
    let props = StageProps {
        state: Rc::clone(state),
        on: Callback::noop(),
        selected: Default::default(),
        replay,
        hands_off: replay,
    };
    LocalServerRenderer::<Stage>::with_props(props)
        .hydratable(false)
        .render()
        .await
}

async fn in_all_states() -> Vec<(&'static str, Rc<RunState>, String)> {
    let mut all = Vec::new();
    for (name, state) in scenes::all() {
        let state = Rc::new(state);
        let html = drawn(&state, false).await;
        all.push((name, state, html));
    }
    all
}

/// What is read of a page, without its tags.
fn text(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            _ if !inside => text.push(letter),
            _ => {}
        }
    }
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace("&quot;", "\"")
        .replace("&#x2F;", "/")
}

#[tokio::test(flavor = "current_thread")]
async fn each_state_says_in_words_what_it_is() {
    let all = in_all_states().await;
    let said = |name: &str| text(&all.iter().find(|one| one.0 == name).unwrap().2);
    for (name, words) in [
        ("not-started", "not started"),
        ("starting", "starting…"),
        ("empty", "asleep: pipe empty"),
        ("one-message", "5 of 65,536 bytes LIVE by FIONREAD"),
        ("one-message", "next out: #1 “hello”"),
        ("full", "65,536 of 65,536 bytes"),
        ("full", "asleep: pipe full"),
        ("full", "4,096 bytes wait to go in"),
        ("full", "frozen by you"),
        ("pages", "every packet takes a page of its own"),
        ("dead-reader", "killed by SIGPIPE"),
        ("dead-reader", "read end ×0 nobody any more"),
        ("forgotten-end", "write end ×1 reader"),
        (
            "forgotten-end",
            "Only the reader itself holds the write end (fd 4): no end-of-file while it does.",
        ),
        ("fifo-waits", "writer waits in open()"),
        ("fifo-waits", "/tmp/ipc-3/fifo"),
        ("four-writers", "write end ×3 writer, writer-2, writer-3"),
        ("ended", "exited 0"),
    ] {
        assert!(
            said(name).contains(words),
            "{name} does not say “{words}”: {}",
            said(name)
        );
    }
}

#[tokio::test(flavor = "current_thread")]
async fn the_picture_and_its_text_tell_the_same() {
    for (name, state, html) in in_all_states().await {
        let Some((_, twin)) = html.split_once("<details") else {
            panic!("{name} has no text")
        };
        for worker in &state.workers {
            assert!(
                text(twin).contains(worker.id.as_str()),
                "{name}: the text lacks {}",
                worker.id
            );
        }
        let bytes = state
            .objects
            .first()
            .filter(|object| !object.removed)
            .and_then(|object| object.reading("bytes"));
        if let Some(bytes) = bytes {
            let words = format!("{} of 65,536", frontend::mechanism::count(bytes.value));
            assert!(
                text(twin).contains(&words),
                "{name}: the text lacks {words}"
            );
        }
    }
}

#[tokio::test(flavor = "current_thread")]
async fn nothing_has_a_style_of_its_own() {
    for (name, _, html) in in_all_states().await {
        assert!(
            !html.contains(" style="),
            "{name} has a style attribute, which the content policy forbids"
        );
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_card_is_one_tab_stop() {
    for (name, state, html) in in_all_states().await {
        let bars = html.matches("role=\"toolbar\"").count();
        let stops = html.matches("tabindex=\"0\"").count();
        let living = if state.finished.is_some() {
            0
        } else {
            state.workers.iter().filter(|worker| worker.alive()).count()
        };
        // The tables of the text can be scrolled by keyboard, hence one more.
        assert_eq!((bars, stops), (living, living + 1), "{name}");
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_recording_offers_nothing_and_calls_nothing_live() {
    let (_, full) = scenes::all()
        .into_iter()
        .find(|(name, _)| *name == "full")
        .unwrap();
    let html = drawn(&Rc::new(full), true).await;
    assert!(
        !html.contains("role=\"toolbar\"") && !html.contains("LIVE") && html.contains("REPLAY")
    );
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_read_next_begins_where_the_last_read_ended() {
    let mut scene = scenes::Scene::pair("anonymous", &serde_json::json!({"reader": "demand"}));
    scene
        .writes("writer", 1, "hello")
        .reads("reader", 1, 0, 2, "he");
    let html = drawn(&Rc::new(scene.state()), false).await;
    assert!(
        text(&html).contains("next out: #1 “llo”"),
        "{}",
        text(&html)
    );
}

#[tokio::test(flavor = "current_thread")]
async fn a_gallery_of_all_states() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/gallery");
    fs::create_dir_all(&dir).unwrap();
    let legend = plain(legend()).await;
    let page = |body: &str| {
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <title>Gallery</title><link rel=\"stylesheet\" href=\"../../static/fonts/fonts.css\">\
             <link rel=\"stylesheet\" href=\"../../static/css/app.css\"></head><body><main class=\"work\">{body}</main></body></html>"
        )
    };
    let mut whole = String::new();
    for (name, state, html) in in_all_states().await {
        let said = plain(say(&state)).await;
        fs::write(
            dir.join(format!("{name}.html")),
            page(&format!("{said}{html}")),
        )
        .unwrap();
        whole.push_str(&format!("<h2>{name}</h2>{said}{html}"));
    }
    fs::write(
        dir.join("index.html"),
        page(&format!("{whole}<div class=\"card\">{legend}</div>")),
    )
    .unwrap();
}
