//! Who has ended is started again: another process of the same name, on channels of its own.

use super::{
    Supervisor,
    crew::{Stage, Waiting},
    turn::Token,
};
use crate::worker::{
    Language,
    channel::{MAX_ROLES, Ours},
    wire::Command,
};
use nix::sys::epoll::{Epoll, EpollEvent, EpollFlags};
use shared::{
    command::Effect,
    event::{Kind, Source},
    failure::{Code, Failure},
    ids::{RequestId, WorkerId},
};
use std::{collections::VecDeque, io, time::Instant};

/// How often roles of one run can be started again: each time takes four descriptors of the parent's, until the run ends.
pub(super) const SPARES: usize = 6;
const _: () = assert!(
    SPARES < MAX_ROLES,
    "there is room for a few roles beside them"
);

/// Channels that nobody has yet.
#[derive(Debug)]
pub(super) struct Spares {
    channels: VecDeque<Ours>,
    /// The number by which the parent knows the first of them.
    next: usize,
}

impl Spares {
    pub(super) fn new(channels: Vec<Ours>, first: usize) -> Self {
        Self {
            channels: channels.into(),
            next: first,
        }
    }

    fn take(&mut self) -> Option<(usize, Ours)> {
        let channel = self.channels.pop_front()?;
        self.next += 1;
        Some((self.next - 1, channel))
    }
}

/// Has the loop hear of what comes from a worker.
pub(super) fn listen(epoll: &Epoll, ours: &Ours, worker: usize) -> io::Result<()> {
    let readable = |token: Token| EpollEvent::new(EpollFlags::EPOLLIN, token.number());
    epoll.add(&ours.reports, readable(Token::Reports(worker)))?;
    epoll.add(&ours.stdout, readable(Token::Stdout(worker)))?;
    epoll.add(&ours.stderr, readable(Token::Stderr(worker)))?;
    Ok(())
}

impl Supervisor {
    /// Has the parent fork(2) a role once more that has ended.
    pub(super) fn restart(
        &mut self,
        re: Option<RequestId>,
        worker: Option<&WorkerId>,
    ) -> Result<Effect, Failure> {
        let refuse = |message: String, hint: &str| Err(Failure::bad_param("worker", message, hint));
        if !self.play.mechanism.can_restart() {
            let message = "nobody can be started again here";
            return Err(Failure::new(
                Code::NotSupported,
                message,
                "start another run",
            ));
        }
        let hands = &self.crew.hands;
        let found = hands.iter().position(|hand| Some(&hand.id) == worker);
        let Some(found) = found else {
            return refuse(
                "who is to start again?".to_owned(),
                "name a worker that has ended",
            );
        };
        if found == 0 {
            return refuse(
                "parent cannot be started again".to_owned(),
                "it is the one that forks; start another run",
            );
        }
        if hands
            .get(found)
            .is_some_and(|hand| hand.stage != Stage::Gone)
        {
            let message = format!("{} has not ended", self.crew[found].id);
            return refuse(message, "kill it first, or tell it to exit");
        }
        if !hands.first().is_some_and(super::crew::Hand::alive) {
            return refuse(
                "parent is gone, which forks the others".to_owned(),
                "start another run",
            );
        }
        let Some((channel, ours)) = self.spares.take() else {
            let message = "nobody can be started again any more in this run";
            return Err(Failure::new(Code::LimitHit, message, "start another run")
                .limit("restarts", SPARES as u64));
        };
        // What it printed last is told of the one that printed it.
        self.output(found, "stdout");
        self.output(found, "stderr");
        listen(&self.epoll, &ours, found).map_err(|error| {
            Failure::new(
                Code::Internal,
                format!("epoll_ctl: {error}"),
                "start another run",
            )
        })?;
        let hand = &mut self.crew[found];
        let told = hand.fact(
            Source::Run,
            Kind::CommandDone {
                verb: "restart".to_owned(),
            },
        );
        hand.reborn(ours);
        if hand.language != Language::Rust {
            self.born_by = Some(Instant::now() + super::boot::BIRTH);
        }
        self.journal.tell(told.re(re));
        let parent = &mut self.crew[0];
        parent.waiting.push_back(Waiting {
            re: None,
            command: Command::Fork {
                number: found,
                channel,
            },
            own: true,
        });
        parent.pump();
        Ok(Effect::Done)
    }
}
