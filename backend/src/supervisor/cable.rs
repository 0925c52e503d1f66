//! The cable between two machines, as an object: where it goes, and whether it is in, by the kernel's word. Nobody holds it,
//! and no descriptor leads to it.

use super::{
    Supervisor,
    journal::{Fact, Journal},
};
use crate::sys::machines::Machines;
use shared::{
    command::Effect,
    event::{Kind, Origin, Reading, Source},
    failure::{Code, Failure},
    ids::{ObjectId, RequestId},
};
use std::net::Ipv4Addr;

/// What it is, and what it is called: a run has one.
const CABLE: &str = "cable";

fn tell(journal: &mut Journal, source: Source, kind: Kind) {
    journal.tell(Fact::new(source, kind).object(Some(ObjectId::new(CABLE))));
}

/// It is there, with these addresses at its ends, the server's first.
pub(super) fn made(journal: &mut Journal, machines: &Machines, ends: [Ipv4Addr; 2]) {
    let kind = Kind::ObjectCreated {
        object_type: CABLE.to_owned(),
        name: None,
    };
    tell(journal, Source::Run, kind);
    let kind = Kind::ObjectState {
        holders: Vec::new(),
        names: ends.iter().map(Ipv4Addr::to_string).collect(),
        mappings: Vec::new(),
        locks: Vec::new(),
        offsets: Vec::new(),
        peer: None,
        socket: None,
    };
    tell(journal, Source::Run, kind);
    look(journal, machines);
}

/// Whether it is in: what the kernel says of the interface that can be taken down.
fn look(journal: &mut Journal, machines: &Machines) {
    let Ok(plugged) = machines.plugged() else {
        return;
    };
    let up = Reading {
        figure: "up".to_owned(),
        value: plugged.into(),
        max: None,
        origin: Origin::Live,
        how: "RTM_GETLINK".to_owned(),
    };
    let readings = vec![up];
    tell(journal, Source::Gauge, Kind::Gauge { readings });
}

impl Supervisor {
    /// Takes the cable between the two machines down or up: the server's end of it, so that the act is told of the server.
    pub(super) fn cable(
        &mut self,
        re: Option<RequestId>,
        verb: &str,
        plugged: bool,
    ) -> Result<Effect, Failure> {
        let Some(machines) = &self.machines else {
            let message = "there is one machine, and no cable";
            let hint = "start the run with machines=two";
            return Err(Failure::bad_param("do", message, hint));
        };
        machines.cable(plugged).map_err(|error| {
            let message = format!("{verb} failed: {error}");
            Failure::new(Code::Internal, message, "try again")
        })?;
        let at = self
            .crew
            .hands
            .iter()
            .position(|hand| hand.role == "server");
        let verb = verb.to_owned();
        let done = self.crew[at.unwrap_or(0)].fact(Source::Run, Kind::CommandDone { verb });
        self.journal.tell(done.re(re));
        look(&mut self.journal, machines);
        Ok(Effect::Done)
    }
}
