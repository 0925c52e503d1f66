//! Who stands where on the stage, for every entry: the catalog's cast says it, before a run and while it lives.

use shared::{
    ids::WorkerId,
    mechanism::{Member, Seat, cast},
    state::{RunState, Worker},
};

/// A place on the stage: of a process, or of one that is still to come.
#[derive(Clone, Debug, PartialEq)]
pub struct Place<'a> {
    /// Its name.
    pub id: WorkerId,
    /// What it is there for.
    pub role: String,
    /// Its letter; the parent has none.
    pub letter: Option<char>,
    /// Left of the kernel, right of it, or below.
    pub seat: Seat,
    /// Messages can be sent by it.
    pub sends: bool,
    /// The process, once it is there.
    pub worker: Option<&'a Worker>,
}

/// The cast of a run, in the order of birth.
pub fn members(run: &RunState) -> Vec<Member> {
    cast(&run.entry, &run.variant, &run.params)
}

/// What the processes of a seat are, in one word for each role: `Writers`, `Clients and relay`.
pub fn named(places: &[Place<'_>], seat: Seat) -> String {
    let mut words: Vec<String> = Vec::new();
    let here: Vec<_> = places.iter().filter(|place| place.seat == seat).collect();
    for (at, place) in here.iter().enumerate() {
        let role = place.role.as_str();
        if here[..at].iter().all(|other| other.role != role) {
            let several = here.iter().filter(|other| other.role == role).count() > 1;
            words.push(format!("{role}{}", if several { "s" } else { "" }));
        }
    }
    let mut name = words.join(" and ");
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    name
}

/// All places of the stage, by letter. Who is still to be born has its place already, so that nothing jumps; a run that is
/// over has nobody to come.
pub fn places(run: &RunState) -> Vec<Place<'_>> {
    let members = members(run);
    let mut places: Vec<Place<'_>> = run
        .workers
        .iter()
        .map(|worker| {
            let member = member_of(&members, worker);
            Place {
                id: worker.id.clone(),
                role: worker.role.clone(),
                letter: worker.letter,
                seat: member.map_or(Seat::Below, |member| member.seat),
                sends: member.is_some_and(|member| member.sends),
                worker: Some(worker),
            }
        })
        .collect();
    if run.finished.is_none() {
        let mut letters = 'A'..='Z';
        for member in members {
            let letter = (member.role != "parent").then(|| letters.next()).flatten();
            if run.worker(&member.id).is_none() {
                places.push(Place {
                    id: member.id,
                    role: member.role.to_owned(),
                    letter,
                    seat: member.seat,
                    sends: member.sends,
                    worker: None,
                });
            }
        }
    }
    shared::sort_few(&mut places, |place| place.letter);
    places
}

/// The place a process has in the cast: its own, or that of its role where the cast did not foresee it.
fn member_of<'a>(members: &'a [Member], worker: &Worker) -> Option<&'a Member> {
    members
        .iter()
        .find(|member| member.id == worker.id)
        .or_else(|| members.iter().find(|member| member.role == worker.role))
}

/// Processes that can send, in the order of birth.
pub fn senders(run: &RunState) -> Vec<WorkerId> {
    let members = members(run);
    let sends = members.into_iter().filter(|member| member.sends);
    sends.map(|member| member.id).collect()
}

#[cfg(test)]
mod tests {
    use super::{Seat, named, places};
    use serde_json::json;
    use shared::state::RunState;

    #[test]
    fn columns_are_called_by_the_roles_in_them() {
        let call = |entry: &str, variant: &str, params: serde_json::Value| {
            let run = RunState {
                entry: entry.to_owned(),
                variant: variant.to_owned(),
                params: serde_json::from_value(params).unwrap(),
                ..RunState::default()
            };
            [Seat::Left, Seat::Right, Seat::Below].map(|seat| named(&places(&run), seat))
        };
        let two = json!({"writers": 2});
        assert_eq!(
            call("pipe", "anonymous", two),
            ["Writers", "Reader", "Parent"]
        );
        assert_eq!(
            call("pipe", "python", json!({})),
            ["Sender", "Receiver", "Parent"]
        );
    }
}
