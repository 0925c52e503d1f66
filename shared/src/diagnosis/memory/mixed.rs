//! Bytes of two that got mixed, and bytes that are gone.

use super::{
    Facts, Sentence, Tone, memory, newest, number,
    words::{capital, count, figure, name},
};
use crate::mechanism::memory::{RECORD, RECORD_LEN};

/// A record that is of two processes, or was found to be.
pub(super) fn torn(facts: &Facts<'_>) -> Option<Sentence> {
    if let Some((who, said)) = newest(facts).filter(|(_, said)| said.what == "checked") {
        let (torn, all) = (number(said, "torn"), number(said, "records"));
        if torn == 0 {
            return Some(Sentence::new(
                Tone::Ok,
                format!(
                    "{} looked at {} records: not one was torn.",
                    capital(&name(who)),
                    figure(all)
                ),
                "",
            ));
        }
        return Some(Sentence::new(
            Tone::Warning,
            format!(
                "{} of {} records that {} looked at were torn.",
                figure(torn),
                figure(all),
                name(who)
            ),
            "Each was loaded while somebody was in the middle of storing the next. A lock keeps them apart.",
        ));
    }
    let content = memory(facts)?.content.as_ref()?;
    let (from, to) = (RECORD as u64, (RECORD + RECORD_LEN) as u64);
    let inside = content
        .writers
        .iter()
        .filter(|wrote| wrote.from < to && from < wrote.to);
    let mut owners = Vec::new();
    let mut covered = 0;
    for wrote in inside {
        let who = facts.state.worker(wrote.worker.as_ref()?)?;
        covered += wrote.to.min(to) - wrote.from.max(from);
        if !owners.contains(&name(who)) {
            owners.push(name(who));
        }
    }
    // Two messages beside each other are no torn record: somebody has filled one, or half of one.
    let mut said = facts.state.workers.iter().flat_map(|worker| &worker.said);
    let half = said.any(|said| said.what == "half");
    if owners.len() < 2 || covered < to - from || !half {
        return None;
    }
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "The record is torn: a part of it is by {}.",
            super::words::list(&owners).replace(" and ", ", another by ")
        ),
        "Each store of eight bytes is whole. That the eight of them belong together, only the programs know.",
    ))
}

/// Two stored the same sum.
pub(super) fn lost_update(facts: &Facts<'_>) -> Option<Sentence> {
    let (who, last) = newest(facts)?;
    let same = |other: &&crate::state::Worker| {
        let step = other.said.back();
        step.is_some_and(|said| said.what == "step" && said.about == last.about)
    };
    let stored = last.about.get("did").and_then(|did| did.as_str()) == Some("store");
    if last.what == "step" && stored {
        let others = facts.state.workers.iter().filter(|one| one.id != who.id);
        let other = others.clone().find(same)?;
        return Some(Sentence::new(
            Tone::Warning,
            format!(
                "An addition is lost: {} and {} stored the same sum, {}.",
                name(other),
                name(who),
                number(last, "register")
            ),
            "Both had loaded before either of them stored. An atomic addition, or a lock around all three steps, keeps that from happening.",
        ));
    }
    if last.what != "added" {
        return None;
    }
    let workers = facts.state.workers.iter();
    let of_cell = workers
        .flat_map(|worker| &worker.said)
        .filter(|said| said.what == "added" && said.about.get("cell") == last.about.get("cell"));
    let (mut wanted, mut now) = (0_u64, 0_u64);
    for said in of_cell {
        wanted = wanted.saturating_add(number(said, "n").saturating_mul(number(said, "times")));
        // Who was done first, saw less.
        now = now.max(number(said, "now"));
    }
    (now < wanted).then(|| {
        Sentence::new(
            Tone::Warning,
            format!("{} of {} additions are lost.", figure(wanted - now), figure(wanted)),
            "Load, add, store: whoever was interrupted in between stored an old sum over a newer one.",
        )
    })
}

/// Messages that nobody can get any more.
pub(super) fn overwritten(facts: &Facts<'_>) -> Option<Sentence> {
    let lost = facts.state.counts.lost;
    (lost > 0).then(|| {
        Sentence::new(
            Tone::Calm,
            format!(
                "{} stored over before anybody had loaded it all.",
                were(lost)
            ),
            "A place in memory holds what was stored there last; there is no queue.",
        )
    })
}

fn were(n: u64) -> String {
    let verb = if n == 1 { "was" } else { "were" };
    format!("{} {verb}", capital(&count(n, "message")))
}
