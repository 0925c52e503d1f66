//! Nothing has happened yet.

use super::{Sentence, Tone, facts::Facts};

pub(super) fn check(facts: &Facts<'_>) -> Option<Sentence> {
    (facts.state.seq == 0).then(|| {
        let between = if facts.is_of("pipe") {
            format!(" with a {} between them", facts.noun())
        } else {
            String::new()
        };
        let detail = format!("Send a message, and real processes start on the server{between}.");
        Sentence::new(Tone::Calm, "Nothing runs yet.", detail)
    })
}

#[cfg(test)]
mod tests {
    use super::super::{sentence, testing::Story};
    use crate::state::RunState;

    #[test]
    fn an_empty_state_says_so() {
        assert_eq!(sentence(&RunState::default()).headline, "Nothing runs yet.");
    }

    #[test]
    fn a_run_is_something() {
        assert_ne!(sentence(&Story::pipe().state).headline, "Nothing runs yet.");
    }
}
