//! What the tutorial says, claim by claim: read from `lessons/claims.jsonl`, one JSON object a line.

use crate::components::icons::Icon;
use serde_json::Value;

/// A claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its number, in the order of the tutorial.
    pub n: u64,
    /// The part of the tutorial it stands in.
    pub topic: String,
    /// What the tutorial says, in our words.
    pub says: String,
    /// What became of it.
    pub mark: Mark,
    /// What is true.
    pub truth: String,
    /// The lesson that shows it: `file/torn-read`.
    pub scene: String,
}

/// What became of a claim when it was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// As said.
    Right,
    /// Not so.
    Wrong,
    /// So, but not for the reason given, or not always.
    Misleading,
    /// So, and what is not said bites.
    LeavesOut,
}

impl Mark {
    /// All of them, in the order of counting.
    pub const ALL: [Self; 4] = [Self::Right, Self::LeavesOut, Self::Misleading, Self::Wrong];

    /// Glyph, class and word.
    pub fn look(self) -> (Icon, &'static str, &'static str) {
        match self {
            Self::Right => (Icon::Check, "right", "right"),
            Self::Wrong => (Icon::Dead, "wrong", "wrong"),
            Self::Misleading => (Icon::Warning, "misleading", "misleading"),
            Self::LeavesOut => (Icon::More, "leaves-out", "leaves something out"),
        }
    }

    fn of(word: &str) -> Option<Self> {
        match word {
            "right" => Some(Self::Right),
            "wrong" => Some(Self::Wrong),
            "misleading" => Some(Self::Misleading),
            "leaves_out" => Some(Self::LeavesOut),
            _ => None,
        }
    }
}

/// Reads the file; a line that says less than it must is left out, and a test finds it.
pub fn read(text: &str) -> Vec<Claim> {
    text.lines().filter_map(one).collect()
}

fn one(line: &str) -> Option<Claim> {
    let value: Value = serde_json::from_str(line).ok()?;
    let word = |name: &str| value.get(name)?.as_str().map(str::to_owned);
    Some(Claim {
        n: value.get("n")?.as_u64()?,
        topic: word("topic")?,
        says: word("says")?,
        mark: Mark::of(&word("mark")?)?,
        truth: word("truth")?,
        scene: word("scene")?,
    })
}

/// The topics, in the order of their first claim.
pub fn topics(claims: &[Claim]) -> Vec<String> {
    let mut topics: Vec<String> = Vec::new();
    for claim in claims {
        if !topics.contains(&claim.topic) {
            topics.push(claim.topic.clone());
        }
    }
    topics
}

#[cfg(test)]
mod tests {
    use super::{Mark, read, topics};
    use crate::lessons;

    const FILE: &str = include_str!("../lessons/claims.jsonl");

    #[test]
    fn every_line_is_a_whole_claim() {
        let claims = read(FILE);
        let lines = FILE.lines().filter(|line| !line.trim().is_empty());
        assert_eq!(claims.len(), lines.count(), "a line is not a claim");
        assert!(!claims.is_empty());
        let numbers: Vec<_> = claims.iter().map(|claim| claim.n).collect();
        assert!(numbers.is_sorted(), "by number: {numbers:?}");
        for claim in claims {
            assert!(
                !claim.says.is_empty() && !claim.truth.is_empty(),
                "{}",
                claim.n
            );
            let (entry, lesson) = claim.scene.split_once('/').unwrap();
            assert!(
                lessons::lesson(entry, lesson).is_some(),
                "claim {}: no lesson {}",
                claim.n,
                claim.scene
            );
        }
    }

    #[test]
    fn a_line_with_another_mark_is_no_claim_and_topics_keep_their_order() {
        let line = |n: u32, topic: &str, mark: &str| {
            format!(
                "{{\"n\":{n},\"topic\":\"{topic}\",\"says\":\"s\",\"mark\":\"{mark}\",\"truth\":\"t\",\"scene\":\"a/b\"}}\n"
            )
        };
        let text = line(7, "Files", "right")
            + &line(12, "Pipes", "wrong")
            + &line(13, "Files", "leaves_out")
            + &line(14, "Pipes", "so-so");
        let claims = read(&text);
        assert_eq!(claims.len(), 3);
        assert_eq!(claims[2].mark, Mark::LeavesOut);
        assert_eq!(topics(&claims), ["Files", "Pipes"]);
    }
}
