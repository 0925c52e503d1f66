//! Showing the run of this page to others: the code of the watch link, how many watch, and where this page is.

use super::{Effect, Request, Selected, Store};
use crate::route::Route;
use shared::{command::ClientMessage, ids::RunId, place::Place};

/// Those who watch what this page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    /// The run that the link leads to.
    pub run: RunId,
    /// The code of the link.
    pub key: String,
    /// How many watch.
    pub count: u64,
    /// Where they were told that this page is.
    told: Option<Place>,
}

impl Store {
    /// The address of the watch link.
    pub fn watch_link(&self) -> Option<String> {
        let code = self.invite.as_ref()?.key.clone();
        Some(Route::Watch { code }.address())
    }

    /// The server says how many watch.
    pub(crate) fn watchers(&mut self, run: RunId, key: String, count: u64) {
        let known = self.invite.take().filter(|known| known.run == run);
        let told = known.and_then(|known| known.told);
        self.invite = Some(Invite {
            run,
            key,
            count,
            told,
        });
    }

    /// Asks that others may watch the run; those who watch the one before go on to it.
    pub(crate) fn invite(&mut self) -> Vec<Effect> {
        let run = self.run.as_ref().and_then(|run| run.id.clone());
        let Some(run) = run.filter(|_| self.watching.is_none()) else {
            return Vec::new();
        };
        let key = self.invite.as_ref().map(|invite| invite.key.clone());
        let id = self.request(Request::Invite);
        vec![Effect::Send(ClientMessage::Watch {
            id,
            run: Some(run),
            key,
            after: None,
        })]
    }

    /// The connection is another, or the run is: whoever watches must be told again.
    pub(crate) fn invite_again(&mut self) -> Vec<Effect> {
        if self.invite.is_none() {
            return Vec::new();
        }
        self.invite()
    }

    /// Tells those who watch where this page is, if that is news.
    pub(crate) fn tell_place(&mut self) -> Vec<Effect> {
        let run = self.run.as_ref().and_then(|run| run.id.clone());
        let shown = self.invite.as_ref().map(|invite| &invite.run);
        if shown.is_none() || run.as_ref() != shown || !self.connection.is_ready() {
            return Vec::new();
        }
        let here = self.here();
        let told = self.invite.as_ref().and_then(|invite| invite.told.as_ref());
        let (Some(run), true) = (run, told != Some(&here)) else {
            return Vec::new();
        };
        let id = self.request(Request::Invite);
        if let Some(invite) = &mut self.invite {
            invite.told = Some(here.clone());
        }
        vec![Effect::Send(ClientMessage::Place { id, run, at: here })]
    }

    /// The beat and the selection of this page.
    fn here(&self) -> Place {
        let mut place = Place::default();
        if let Some(play) = &self.play {
            place.lesson = Some(format!("{}/{}", play.entry, play.lesson));
            place.beat = u32::try_from(play.beat).ok();
            place.phase = Some(play.phase);
            place.chosen = play.chosen.and_then(|chosen| u32::try_from(chosen).ok());
        }
        match self.run.as_ref().map(|run| run.selected) {
            Some(Selected::Call(call)) => place.call = Some(call),
            Some(Selected::Message(msg)) => place.message = Some(msg),
            Some(Selected::Nothing) | None => {}
        }
        place
    }
}
