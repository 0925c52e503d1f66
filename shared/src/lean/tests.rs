//! Everything that can be said is read alike by serde and here.

use super::read;
use crate::{arbitrary, command::ServerMessage, event::Event};
use proptest::prelude::*;

proptest! {
    #[test]
    fn an_event_reads_as_serde_reads_it(event in arbitrary::event()) {
        let text = serde_json::to_string(&event).unwrap();
        let (lean, serde) = (read::<Event>(&text, "").unwrap(), serde_json::from_str::<Event>(&text).unwrap());
        prop_assert_eq!(lean, serde);
    }

    #[test]
    fn a_message_reads_as_serde_reads_it(message in arbitrary::server()) {
        let text = serde_json::to_string(&message).unwrap();
        let serde = serde_json::from_str::<ServerMessage>(&text).unwrap();
        prop_assert_eq!(read::<ServerMessage>(&text, "").unwrap(), serde);
    }

    #[test]
    fn what_a_server_never_says_is_refused_and_nothing_panics(text in ".{0,80}") {
        let lean = read::<ServerMessage>(&text, "").is_ok();
        prop_assert_eq!(lean, serde_json::from_str::<ServerMessage>(&text).is_ok());
    }
}

#[test]
fn the_field_that_is_wrong_is_named() {
    let refused = read::<Event>(
        r#"{"seq":1,"at_ns":"soon","source":"run","kind":"gauge","readings":[]}"#,
        "",
    )
    .unwrap_err();
    assert!(refused.message.contains("at_ns"), "{refused}");
}
