//! Plays a scenario beat by beat, and says of each whether what it expects has happened.

use super::{
    feed::Feed,
    print::{Printer, Tone},
    run::{PATIENCE, QUIET, ask},
};
use crate::lab::{Command, Run};
use anyhow::Result;
use shared::{
    event::{Event, Outcome},
    ids::RequestId,
    scenario::{Beat, Command as Asked, Scenario, Step, UnderWay, Watch},
};
use std::{cell::RefCell, time::Duration};

/// For everything that a beat expects. A flood of large messages takes a second under the tracer, forty million additions
/// take several, and twice that on a busy host.
const EXPECT: Duration = Duration::from_secs(20);
/// What must not happen is given this long to happen.
const ABSENT: Duration = Duration::from_millis(500);
/// A step whose messages are still under way is not waited for any longer: the next one may be what they need.
const STEP: Duration = Duration::from_secs(2);
/// An act is carried out when nothing more is told for so long; one that goes on for five times that is meant to: what
/// comes next happens meanwhile.
const ACT: Duration = Duration::from_millis(20);
/// Between two beats, so that what is left of one is not taken for the next.
const BETWEEN: Duration = Duration::from_millis(50);

/// Plays all beats; whether all went as expected.
pub(super) async fn play(feed: &mut Feed<Printer>, scenario: &Scenario) -> Result<bool> {
    feed.sink
        .remark(&format!("\n{}", scenario.title), Tone::Strong)?;
    let mut failed = 0_usize;
    let mut id = 0;
    for (number, beat) in (1..).zip(&scenario.beats) {
        feed.settle(BETWEEN, PATIENCE, |_| {}).await?;
        feed.sink.remark(
            &format!("\nbeat {number} of {}", scenario.beats.len()),
            Tone::Strong,
        )?;
        if !play_beat(feed, beat, &mut id).await? {
            failed += 1;
        }
    }
    let all = scenario.beats.len();
    let (text, tone) = match failed {
        0 => (format!("\n{all} of {all} beats as expected"), Tone::Good),
        _ => (format!("\n{failed} of {all} beats FAILED"), Tone::Bad),
    };
    feed.sink.remark(&text, tone)?;
    Ok(failed == 0)
}

async fn play_beat(feed: &mut Feed<Printer>, beat: &Beat, id: &mut RequestId) -> Result<bool> {
    if let Some(ask) = &beat.ask {
        feed.sink
            .remark(&format!("ask   {}", ask.question), Tone::Plain)?;
    }
    let mut beat = beat.clone();
    if !feed.run.read(|journal| journal.state().xray) {
        let unseen = beat.expect.extract_if(.., |expect| expect.needs_xray());
        for expect in unseen {
            feed.sink.remark(
                &format!("skip  cannot be seen without X-ray: {expect}"),
                Tone::Plain,
            )?;
        }
    }
    let watch = RefCell::new(Watch::new(&beat));
    let mut all_taken = true;
    for step in &beat.steps {
        *id += 1;
        feed.sink.remark(&format!("do    {step}"), Tone::Strong)?;
        all_taken &= take_step(feed, step, *id, &watch).await?;
    }
    let see = |event: &_| watch.borrow_mut().see(event);
    feed.until(EXPECT, see, |_| watch.borrow().verdict().missing.is_empty())
        .await?;
    if !beat.absent.is_empty() {
        feed.until(ABSENT, see, |_| false).await?;
    }
    feed.settle(QUIET, QUIET, see).await?;
    let verdict = watch.borrow().verdict();
    for expect in &verdict.missing {
        feed.sink
            .remark(&format!("FAIL  not seen: {expect}"), Tone::Bad)?;
    }
    for expect in &verdict.violated {
        feed.sink
            .remark(&format!("FAIL  seen, and must not be: {expect}"), Tone::Bad)?;
    }
    feed.sink
        .remark(&format!("say   {}", beat.say), Tone::Plain)?;
    if verdict.met && all_taken {
        feed.sink.remark("ok", Tone::Good)?;
    }
    Ok(verdict.met && all_taken)
}

async fn take_step(
    feed: &mut Feed<Printer>,
    step: &Step,
    id: RequestId,
    watch: &RefCell<Watch>,
) -> Result<bool> {
    let sends = RefCell::new(None::<UnderWay>);
    let see = |event: &Event| {
        watch.borrow_mut().see(event);
        if let Some(sends) = sends.borrow_mut().as_mut() {
            sends.see(event);
        }
    };
    let mut changed = None;
    let mut acts = false;
    let command = match step.command() {
        Ok(Asked::Send {
            worker,
            data,
            times,
            args,
        }) => {
            sends.replace(Some(UnderWay::new(worker.clone(), times)));
            Command::Send {
                worker,
                data,
                times,
                args,
            }
        }
        Ok(Asked::Act { worker, verb, args }) => {
            let freezes = verb == "freeze";
            let changes = freezes || verb == "kill";
            changed = worker.clone().filter(|_| changes).map(|who| (who, freezes));
            acts = true;
            Command::Act { worker, verb, args }
        }
        Ok(Asked::Stop) => {
            feed.run.end(Outcome::Stopped);
            return feed.until(PATIENCE, see, Run::is_finished).await;
        }
        Err(failure) => {
            feed.sink.remark(&format!("FAIL  {failure}"), Tone::Bad)?;
            return Ok(false);
        }
    };
    let taken = ask(feed, id, command, &see).await?;
    let over = || sends.borrow().as_ref().is_none_or(UnderWay::is_over);
    if taken && !over() {
        feed.until(STEP, &see, |run| over() || run.is_finished())
            .await?;
    }
    // A process that was told to stop may still finish the call it is in, and one that was killed ends a moment later.
    if let Some((worker, freezes)) = changed.filter(|_| taken) {
        let has_changed = |run: &Run| {
            run.read(|journal| {
                let worker = journal.state().worker(&worker);
                worker.is_none_or(|worker| freezes && worker.frozen || !worker.alive())
            })
        };
        feed.until(STEP, &see, has_changed).await?;
    }
    // An act is taken before it is carried out; the next step may be somebody else's, who must find it done.
    if acts && taken {
        feed.settle(ACT, 5 * ACT, &see).await?;
    }
    Ok(taken)
}
