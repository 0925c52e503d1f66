//! "Tutorial, checked": every claim of the tutorial about what is built has a mark, and a scene that is played in CI.

use crate::lessons;
use harness::program;
use serde::Deserialize;
use shared::catalog::ENTRIES;
use std::fs;

/// A line of `frontend/lessons/claims.jsonl`.
#[derive(Debug, Deserialize)]
struct Claim {
    n: u32,
    topic: String,
    says: String,
    mark: String,
    truth: String,
    scene: String,
}

/// The claims about each entry, by their numbers.
const CLAIMS: &[(&str, std::ops::RangeInclusive<u32>)] = &[
    ("file", 7..=11),
    ("pipe", 12..=16),
    ("queue", 17..=22),
    ("shared-memory", 23..=29),
    ("socket", 30..=34),
    ("zeromq", 35..=41),
    ("rpc", 42..=45),
    ("rpc", 58..=58),
];

fn claims() -> Vec<Claim> {
    let file = program::workspace().join("frontend/lessons/claims.jsonl");
    let text = fs::read_to_string(file).expect("the claims");
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")))
        .collect()
}

#[test]
fn every_claim_about_what_is_built_is_there_once() {
    let claims = claims();
    let numbers: Vec<_> = claims.iter().map(|claim| claim.n).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    let built = |id: &str| ENTRIES.iter().any(|entry| entry.id == id && entry.built);
    for (entry, range) in CLAIMS.iter().filter(|(entry, _)| built(entry)) {
        let missing: Vec<_> = range
            .clone()
            .filter(|number| !numbers.contains(number))
            .collect();
        assert!(missing.is_empty(), "{entry}: {missing:?}");
    }
}

#[test]
fn every_claim_has_a_mark_words_and_a_scene_that_is_played() {
    let scenes: Vec<_> = lessons::lessons()
        .iter()
        .map(|file| lessons::id(file))
        .collect();
    for claim in claims() {
        assert!(
            ["right", "wrong", "misleading", "leaves_out"].contains(&claim.mark.as_str()),
            "{claim:?}"
        );
        assert!(
            claim.says.len() > 10 && claim.truth.len() > 10 && !claim.topic.is_empty(),
            "{claim:?}"
        );
        assert!(scenes.contains(&claim.scene), "no such scene: {claim:?}");
    }
}
