//! The cable between two machines is pulled.

use super::{Sentence, Tone, facts::Facts, sockets, words::count};

/// Nothing comes through, and nobody is told.
pub(super) fn pulled(facts: &Facts<'_>) -> Option<Sentence> {
    let cable = sockets(facts, "cable").next()?;
    if cable.reading("up")?.value > 0 {
        return None;
    }
    let again = sockets(facts, "socket").filter_map(|one| one.reading("retransmits"));
    let again: u64 = again.map(|reading| reading.value).sum();
    let detail = match (facts.state.variant.as_str(), again) {
        ("udp", _) => {
            "A datagram that is sent now is gone, and its sender does not hear of it.".to_owned()
        }
        (_, 0) => {
            "Both ends keep the connection. What is sent now stays in the kernel until it is acknowledged."
                .to_owned()
        }
        (_, again) => format!(
            "{} {} sent again so far, after ever longer pauses. TCP gives up after a quarter of an hour.",
            count(again, "segment"),
            if again == 1 { "was" } else { "were" }
        ),
    };
    let headline = "The cable is pulled, and neither machine is told.";
    Some(Sentence::new(Tone::Warning, headline, detail))
}

#[cfg(test)]
mod tests {
    use super::super::{super::sentence, testing::Story};

    #[test]
    fn what_is_sent_into_a_pulled_cable_is_sent_again() {
        let mut story = Story::new("tcp");
        story.made("cable", "cable").connected();
        story.gauge("cable", &[("up", 1, None)]);
        let before = sentence(&story.run).headline;
        assert!(!before.contains("cable"), "{before}");
        story.gauge("cable", &[("up", 0, None)]);
        let said = sentence(&story.run);
        assert_eq!(
            said.headline,
            "The cable is pulled, and neither machine is told."
        );
        assert!(
            said.detail.contains("stays in the kernel"),
            "{}",
            said.detail
        );
        story.gauge("socket:[1]", &[("retransmits", 2, None)]);
        let said = sentence(&story.run);
        assert!(
            said.detail.starts_with("2 segments were sent again"),
            "{}",
            said.detail
        );
        story.gauge("cable", &[("up", 1, None)]);
        assert_eq!(sentence(&story.run).headline, before);
    }

    #[test]
    fn a_datagram_is_not_sent_again() {
        let mut story = Story::new("udp");
        story
            .made("cable", "cable")
            .gauge("cable", &[("up", 0, None)]);
        assert!(sentence(&story.run).detail.starts_with("A datagram"));
    }
}
