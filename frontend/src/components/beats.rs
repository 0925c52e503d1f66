//! A lesson's beats: the bar under the sentence, the question before the reveal, and the list of all.

use super::{parts::button, sentence::kernel_words, tabs::pressed};
use crate::{
    ctx::Ctx,
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
    let words = match play.phase {
        Phase::Ready if play.started && play.is_rewinding() => {
            html! { <span>{ "Running the beats before this one again…" }</span> }
        }
        Phase::Ready if play.asks() && play.chosen.is_none() => {
            html! { <span>{ "Predict first, then see." }</span> }
        }
        Phase::Ready => {
            html! { <span>{ if play.beat == 0 { "Nothing runs yet." } else { "Ready." } }</span> }
        }
        Phase::Doing => html! { <span>{ "Doing it…" }</span> },
        Phase::Watching => html! { <span>{ "Watching what happens…" }</span> },
        Phase::Done => html! { <span>{ kernel_words(&beat.say) }</span> },
        Phase::Missed if ctx.store.watching.is_some() => {
            html! { <span>{ "It went differently this time." }</span> }
        }
        Phase::Missed => missed(play),
    };
    let next = match play.phase {
        Phase::Ready if play.beat == 0 && !play.started => "Start",
        Phase::Ready if play.asks() => "Just show me",
        Phase::Ready => "Do it",
        Phase::Done => "Next beat ›",
        Phase::Missed => "Try again",
        Phase::Doing | Phase::Watching => "…",
    };
    let busy = play.is_busy() || (play.started && play.is_rewinding());
    let does_it = ctx.store.watching.is_none().then(|| {
        html! {
            <>
                <button type="button" onclick={does(ctx, PlayAction::Back)} aria-disabled={(play.beat == 0 && play.phase == Phase::Ready).then_some("true")}
                    title="Runs the beats before this one again">{ "‹ Back" }</button>
                if play.is_over() {
                    <span class="good">{ "Lesson done." }</span>
                } else {
                    <button type="button" class="main" id="next-beat" onclick={does(ctx, PlayAction::Next)} aria-disabled={busy.then_some("true")}>{ next }</button>
                }
            </>
        }
    });
    html! {
        <div class={if play.phase == Phase::Done { "quest done" } else { "quest" }}>
            <b>{ if play.phase == Phase::Done { "✓ ".to_owned() } else { String::new() } }{ format!("{} of {all}", play.beat + 1) }</b>
            <div class="quest-words" aria-live="polite" data-test="beat-say">{ words }</div>
            <span class="spacer"></span>
            { does_it }
            { for beat.ask.as_ref().map(|ask| question(ctx, play, ask)) }
        </div>
    }
}

fn missed(play: &Play) -> Html {
    let verdict = play.verdict.as_ref();
    if verdict.is_none() {
        return html! { <span>{ "It was refused: the notice says why, and what to do." }</span> };
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
    html! {
        <span>
            { "It went differently this time. " }
            if !missing.is_empty() { { "Not seen: " }<code>{ missing }</code>{ ". " } }
            if !violated.is_empty() { { "Seen, though it should not be: " }<code>{ violated }</code>{ ". " } }
        </span>
    }
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
    let steps = beat
        .steps
        .iter()
        .map(|step| html! { <><code translate="no">{ step.to_string() }</code>{ " " }</> });
    html! {
        <div class={if done { "beat done" } else { "beat" }} aria-current={here.then_some("step")}>
            <p class="soft"><span class="sr">{ format!("Beat {}: ", at + 1) }</span>{ for steps }</p>
            if done { <p class="say-beat">{ kernel_words(&beat.say) }</p> }
            if here && play.started && ctx.store.watching.is_none() { { button("small", None, "This beat afresh", does(ctx, PlayAction::Again)) } }
        </div>
    }
}
