//! A lesson's beats: the bar under the sentence, the question before the reveal, and the list of all.

use super::{
    parts::{button, code, el, words},
    sentence::kernel_words,
    tabs::pressed,
};
use crate::{
    ctx::Ctx,
    lessons,
    route::Route,
    store::{Action, Phase, Play, PlayAction},
};
use shared::scenario::Ask;
use yew::prelude::*;

fn does(ctx: &Ctx, action: PlayAction) -> Callback<MouseEvent> {
    ctx.emits(Action::Play(action))
}

/// The slim bar: what is asked or what happened, back, next.
pub fn quest(ctx: &Ctx, play: &Play) -> Html {
    let all = play.scenario.beats.len();
    let Some(beat) = play.scenario.beats.get(play.beat) else {
        return html! {};
    };
    let over = play.is_over();
    let says = match play.phase {
        Phase::Ready if play.started && play.is_rewinding() => {
            words("span", "", "Running the beats before this one again…")
        }
        Phase::Ready if play.asks() && play.chosen.is_none() => {
            words("span", "", "Predict first, then see.")
        }
        Phase::Ready => {
            let other = !play.started && ctx.store.watching.is_none() && ctx.store.is_running();
            let says = match play.beat {
                0 if other => "What runs was begun before; Start makes a new run.",
                0 => "Nothing runs yet.",
                _ => "Ready.",
            };
            words("span", "", says)
        }
        Phase::Doing => words("span", "", "Doing it…"),
        Phase::Watching => words("span", "", "Watching what happens…"),
        Phase::Done => {
            let end = over.then(|| words("b", "good", " Lesson done."));
            el(
                "span",
                "",
                [Some(kernel_words(&beat.say)), end]
                    .into_iter()
                    .flatten()
                    .collect(),
            )
        }
        Phase::Missed if ctx.store.watching.is_some() => {
            words("span", "", "It went differently this time.")
        }
        Phase::Missed => missed(play),
    };
    let next = match play.phase {
        _ if over => "Next lesson ›",
        Phase::Ready if play.beat == 0 && !play.started => "Start",
        Phase::Ready if play.asks() => "Just show me",
        Phase::Ready => "Do it",
        Phase::Done => "Next beat ›",
        Phase::Missed => "Try again",
        Phase::Doing | Phase::Watching => "…",
    };
    let busy = play.is_busy() || (play.started && play.is_rewinding());
    // Whoever is asked something has better to do than to go on.
    let main = play.phase != Phase::Ready || !play.asks();
    // The page around an embed says what comes next.
    let goes_on = !over || !matches!(ctx.store.route, Route::Embed { .. });
    let does_it = ctx.store.watching.is_none().then(|| {
        html! {
            <>
                <button type="button" onclick={does(ctx, PlayAction::Back)} aria-disabled={(play.beat == 0 && play.phase == Phase::Ready).then_some("true")}
                    title="Runs the beats before this one again">{ "‹ Back" }</button>
                if goes_on {
                    <button type="button" class={main.then_some("main")} id="next-beat" onclick={if over { ctx.emits(Action::Go(after(ctx, play))) } else { does(ctx, PlayAction::Next) }}
                        aria-disabled={busy.then_some("true")}>{ next }</button>
                }
            </>
        }
    });
    html! {
        <div class={if play.phase == Phase::Done { "quest done" } else { "quest" }}>
            <b>{ if play.phase == Phase::Done { "✓ ".to_owned() } else { String::new() } }{ format!("{} of {all}", play.beat + 1) }</b>
            <div class="quest-words" aria-live="polite" data-test="beat-say">{ says }</div>
            <span class="spacer"></span>
            { does_it.unwrap_or_default() }
            { beat.ask.as_ref().map(|ask| question(ctx, play, ask)).unwrap_or_default() }
        </div>
    }
}

/// Where it goes on after a lesson: the one after it, or the list of all.
fn after(ctx: &Ctx, play: &Play) -> Route {
    match lessons::after(&play.entry, &play.lesson) {
        Some(lesson) => Route::Lesson {
            entry: lesson.entry.to_owned(),
            lesson: lesson.id.to_owned(),
            present: ctx.store.route.presents(),
        },
        None => Route::Learn { checked: false },
    }
}

fn missed(play: &Play) -> Html {
    let verdict = play.verdict.as_ref();
    if verdict.is_none() {
        return words(
            "span",
            "",
            "It was refused: the notice says why, and what to do.",
        );
    }
    let missing = verdict
        .iter()
        .flat_map(|verdict| &verdict.missing)
        .map(|fact| format!("{fact}"));
    let violated = verdict
        .iter()
        .flat_map(|verdict| &verdict.violated)
        .map(|fact| format!("{fact}"));
    let (missing, violated) = (
        missing.collect::<Vec<_>>().join(", "),
        violated.collect::<Vec<_>>().join(", "),
    );
    let mut says: Vec<Html> = vec!["It went differently this time. ".into()];
    if !missing.is_empty() {
        says.extend(["Not seen: ".into(), code(missing), ". ".into()]);
    }
    if !violated.is_empty() {
        let seen = "Seen, though it should not be: ".into();
        says.extend([seen, code(violated), ". ".into()]);
    }
    el("span", "", says)
}

/// The card with the question; afterwards which answer was right.
fn question(ctx: &Ctx, play: &Play, ask: &Ask) -> Html {
    let told = matches!(play.phase, Phase::Done | Phase::Missed);
    if play.is_rewinding() || (told && play.chosen.is_none()) {
        return html! {};
    }
    let watches = ctx.store.watching.is_some();
    let option = |(at, option): (usize, &String)| {
        let class = match (told, play.chosen == Some(at), ask.answer == at) {
            (true, _, true) => Some("right"),
            (true, true, false) => Some("wrong"),
            _ => None,
        };
        let mark = match class {
            Some("right") => " ✓",
            Some(_) => " ✗ your guess",
            None if play.chosen == Some(at) => " · your guess",
            None => "",
        };
        html! {
            <button type="button" class={class.map_or_else(|| "option".to_owned(), |class| format!("option {class}"))} onclick={does(ctx, PlayAction::Choose(at))}
                aria-pressed={pressed(play.chosen == Some(at))} aria-disabled={(play.phase != Phase::Ready || watches).then_some("true")}>
                { kernel_words(option) }{ mark }
            </button>
        }
    };
    html! {
        <fieldset class="ask" data-test="beat-ask"><legend>{ kernel_words(&ask.question) }</legend>{ for ask.options.iter().enumerate().map(option) }</fieldset>
    }
}

/// One beat among the prose: what is done in it, and what was said of it once it was seen.
pub fn beat(ctx: &Ctx, play: &Play, at: usize) -> Html {
    let Some(beat) = play.scenario.beats.get(at) else {
        return html! {};
    };
    let here = at == play.beat;
    let done = at < play.beat || (here && play.phase == Phase::Done);
    let mut steps = vec![words("span", "sr", format!("Beat {}: ", at + 1))];
    for step in &beat.steps {
        steps.extend([code(step.to_string()), " ".into()]);
    }
    html! {
        <div class={if done { "beat done" } else { "beat" }} aria-current={here.then_some("step")}>
            { el("p", "soft", steps) }
            if done { { el("p", "say-beat", vec![kernel_words(&beat.say)]) } }
            if here && play.started && ctx.store.watching.is_none() { { button("small", None, "This beat afresh", does(ctx, PlayAction::Again)) } }
        </div>
    }
}
