//! Who takes part in a pipe, and where they stand.

use shared::{
    ids::WorkerId,
    mechanism::pipe::Params,
    state::{RunState, Worker},
};

/// Roles that stand on the left, in front of the write end.
pub fn writes(worker: &Worker) -> bool {
    worker.role == "writer"
}

/// A process that will be there once the run starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Its name.
    pub id: WorkerId,
    /// Its role.
    pub role: &'static str,
    /// Its letter.
    pub letter: Option<char>,
}

/// The processes that a run with these parameters will have.
pub fn expected(run: &RunState) -> Vec<Expected> {
    let writers = Params::new(&run.params).map_or(1, |params| params.writers);
    let letters = 'A'..='Z';
    let mut all: Vec<_> = (1..=writers)
        .zip(letters)
        .map(|(n, letter)| Expected {
            id: WorkerId::new(if n == 1 {
                "writer".to_owned()
            } else {
                format!("writer-{n}")
            }),
            role: "writer",
            letter: Some(letter),
        })
        .collect();
    let last = all.last().and_then(|writer| writer.letter).unwrap_or('A');
    all.push(Expected {
        id: "reader".into(),
        role: "reader",
        letter: char::from_u32(u32::from(last) + 1),
    });
    all.push(Expected {
        id: "parent".into(),
        role: "parent",
        letter: None,
    });
    all
}
