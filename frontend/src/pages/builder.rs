//! `/embed-builder`: choose what is shown, see it, copy what is written into a page, and know what will refuse it.

use crate::{
    components::{
        notices::sentence,
        parts::{chosen_button, el, option, page, para, words},
    },
    ctx::Ctx,
    dom,
    lessons::LESSONS,
    route::Route,
    store::{Action, Builder},
};
use shared::catalog::ENTRIES;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// The page.
pub(super) fn builder(ctx: &Ctx) -> Html {
    let builder = &ctx.store.builder;
    let address = builder.address();
    let link = dom::link(&address);
    let snippets = builder
        .snippets(&link)
        .into_iter()
        .map(|(name, text)| snippet(name, text));
    let mut inside = vec![
        words(
            "p",
            "",
            "A stage of the playground in a page of yours: a recording of real processes, and the real thing at a press of a button.",
        ),
        choices(ctx, builder),
        verdict(builder),
        html! { <iframe class="embedded" title="The embed, as it will look" src={dom::absolute(&address)} loading="lazy"></iframe> },
    ];
    inside.extend(snippets);
    inside.push(words("p", "soft", "The embed tells the page around it what happens, by postMessage: {source: \"ipc-playground\", type: \"ready\" | \"height\" | \"beat\" | \"done\"}, with height in pixels, beat and of."));
    page("page", &Route::Builder.title(), inside)
}

/// What is chosen.
fn choices(ctx: &Ctx, builder: &Builder) -> Html {
    let entries = ENTRIES.iter().filter(|entry| entry.built).map(|entry| {
        let chosen = entry.id == builder.entry;
        (entry.id.to_owned(), entry.title.to_owned(), chosen)
    });
    let views = ["stage", "timeline", "log"].map(|view| {
        let act = Action::Build(|builder, view| builder.toggle(&view), view.to_owned());
        chosen_button("opt", view.to_owned(), builder.shows(view), ctx.emits(act))
    });
    let theme = builder.options.theme.as_deref().unwrap_or_default();
    let themes = [
        ("", "as the reader's system"),
        ("light", "light"),
        ("dark", "dark"),
    ];
    let modes = [
        ("", "recording, live on request"),
        ("replay", "recording only"),
        ("live", "live"),
    ];
    let asked = [("", "at a press of Start")];
    let lesson = builder.options.lesson.as_deref().unwrap_or_default();
    let of_entry = LESSONS.iter().filter(|one| one.entry == builder.entry);
    let lessons = of_entry.map(|one| (one.id, one.title));
    let lessons: Vec<_> = [("", "none")].into_iter().chain(lessons).collect();
    let languages = [("", "Rust"), ("python", "Python")];
    let lang = builder.options.lang.as_deref().unwrap_or_default();
    let mode = builder.options.mode().unwrap_or_default();
    let of = |list: &[(&str, &str)], chosen: &str| {
        let one = |(value, label): &(&str, &str)| {
            ((*value).to_owned(), (*label).to_owned(), *value == chosen)
        };
        list.iter().map(one).collect::<Vec<_>>()
    };
    let modes = if lesson.is_empty() {
        &modes[..]
    } else {
        &asked
    };
    let languages = if lesson.is_empty() {
        &languages[..]
    } else {
        &[("", "as the lesson has them")]
    };
    let beat = builder.options.beat.map(|beat| beat.to_string());
    let fields = vec![
        choose(ctx, "Entry", entries, |builder, value| {
            builder.entry = value;
            builder.options.lesson = None;
        }),
        choose(ctx, "Lesson", of(&lessons, lesson), |builder, value| {
            builder.options.lesson = Some(value).filter(|value| !value.is_empty());
            builder.options.lang = None;
            builder.options.set_mode("");
        }),
        choose(ctx, "Roles in", of(languages, lang), |builder, value| {
            builder.options.lang = Some(value).filter(|value| !value.is_empty());
        }),
        choose(ctx, "Colors", of(&themes, theme), |builder, value| {
            builder.options.theme = Some(value).filter(|value| !value.is_empty());
        }),
        choose(ctx, "Begins as", of(modes, mode), |builder, value| {
            builder.options.set_mode(&value);
        }),
        field(
            ctx,
            "Begins at beat",
            beat.unwrap_or_default(),
            |builder, value| {
                builder.options.beat = value.trim().parse().ok();
            },
        ),
        field(
            ctx,
            "Page it will stand in",
            builder.site.clone(),
            |builder, value| {
                builder.site = value;
            },
        ),
        html! { <div class="together" role="group" aria-label="Views">{ for views }</div> },
    ];
    el("div", "fields", fields)
}

fn choose(
    ctx: &Ctx,
    label: &'static str,
    options: impl IntoIterator<Item = (String, String, bool)>,
    set: fn(&mut Builder, String),
) -> Html {
    let onchange = ctx.on(move |event: Event| {
        let value = event.target_unchecked_into::<HtmlSelectElement>().value();
        Action::Build(set, value)
    });
    let options = options
        .into_iter()
        .map(|(value, label, chosen)| option(value, label, chosen));
    html! { <label class="field"><span>{ label }</span><select {onchange}>{ for options }</select></label> }
}

fn field(ctx: &Ctx, label: &'static str, value: String, set: fn(&mut Builder, String)) -> Html {
    let oninput = ctx.on(move |event: InputEvent| {
        let value = event.target_unchecked_into::<HtmlInputElement>().value();
        Action::Build(set, value)
    });
    html! { <label class="field"><span>{ label }</span><input {value} {oninput} autocomplete="off" spellcheck="false" /></label> }
}

/// What a browser will say to it.
fn verdict(builder: &Builder) -> Html {
    let refusals = builder.refusals(&dom::origin());
    let says = if builder.site.trim().is_empty() {
        vec![words(
            "p",
            "soft",
            "Say where it will stand, https://docs.example.org for example, to know whether a browser will show it there.",
        )]
    } else if refusals.is_empty() {
        vec![words("p", "", "Nothing of this server refuses it there.")]
    } else {
        let lines = refusals
            .iter()
            .map(|refusal| para("notice warn", sentence(refusal)));
        lines.collect()
    };
    html! { <div role="status" data-test="verdict">{ for says }</div> }
}

/// What is copied, with a button that does.
fn snippet(name: &'static str, text: String) -> Html {
    let shown = text.trim().to_owned();
    let copy = Callback::from(move |_: MouseEvent| dom::copy(text.trim()));
    let text = html! { <pre class="hex" tabindex="0" translate="no" aria-label={format!("For {name}")}>{ shown }</pre> };
    let copy = html! { <button type="button" class="small" onclick={copy}>{ format!("Copy for {name}") }</button> };
    el(
        "section",
        "snippet",
        vec![words("h2", "", name), text, copy],
    )
}
