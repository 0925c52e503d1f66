//! Names of the things a run consists of. All are what the learner sees: short, readable, stable within a run.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Order in which the supervisor of a run saw things, from 1, without gaps. The only order there is.
pub type Seq = u64;

/// A message sent by a learner (or inferred for a program that does not report), from 1 within a run.
pub type MsgId = u64;

/// A system call: the `seq` of its `call.entered` event.
pub type CallId = Seq;

/// Number a client gives to its own request, so that the reply finds it.
pub type RequestId = u64;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps a name as it is.
            pub fn new(name: impl Into<String>) -> Self {
                Self(name.into())
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                Self::new(name)
            }
        }
    };
}

text_id! {
    /// One execution of an entry; unguessable enough not to collide, not a secret.
    RunId
}
text_id! {
    /// A process that plays a role in a run: `parent`, `writer`, `writer-2`, `reader`.
    WorkerId
}
text_id! {
    /// A kernel object, named by what the kernel calls it: `pipe:[41207]`, `fifo:[52]`.
    ObjectId
}
