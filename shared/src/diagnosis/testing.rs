//! Runs for tests: told event by event, folded as a real one.

use crate::{
    event::{
        Counts, End, Event, Holder, Kind, Origin, Outcome, Part, Preview, ProcState, Reading,
        Source, Wait,
    },
    ids::{MsgId, ObjectId, WorkerId},
    os::{Errno, Signal},
    state::{RunState, apply},
};

/// A run in the making.
pub(crate) struct Story {
    pub(crate) state: RunState,
    pub(crate) events: Vec<Event>,
}

impl Story {
    /// A run that has begun.
    pub(crate) fn empty() -> Self {
        let mut story = Self {
            state: RunState::default(),
            events: Vec::new(),
        };
        story.tell(
            Source::Run,
            None,
            Vec::new(),
            Kind::RunStarted {
                entry: "pipe".to_owned(),
                variant: "anonymous".to_owned(),
                params: crate::catalog::entry("pipe")
                    .unwrap()
                    .params(&std::collections::BTreeMap::new())
                    .unwrap(),
                xray: true,
                xray_off: None,
                host: "Linux".to_owned(),
                mono_ns: 0,
            },
        );
        story
    }

    /// A run with a parent, writer A, reader B and a pipe between them.
    pub(crate) fn pipe() -> Self {
        let mut story = Self::empty();
        story.started("parent").started("writer").started("reader");
        story.tell(
            Source::Call,
            None,
            Vec::new(),
            Kind::ObjectCreated {
                object_type: "pipe".to_owned(),
                name: None,
            },
        );
        story.holds(&[("writer", 4, "w"), ("reader", 3, "r")]);
        story
    }

    pub(crate) fn tell(
        &mut self,
        source: Source,
        worker: Option<&str>,
        parts: Vec<Part>,
        kind: Kind,
    ) -> &mut Self {
        let seq = self.state.seq + 1;
        let event = Event {
            seq,
            at_ns: seq * 1000,
            source,
            worker: worker.map(WorkerId::from),
            pid: worker.map(|name| match name {
                "parent" => 2,
                "writer" => 3,
                _ => 4,
            }),
            host_pid: worker.map(|_| 4000),
            task: None,
            object: Some(ObjectId::from("pipe:[7]")),
            parts,
            re: None,
            kind,
        };
        apply(&mut self.state, &event);
        self.events.push(event);
        self
    }

    pub(crate) fn started(&mut self, role: &str) -> &mut Self {
        self.tell(
            Source::Process,
            Some(role),
            Vec::new(),
            Kind::ProcessStarted {
                role: role.to_owned(),
                parent: 1,
                language: None,
            },
        )
    }

    pub(crate) fn holds(&mut self, holders: &[(&str, i32, &str)]) -> &mut Self {
        let holder = |(worker, fd, end): &(&str, i32, &str)| Holder {
            worker: WorkerId::from(*worker),
            fd: *fd,
            end: if *end == "r" { End::Read } else { End::Write },
        };
        let holders = holders.iter().map(holder).collect();
        self.tell(Source::Gauge, None, Vec::new(), Kind::held_by(holders))
    }

    pub(crate) fn gauge(&mut self, figure: &str, value: u64, max: u64) -> &mut Self {
        let reading = Reading {
            figure: figure.to_owned(),
            value,
            max: Some(max),
            origin: Origin::Live,
            how: "FIONREAD".to_owned(),
        };
        self.tell(
            Source::Gauge,
            None,
            Vec::new(),
            Kind::Gauge {
                readings: vec![reading],
            },
        )
    }

    pub(crate) fn sleeps(&mut self, worker: &str, why: Wait) -> &mut Self {
        let kind = Kind::ProcessState {
            state: ProcState::Asleep,
            because: Some(why),
            wchan: None,
        };
        self.tell(Source::Gauge, Some(worker), Vec::new(), kind)
    }

    pub(crate) fn sleeps_full(&mut self, worker: &str) -> &mut Self {
        self.sleeps(worker, Wait::PipeFull)
    }

    pub(crate) fn sleeps_empty(&mut self, worker: &str) -> &mut Self {
        self.sleeps(worker, Wait::PipeEmpty)
    }

    pub(crate) fn frozen(&mut self, worker: &str) -> &mut Self {
        let kind = Kind::ProcessState {
            state: ProcState::Frozen,
            because: None,
            wchan: None,
        };
        self.tell(Source::Process, Some(worker), Vec::new(), kind)
    }

    pub(crate) fn killed(&mut self, worker: &str, signal: Signal) -> &mut Self {
        let kind = Kind::ProcessExited {
            code: None,
            signal: Some(signal),
        };
        self.tell(Source::Process, Some(worker), Vec::new(), kind)
    }

    pub(crate) fn exited(&mut self, worker: &str, code: i32) -> &mut Self {
        let kind = Kind::ProcessExited {
            code: Some(code),
            signal: None,
        };
        self.tell(Source::Process, Some(worker), Vec::new(), kind)
    }

    pub(crate) fn finished(&mut self, outcome: Outcome) -> &mut Self {
        let kind = Kind::RunFinished {
            outcome,
            message: None,
            counts: Counts::default(),
        };
        self.tell(Source::Run, None, Vec::new(), kind)
    }

    pub(crate) fn sending(&mut self, worker: &str, msg: MsgId, text: &str) -> &mut Self {
        let len = text.len() as u64;
        let preview = Preview::of(text.as_bytes(), len);
        self.tell(
            Source::Report,
            Some(worker),
            Vec::new(),
            Kind::MessageSending {
                msg,
                fd: 4,
                len,
                preview,
                key: None,
            },
        )
    }

    pub(crate) fn enters(&mut self, worker: &str, name: &str, len: u64) -> &mut Self {
        self.enters_for(worker, name, len, None)
    }

    fn enters_for(&mut self, worker: &str, name: &str, len: u64, msg: Option<MsgId>) -> &mut Self {
        let fd = Some(if name == "read" { 3 } else { 4 });
        let args = vec![len.to_string()];
        let kind = Kind::CallEntered {
            name: name.to_owned(),
            args,
            fd,
            len: Some(len),
            msg,
            data: None,
            line: None,
        };
        self.tell(Source::Call, Some(worker), Vec::new(), kind)
    }

    pub(crate) fn returns(&mut self, worker: &str, name: &str, ret: i64, wanted: u64) -> &mut Self {
        self.comes_back(worker, name, Ok(ret), wanted, None)
    }

    pub(crate) fn fails(&mut self, worker: &str, name: &str, errno: Errno) -> &mut Self {
        self.enters(worker, name, 4096)
            .comes_back(worker, name, Err(errno), 4096, None)
    }

    pub(crate) fn writes(&mut self, worker: &str, msg: MsgId, n: u64) -> &mut Self {
        self.enters_for(worker, "write", n, Some(msg));
        self.comes_back(worker, "write", Ok(i64::try_from(n).unwrap()), n, Some(msg))
    }

    pub(crate) fn reads(&mut self, worker: &str, msg: MsgId, n: u64) -> &mut Self {
        self.enters(worker, "read", 4096);
        self.comes_back(
            worker,
            "read",
            Ok(i64::try_from(n).unwrap()),
            4096,
            Some(msg),
        )
    }

    fn comes_back(
        &mut self,
        worker: &str,
        name: &str,
        result: Result<i64, Errno>,
        wanted: u64,
        msg: Option<MsgId>,
    ) -> &mut Self {
        let now = self
            .state
            .worker(&WorkerId::from(worker))
            .and_then(|worker| worker.now.as_ref());
        let call = now.map_or(0, |now| now.call);
        let moved = u64::try_from(result.unwrap_or(0)).unwrap();
        let parts = msg.filter(|_| moved > 0).map(|msg| Part {
            msg: Some(msg),
            from: 0,
            to: moved,
        });
        let kind = Kind::CallReturned {
            call,
            name: name.to_owned(),
            args: vec![wanted.to_string()],
            fd: None,
            ret: result.ok(),
            errno: result.err(),
            msg,
            data: None,
            took_ns: 1000,
            interrupted: 0,
            key: None,
            into: None,
        };
        self.tell(
            Source::Call,
            Some(worker),
            parts.into_iter().collect(),
            kind,
        )
    }
}
