//! The signals of one process: a lamp for each number, a row for each that is in play.

use super::on_its_way;
use shared::{
    event::{Masks, Tie},
    ids::{MsgId, WorkerId},
    mechanism::signal::{CHOSEN, SIGRTMIN, name},
    state::{RunState, Worker},
};

/// Standard signals: 1 to 31.
const STANDARD: i32 = 31;
/// What a process cannot block, handle or ignore: SIGKILL and SIGSTOP.
const FREE: [i32; 2] = [9, 19];
/// Numbers that always have a row.
const ROWS: [i32; 6] = [10, 12, 15, SIGRTMIN, SIGRTMIN + 1, SIGRTMIN + 2];

/// What a signal does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// Its default.
    Default,
    /// A handler runs.
    Handler,
    /// Nothing.
    Ignored,
    /// What the kernel does, whatever the process wants.
    Always,
}

impl Does {
    /// Glyph and word.
    pub fn look(self) -> (&'static str, &'static str) {
        match self {
            Self::Default => ("·", "default"),
            Self::Handler => ("ƒ", "handler"),
            Self::Ignored => ("∅", "ignored"),
            Self::Always => ("!", "cannot be refused"),
        }
    }
}

/// A number of the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lamp {
    /// The signal.
    pub number: i32,
    /// `SIGUSR1`.
    pub name: String,
    /// Sent, and not delivered yet.
    pub pending: bool,
    /// Put off.
    pub blocked: bool,
    /// What it does when it is delivered.
    pub does: Does,
}

impl Lamp {
    fn new(number: i32, masks: Option<&Masks>) -> Self {
        let has = |mask: fn(&Masks) -> &str| masks.is_some_and(|all| Masks::has(mask(all), number));
        Self {
            number,
            name: name(number),
            pending: has(|all| &all.pending),
            blocked: has(|all| &all.blocked),
            does: if FREE.contains(&number) {
                Does::Always
            } else if has(|all| &all.ignored) {
                Does::Ignored
            } else if has(|all| &all.caught) {
                Does::Handler
            } else {
                Does::Default
            },
        }
    }

    /// `SIGUSR1, 10: pending, blocked, handler`.
    pub fn words(&self) -> String {
        let pending = if self.pending { "pending, " } else { "" };
        let blocked = if self.blocked { "blocked, " } else { "" };
        let does = self.does.look().1;
        format!("{}, {}: {pending}{blocked}{does}", self.name, self.number)
    }
}

/// A signal on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The message.
    pub msg: MsgId,
    /// Letter of who sent it.
    pub letter: Option<char>,
    /// What goes along.
    pub value: Option<String>,
    /// Its call is not back yet: it is still on the sender's side.
    pub leaving: bool,
}

/// A signal that is in play.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its lamp.
    pub lamp: Lamp,
    /// On their way, the first sent first.
    pub tokens: Vec<Token>,
    /// How many were thrown away: merged into one that was pending, or ignored.
    pub lost: usize,
    /// How often its handler ran, as it says itself.
    pub handled: u64,
    /// It arrived so often, some way or other.
    pub arrived: usize,
}

impl Row {
    /// Real-time signals queue.
    pub fn queues(&self) -> bool {
        self.lamp.number > STANDARD
    }
}

/// The signals of the receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Board {
    /// Whose they are.
    pub owner: Option<WorkerId>,
    /// It lives.
    pub alive: bool,
    /// The kernel was asked.
    pub known: bool,
    /// 1 to 31.
    pub lamps: Vec<Lamp>,
    /// Those in play.
    pub rows: Vec<Row>,
    /// Deliveries of which nobody can say which sends they were.
    pub unsure: bool,
}

impl Board {
    pub(super) fn of(run: &RunState) -> Self {
        let owner = run.workers.iter().find(|worker| worker.role == "receiver");
        let masks = owner.and_then(|worker| worker.signals.as_ref());
        let sent = |number: i32| {
            let key = i64::from(number);
            run.messages
                .iter()
                .filter(move |message| message.key == Some(key))
        };
        let others = CHOSEN.iter().map(|(_, number)| *number);
        let others =
            others.filter(|number| !ROWS.contains(number) && sent(*number).next().is_some());
        let rows = ROWS.into_iter().chain(others).map(|number| Row {
            lamp: Lamp::new(number, masks),
            tokens: sent(number)
                .filter(|message| on_its_way(message))
                .map(|message| Token {
                    msg: message.id,
                    letter: run.worker(&message.worker).and_then(|worker| worker.letter),
                    value: message.preview.text.clone().filter(|text| !text.is_empty()),
                    leaving: message.sent.is_none(),
                })
                .collect(),
            lost: sent(number).filter(|message| message.lost).count(),
            handled: owner.map_or(0, |worker| handled(worker, number)),
            arrived: sent(number).filter(|message| message.arrived).count(),
        });
        Self {
            owner: owner.map(|worker| worker.id.clone()),
            alive: owner.is_some_and(|worker| worker.life == shared::state::Life::Alive),
            known: masks.is_some(),
            lamps: (1..=STANDARD)
                .map(|number| Lamp::new(number, masks))
                .collect(),
            rows: rows.collect(),
            unsure: run
                .messages
                .iter()
                .any(|message| message.tie == Tie::Ambiguous && !message.arrived),
        }
    }

    /// Lamps that are lit, by name.
    pub fn pending(&self) -> Vec<&Lamp> {
        let rows = self
            .rows
            .iter()
            .filter(|row| row.queues())
            .map(|row| &row.lamp);
        let all = self.lamps.iter().chain(rows);
        all.filter(|lamp| lamp.pending).collect()
    }
}

/// What the handler said the last time it ran for that number.
fn handled(worker: &Worker, number: i32) -> u64 {
    let of = |name: &str, about: &shared::command::Values| about.get(name)?.as_u64();
    let all = worker.said.iter().rev();
    let said = all.filter(|said| said.what == "handled");
    let mut said = said.filter(|said| of("number", &said.about) == u64::try_from(number).ok());
    said.next()
        .and_then(|said| of("times", &said.about))
        .unwrap_or(0)
}
