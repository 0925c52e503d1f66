//! What happens to the page, and what the browser must do about it.

use super::{Builder, Composer, Headers, PlayAction, PlayerAction, Selected, UiAction};
use crate::{intent::Intent, route::Route};
use shared::{
    command::{ClientMessage, ServerMessage},
    failure::Failure,
    ids::Seq,
};

/// Something that happened to the page.
#[derive(Clone, Debug)]
pub enum Action {
    /// Somebody chose a link.
    Go(Route),
    /// The address changed by itself: first load, back, forward.
    Arrived(Route),
    /// A component said what the learner wants.
    Want(Intent),
    /// End the run, if any, and start one as the draft says.
    Restart,
    /// A field of the composer was typed into or chosen from. Not the composer as it was drawn: two fields may change
    /// before it is drawn again.
    Compose(fn(&mut Composer, String), String),
    /// The same, of what a message says beside its payload.
    ComposeArg(&'static str, serde_json::Value),
    /// Send what is composed.
    Submit,
    /// A notice was read.
    Dismiss(u64),
    /// All bytes of a call or message are wanted.
    Fetch(Selected),
    /// A lesson is played.
    Play(PlayAction),
    /// A recording is played.
    Player(PlayerAction),
    /// Something was opened, closed or chosen.
    Ui(UiAction),
    /// Progress as stored by an earlier visit.
    Stored(String),
    /// The embed that is put together is another.
    Build(fn(&mut Builder, String), String),
    /// The headers that decide who may show an embed were fetched.
    Headers(Headers),
    /// Others may watch the run.
    Invite,
    /// Back to the presenter.
    Follow,
    /// The recording of the run is wanted as a file.
    Download,
    /// These events are wanted as JSON lines.
    CopyLines(Vec<Seq>),
    /// A text beside the page was fetched, or why not.
    Text {
        /// Where it is.
        path: String,
        /// What it says.
        text: Result<String, Failure>,
    },
    /// The server said something.
    Server(Box<ServerMessage>),
    /// The server said something that cannot be read.
    Unreadable(Failure),
    /// The socket opened.
    Opened,
    /// The socket is down and tries again.
    Lost {
        /// How often it tried since it was up.
        attempt: u32,
        /// When it tries again, milliseconds from now.
        retry_ms: u32,
    },
    /// The socket is down and will not try again by itself.
    Closed(Failure),
    /// Messages did not leave the page: it holds no more than so many while the server is away.
    Overflow(u64),
    /// Time passes, milliseconds.
    Tick(f64),
}

/// Something that the browser must do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Say this, after `hello` was answered.
    Send(ClientMessage),
    /// Say this at once.
    Hello(ClientMessage),
    /// `hello` was answered: let go what waits.
    Flush,
    /// Connect, if not connected.
    Connect,
    /// Drop the connection and make a new one at once.
    Reconnect,
    /// The server closes; try again after so many milliseconds, or never.
    Retry(Option<u64>),
    /// A new address in the history.
    Push(String),
    /// Another address for the same place in the history.
    Replace(String),
    /// Another page is shown: title, focus on its heading, scroll to the top.
    Turned,
    /// Keep the learner's progress.
    Save(String),
    /// Load a recording.
    Load(String),
    /// Fetch the journal of a run, and give it to the learner as a file, or these lines of it on the clipboard.
    Journal {
        /// Where it is, relative to the page.
        path: String,
        /// Whoever has it owns the run.
        token: String,
        /// Absent: all, as a file.
        lines: Option<Vec<Seq>>,
    },
    /// Put this on the clipboard.
    Copy(String),
    /// Tell the page around an embed: the type of the message and what belongs to it, as JSON.
    Post(String),
    /// Fetch the headers that decide who may show an embed.
    Headers(String),
    /// Fetch a text beside the page: a lesson, the source of a role.
    Text(String),
}
