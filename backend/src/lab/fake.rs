//! A box that a test plays the supervisor of.

use super::{Boxes, Lab, Limits, Link, Order, Started, Token};
use crate::link::{FromBox, Setup, ToBox};
use futures_util::future::BoxFuture;
use shared::{
    command::Values,
    event::{Event, Kind, Outcome, Source},
    failure::{Code, Failure},
};
use tokio::sync::{Mutex, mpsc};

/// Gives each box that is made to the test.
pub(crate) struct FakeBoxes(mpsc::UnboundedSender<FakeBox>);

/// The supervisor's side of a box.
#[derive(Debug)]
pub(crate) struct FakeBox {
    pub(crate) setup: Setup,
    pub(crate) heard: mpsc::Receiver<ToBox>,
    pub(crate) say: mpsc::Sender<FromBox>,
    next: u64,
}

struct FakeLink {
    heard: mpsc::Sender<ToBox>,
    say: Mutex<mpsc::Receiver<FromBox>>,
}

impl Boxes for FakeBoxes {
    fn start(&self, setup: Setup) -> BoxFuture<'_, Result<Box<dyn Link>, Failure>> {
        Box::pin(async move {
            let (to, heard) = mpsc::channel(256);
            let (say, from) = mpsc::channel(256);
            let refused = |_| Failure::new(Code::Internal, "the test is over", "none");
            self.0
                .send(FakeBox {
                    setup,
                    heard,
                    say,
                    next: 1,
                })
                .map_err(refused)?;
            let link: Box<dyn Link> = Box::new(FakeLink {
                heard: to,
                say: Mutex::new(from),
            });
            Ok(link)
        })
    }
}

impl Link for FakeLink {
    fn send<'a>(&'a self, frame: &'a ToBox) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            self.heard
                .send(frame.clone())
                .await
                .map_err(|_| super::run::run_over())
        })
    }

    fn next(&mut self) -> BoxFuture<'_, Option<FromBox>> {
        Box::pin(async move { self.say.get_mut().recv().await })
    }
}

impl FakeBox {
    /// Says the next `count` events.
    pub(crate) async fn events(&mut self, count: u64) {
        let events = (self.next..self.next + count).map(event).collect();
        self.next += count;
        self.say.send(FromBox::Events { events }).await.unwrap();
    }

    /// Ends as a good supervisor does.
    pub(crate) async fn end(self, outcome: Outcome) {
        let counts = shared::event::Counts::default();
        self.say
            .send(FromBox::End {
                outcome,
                message: None,
                counts,
            })
            .await
            .unwrap();
        self.say.send(FromBox::Gone { status: 0 }).await.unwrap();
    }
}

/// A lab of fake boxes, and where they come out.
pub(crate) fn lab(limits: Limits) -> (Lab, mpsc::UnboundedReceiver<FakeBox>) {
    let (sender, boxes) = mpsc::unbounded_channel();
    (Lab::new(FakeBoxes(sender), limits, vec![0]), boxes)
}

/// A pipe run and its box.
pub(crate) async fn start(
    lab: &Lab,
    boxes: &mut mpsc::UnboundedReceiver<FakeBox>,
    owner: &Token,
) -> (Started, FakeBox) {
    let order = Order {
        entry: "pipe".to_owned(),
        ..Order::default()
    };
    let started = lab.start(owner, None, order).await.unwrap();
    (started, boxes.recv().await.unwrap())
}

/// An event that may stand at `seq`.
pub(crate) fn event(seq: u64) -> Event {
    let kind = if seq == 1 {
        Kind::RunStarted {
            entry: "pipe".to_owned(),
            variant: "anonymous".to_owned(),
            params: Values::new(),
            xray: false,
            xray_off: None,
            host: "test".to_owned(),
            mono_ns: 0,
        }
    } else {
        Kind::ProcessOutput {
            stream: "stdout".to_owned(),
            text: format!("line {seq}"),
        }
    };
    Event {
        seq,
        at_ns: seq * 10,
        source: Source::Run,
        worker: None,
        pid: None,
        host_pid: None,
        task: None,
        object: None,
        parts: Vec::new(),
        re: None,
        kind,
    }
}
