//! Showing a run to others, and watching one.

use super::{commands::answer, feed::Feed, session::Session, writer::Out};
use crate::lab::{Audience, Done, Joined, Run, Tally, events_frame, only_watching};
use shared::{
    command::{Effect, MAX_EVENTS_FRAME, ServerMessage},
    failure::Failure,
    ids::{MsgId, RequestId, RunId, Seq},
    place::Place,
};
use std::sync::Arc;

/// A run that may be read, and how.
pub(super) enum Readable {
    /// By whoever owns it.
    Own(Arc<Run>),
    /// By one of many.
    Watched(Arc<Audience>, Arc<Run>),
}

impl Readable {
    /// The JSON of the events after `after` up to `until` that fit in a frame, and the last one's `seq`.
    async fn piece(&self, after: Seq, until: Seq) -> Option<(String, Seq)> {
        // A little less than the frame, for the text around the events.
        const ROOM: usize = MAX_EVENTS_FRAME - 128;
        match self {
            Self::Own(run) => run.read(|journal| journal.between(after, until, ROOM)),
            Self::Watched(audience, run) => audience.piece(run, after, until).await,
        }
    }

    /// Bytes of a message, as long as its payload is kept.
    pub(super) async fn payload(
        &self,
        message: MsgId,
        from: u64,
        len: u64,
    ) -> Result<Done, Failure> {
        match self {
            Self::Own(run) => run.payload(message, from, len),
            Self::Watched(audience, run) => audience.payload(run, message, from, len).await,
        }
    }

    fn id(&self) -> &RunId {
        match self {
            Self::Own(run) | Self::Watched(_, run) => run.id(),
        }
    }
}

impl Session {
    /// The run of that id, if this session owns it: for commands.
    pub(super) fn find(&self, id: &RunId) -> Result<Arc<Run>, Failure> {
        self.host.lab.find(id, &self.token).map_err(|failure| {
            if self.watched(id).is_some() {
                only_watching()
            } else {
                failure
            }
        })
    }

    /// The run of that id, if this session owns or watches it.
    pub(super) fn find_to_read(&self, id: &RunId) -> Result<Readable, Failure> {
        if let Some(audience) = self.watched(id) {
            let run = audience.run();
            return Ok(Readable::Watched(audience, run));
        }
        self.find(id).map(Readable::Own)
    }

    fn watched(&self, id: &RunId) -> Option<Arc<Audience>> {
        let audience = self.watching.upgrade()?;
        audience.shows(id).then_some(audience)
    }

    /// Says the events after `after`, up to `until`, as far as the journal has them.
    pub(super) async fn replay(&mut self, run: &Readable, mut after: Seq, until: Seq) -> Seq {
        while let Some((json, last)) = run.piece(after, until).await {
            self.tell(Out::Frame(events_frame(run.id(), &json))).await;
            after = last;
        }
        after
    }

    /// From the owner: lets others watch. From anybody else: watches.
    pub(super) async fn watch(
        &mut self,
        re: RequestId,
        run: Option<RunId>,
        key: Option<String>,
        after: Option<Seq>,
    ) -> Result<Option<ServerMessage>, Failure> {
        let own = run.as_ref().map(|id| self.host.lab.find(id, &self.token));
        match (own, key) {
            (Some(Ok(run)), key) => {
                let audience = self.host.lab.show(&run, key.as_deref())?;
                self.say(&answer(re, run.id().clone(), Ok(DONE))).await;
                self.feed(Feed::Tally(Tally::new(audience))).await;
                Ok(None)
            }
            (Some(Err(failure)), None) => Err(failure),
            (None, None) => Err(Failure::bad_param(
                "key",
                "watch needs the run that is to be shown, or the code of one that is",
                "name the run if it is yours, or give the code of its link",
            )),
            (Some(Err(_)) | None, Some(key)) => {
                let known = run.as_ref().zip(after);
                self.follow(re, &key, known).await?;
                Ok(None)
            }
        }
    }

    async fn follow(
        &mut self,
        re: RequestId,
        key: &str,
        known: Option<(&RunId, Seq)>,
    ) -> Result<(), Failure> {
        let joined = self.host.lab.join(key, known, self.peer.address)?;
        let Joined {
            audience,
            run,
            missing,
            mut viewer,
        } = joined;
        self.watching = Arc::downgrade(&audience);
        self.say(&answer(re, run.id().clone(), Ok(DONE))).await;
        if let Some((after, until)) = missing {
            let reached = self
                .replay(&Readable::Watched(audience, run), after, until)
                .await;
            if reached < until {
                viewer.start_over();
            }
        }
        self.feed(Feed::Watched(viewer)).await;
        Ok(())
    }

    /// The owner tells where it is.
    pub(super) fn place(
        &self,
        re: RequestId,
        run: &RunId,
        at: Place,
    ) -> Result<Option<ServerMessage>, Failure> {
        let run = self.find(run)?;
        self.host.lab.shown(run.id())?.move_to(at);
        Ok(Some(answer(re, run.id().clone(), Ok(DONE))))
    }

    pub(super) async fn feed(&mut self, feed: Feed) {
        self.tell(Out::Follow(Box::new(feed))).await;
    }
}

/// What is said of a request that has done its work.
pub(super) const DONE: Done = Done::Ack {
    message: None,
    effect: Effect::Done,
};
