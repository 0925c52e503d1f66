//! `/learn`: the path of lessons, in the order of the catalog; `/learn/checked`: what the tutorial says, checked.

use crate::{
    claims::{self, Claim, Mark},
    components::{
        capabilities::{meanings, of_all},
        icons::glyph,
        link::text_link,
        parts::{el, page, sign, words},
    },
    ctx::Ctx,
    lessons::{self, LESSONS, Lesson},
    route::Route,
    store::source::CLAIMS,
};
use shared::catalog::{ENTRIES, Entry};
use yew::prelude::*;

/// The page.
pub(super) fn learn(ctx: &Ctx) -> Html {
    let last = ctx
        .store
        .progress
        .last()
        .and_then(|(entry, id)| lessons::lesson(entry, id));
    let intro = "Each lesson runs real processes, a step at a time, and asks before it shows.";
    let mut inside = vec![tabs(ctx), words("p", "", intro)];
    let (says, lesson) = match last {
        Some(lesson) => ("You were at: ", Some(lesson)),
        None => (
            "New here? Begin with a pipe: ",
            lessons::lesson("pipe", "first-message"),
        ),
    };
    inside.extend(lesson.map(|lesson| el("p", "", vec![says.into(), to_lesson(ctx, lesson)])));
    let parts = ENTRIES.iter().map(|entry| part(ctx, entry));
    inside.push(el("ol", "path", parts.collect()));
    page("page", "Learn", inside)
}

/// The parts of the page, as links: each has an address.
fn tabs(ctx: &Ctx) -> Html {
    let one = |to: Route, title: &'static str| {
        let class = if to == ctx.store.route { "on" } else { "" };
        el("li", class, vec![text_link(ctx, &to, title)])
    };
    let inside = vec![
        one(Route::Learn { checked: false }, "Lessons"),
        one(Route::Learn { checked: true }, "Tutorial, checked"),
        one(Route::Compare, "What each can do"),
    ];
    html! { <nav class="parts" aria-label="Parts of Learn"><ul>{ for inside }</ul></nav> }
}

/// What all that can be run can and cannot do.
pub(super) fn compare(ctx: &Ctx) -> Html {
    let intro = "Each yes and each no is tested on the running thing, as far as the processes here make use of it.";
    let inside = vec![tabs(ctx), words("p", "", intro), of_all(), meanings()];
    page("page", "What each can do", inside)
}

/// What the tutorial says, each claim with its mark and the scene that shows it.
pub(super) fn checked(ctx: &Ctx) -> Html {
    let claims = ctx.store.text(CLAIMS).map(|text| claims::read(&text));
    let list = match &claims {
        None => vec![words("p", "empty", "Loading…")],
        Some(claims) => groups(ctx, claims),
    };
    let intro = "What a tutorial on inter-process communication in Python says, claim by claim, and what real processes did when it was tried. Each scene runs them again, for you.";
    let mut inside = vec![tabs(ctx), words("p", "", intro)];
    inside.extend(list);
    page("page", "Tutorial, checked", inside)
}

/// How many of each mark, then the claims by topic.
fn groups(ctx: &Ctx, claims: &[Claim]) -> Vec<Html> {
    let counted = Mark::ALL.map(|mark| {
        let n = claims.iter().filter(|claim| claim.mark == mark).count();
        el("li", "", vec![badge(mark), Html::from(format!(" {n}"))])
    });
    let mut parts = vec![el("ul", "marks", counted.to_vec())];
    for topic in claims::topics(claims) {
        let of = claims.iter().filter(|claim| claim.topic == topic);
        let list = of.map(|claim| drawn(ctx, claim)).collect();
        let inside = vec![words("h2", "", topic), el("ul", "claims", list)];
        parts.push(el("section", "topic", inside));
    }
    parts
}

fn badge(mark: Mark) -> Html {
    let (icon, class, word) = mark.look();
    el(
        "span",
        &format!("mark-of {class}"),
        vec![glyph(icon), Html::from(word)],
    )
}

fn drawn(ctx: &Ctx, claim: &Claim) -> Html {
    let number = words("span", "number", claim.n.to_string());
    let head = el("p", "head", vec![number, badge(claim.mark)]);
    let mut inside = vec![
        head,
        words("p", "claim", claim.says.clone()),
        words("p", "truth", claim.truth.clone()),
    ];
    let scene = claim
        .scene
        .split_once('/')
        .and_then(|(entry, id)| lessons::lesson(entry, id));
    if let Some(lesson) = scene {
        let link = to_lesson(ctx, lesson);
        inside.push(el("p", "scene-of", vec![Html::from("See it: "), link]));
    }
    el("li", "", inside)
}

/// A link to a lesson by its title.
pub(super) fn to_lesson(ctx: &Ctx, lesson: &Lesson) -> Html {
    let to = Route::Lesson {
        entry: lesson.entry.to_owned(),
        lesson: lesson.id.to_owned(),
        present: false,
    };
    text_link(ctx, &to, lesson.title)
}

fn part(ctx: &Ctx, entry: &'static Entry) -> Html {
    let progress = &ctx.store.progress;
    let of = LESSONS.iter().filter(|lesson| lesson.entry == entry.id);
    let lessons = of.map(|lesson| {
        let mark = match (
            progress.is_done(lesson.entry, lesson.id),
            progress.beats(lesson.entry, lesson.id),
        ) {
            (true, _) => " ✓ done".to_owned(),
            (false, 0) => String::new(),
            (false, beats) => format!(" · {beats} beats seen"),
        };
        let minutes = words("span", "soft", format!(" {} min{mark}", lesson.minutes));
        el("li", "", vec![to_lesson(ctx, lesson), minutes])
    });
    let coming = if entry.built { "" } else { " · coming" };
    let name = vec![
        sign(entry.glyph),
        " ".into(),
        entry.title.into(),
        coming.into(),
    ];
    let mut inside = vec![el("h2", "", name), words("p", "soft", entry.question)];
    if entry.built {
        inside.push(el("ol", "lesson-list", lessons.collect()));
    }
    el("li", if entry.built { "" } else { "coming" }, inside)
}
