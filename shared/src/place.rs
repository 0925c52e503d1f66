//! Where a presenter is: what those who watch a run follow beside its events.

use crate::{
    codec::SEE_SCHEMA,
    failure::{Code, Failure},
    ids::{CallId, MsgId},
};
use serde::{Deserialize, Serialize};

/// Longest name of a lesson, bytes; the longest there is has 28.
const MAX_LESSON: usize = 96;

/// The beat and the selection of whoever shows a run to others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The lesson, `pipe/forgotten-end`; none in free play.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lesson: Option<String>,
    /// The beat of it, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beat: Option<u32>,
    /// How far the beat is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// The answer that was predicted, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen: Option<u32>,
    /// The call that is looked at, or …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// … the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MsgId>,
}

/// How far a beat is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Not begun; its question, if any, is open.
    Ready,
    /// Its steps are being carried out.
    Doing,
    /// All steps were taken; what is expected is being watched for.
    Watching,
    /// All that was expected was seen.
    Done,
    /// It was not seen, or something forbidden was.
    Missed,
}

impl Place {
    /// Refuses what would be passed on to everybody who watches and cannot be meant.
    ///
    /// # Errors
    /// `bad_message` for a name of a lesson that is too long.
    pub fn check(&self) -> Result<(), Failure> {
        if self
            .lesson
            .as_ref()
            .is_some_and(|lesson| lesson.len() > MAX_LESSON)
        {
            let message = format!("a lesson's name has at most {MAX_LESSON} bytes");
            return Err(Failure::new(Code::BadMessage, message, SEE_SCHEMA).field("at.lesson"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_LESSON, Place};

    #[test]
    fn a_name_of_a_lesson_has_a_length() {
        let place = |len| Place {
            lesson: Some("x".repeat(len)),
            ..Place::default()
        };
        place(MAX_LESSON).check().unwrap();
        let refused = place(MAX_LESSON + 1).check().unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("at.lesson"));
    }
}
