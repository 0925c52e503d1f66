//! The cable between two machines: where its ends are, and whether it is in.

use super::figure;
use crate::mechanism::pipe::Figure;
use shared::state::RunState;

/// A cable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cable {
    /// Address at the end of the clients' machine.
    pub there: String,
    /// Address at the end of the server's.
    pub here: String,
    /// 0 of one that is pulled: nothing comes through. Absent where nobody has looked.
    pub up: Option<Figure>,
    /// The run is over, and with it both machines.
    pub removed: bool,
}

impl Cable {
    /// Nothing comes through.
    pub fn pulled(&self) -> bool {
        self.up.as_ref().is_some_and(|up| up.value == 0)
    }
}

/// The cable of a run on two machines.
pub(super) fn cable(run: &RunState) -> Option<Cable> {
    let mut objects = run.objects.iter();
    let object = objects.find(|object| object.object_type == "cable")?;
    let end = |number: usize| object.names.get(number).cloned().unwrap_or_default();
    Some(Cable {
        there: end(1),
        here: end(0),
        up: figure(object, "up"),
        removed: object.removed,
    })
}
