//! Pipe: a byte stream of a bounded size in the kernel, with or without a name. pipe(7), pipe2(2), fifo(7).

use super::{Member, Seat};
use crate::{
    catalog::{Act, Capabilities, Category, Entry, Param, ParamKind, Variant},
    command::Values,
    event::End,
    failure::Failure,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The card.
pub const ENTRY: Entry = Entry {
    id: "pipe",
    title: "Pipe",
    glyph: "═",
    category: Category::Mechanism,
    question: "Who sleeps when it is full?",
    built: true,
    variants: &[
        Variant {
            id: "anonymous",
            title: "Anonymous",
            summary: "A parent makes it with pipe2() and the processes inherit its two ends, as in a shell pipeline.",
            can: Capabilities {
                ordered: true,
                boundaries: false,
                bidirectional: false,
                many_to_many: true,
                crosses_machines: false,
                survives: false,
                passes_descriptors: false,
                copies: 2,
            },
        },
        Variant {
            id: "fifo",
            title: "FIFO",
            summary: "It has a name in the file system; whoever may open the name can join. open() waits for the other side.",
            can: Capabilities {
                ordered: true,
                boundaries: false,
                bidirectional: false,
                many_to_many: true,
                crosses_machines: false,
                survives: false,
                passes_descriptors: false,
                copies: 2,
            },
        },
    ],
    params: PARAMS,
    acts: ACTS,
    send: &[],
};

const PARAMS: &[Param] = &[
    Param {
        id: "writers",
        label: "Writers",
        help: "Processes that write into the same pipe.",
        kind: ParamKind::Number {
            min: 1,
            max: 4,
            default: 1,
            unit: "processes",
        },
        variants: &[],
    },
    Param {
        id: "reader",
        label: "Reader",
        help: "Reads again and again, or only when you say so; a late one does not even open a FIFO before.",
        kind: ParamKind::Choice {
            options: &[
                ("loop", "reads in a loop"),
                ("demand", "reads when told"),
                ("late", "opens and reads when told"),
            ],
        },
        variants: &[],
    },
    Param {
        id: "chunk",
        label: "Read size",
        help: "Most bytes the reader takes with one read().",
        kind: ParamKind::Number {
            min: 1,
            max: 1_048_576,
            default: 4096,
            unit: "bytes",
        },
        variants: &[],
    },
    Param {
        id: "capacity",
        label: "Capacity",
        help: "F_SETPIPE_SZ; 0 keeps what the kernel gave, 65,536 as a rule. Rounded up to a power of two of pages.",
        kind: ParamKind::Number {
            min: 0,
            max: 1_048_576,
            default: 0,
            unit: "bytes",
        },
        variants: &[],
    },
    Param {
        id: "nonblock",
        label: "O_NONBLOCK",
        help: "Calls that would have to wait fail with EAGAIN instead.",
        kind: ParamKind::Flag { default: false },
        variants: &[],
    },
    Param {
        id: "packets",
        label: "O_DIRECT",
        help: "Packet mode: each write of up to 4,096 bytes takes a slot of its own and is read by itself.",
        kind: ParamKind::Flag { default: false },
        variants: &[],
    },
    Param {
        id: "sigpipe",
        label: "SIGPIPE in the writer",
        help: "What happens to it when nobody can read any more: killed, or told EPIPE.",
        kind: ParamKind::Choice {
            options: &[("default", "kills it"), ("ignore", "is ignored")],
        },
        variants: &[],
    },
    Param {
        id: "pace",
        label: "Pace",
        help: "Pause between the messages of a burst.",
        kind: ParamKind::Number {
            min: 0,
            max: 1_000_000,
            default: 0,
            unit: "microseconds",
        },
        variants: &[],
    },
    Param {
        id: "forgotten",
        label: "Forgotten end",
        help: "Which process does not close an end it does not need.",
        kind: ParamKind::Choice {
            options: &[
                ("none", "none: everybody closes theirs"),
                ("reader-write", "the reader keeps a write end"),
                ("parent-write", "the parent keeps a write end"),
                ("writer-read", "the writer keeps a read end"),
            ],
        },
        variants: &[],
    },
];

const ACTS: &[Act] = &[
    Act {
        id: "read",
        label: "Read",
        help: "One read() of at most that many bytes.",
        variants: &[],
        roles: &["reader"],
        args: &[
            Param {
                id: "len",
                label: "Bytes",
                help: "Size of the buffer given to read().",
                kind: ParamKind::Number {
                    min: 1,
                    max: 1_048_576,
                    default: 4096,
                    unit: "bytes",
                },
                variants: &[],
            },
            Param {
                id: "times",
                label: "Times",
                help: "How many reads.",
                kind: ParamKind::Number {
                    min: 1,
                    max: 10_000,
                    default: 1,
                    unit: "",
                },
                variants: &[],
            },
        ],
    },
    Act {
        id: "close",
        label: "Close",
        help: "close() of every descriptor it holds for that end.",
        variants: &[],
        roles: &["writer", "reader", "parent"],
        args: &[Param {
            id: "end",
            label: "End",
            help: "Which end.",
            kind: ParamKind::Choice {
                options: &[("write", "write end"), ("read", "read end")],
            },
            variants: &[],
        }],
    },
];

/// Who takes part: the parent, the writers on the left, the reader on the right.
pub(super) fn cast(_variant: &str, given: &Values) -> Vec<Member> {
    let writers = Params::new(given).map_or(1, |params| params.writers);
    let mut cast = vec![Member::parent()];
    cast.extend((1..=writers).map(|number| Member::numbered("writer", number, Seat::Left, true)));
    cast.push(Member::new("reader", "reader", Seat::Right, false));
    cast
}

/// The two ways to have a pipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// pipe2(2).
    Anonymous,
    /// mkfifo(3).
    Fifo,
}

/// How the reader reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reader {
    /// Again and again, until end-of-file.
    Loop,
    /// Only on command.
    Demand,
    /// Only on command, and a FIFO is not opened before the first.
    Late,
}

/// Who forgets to close which end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Forgotten {
    /// Nobody.
    None,
    /// The reader keeps a write end: it never sees end-of-file.
    ReaderWrite,
    /// The parent keeps a write end.
    ParentWrite,
    /// The writers keep a read end: they never get SIGPIPE.
    WriterRead,
}

/// What SIGPIPE does to a writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SigPipe {
    /// SIG_DFL: it dies.
    Default,
    /// SIG_IGN: write() fails with EPIPE.
    Ignore,
}

/// The parameters as types.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Processes that write.
    pub writers: u64,
    /// How the reader reads.
    pub reader: Reader,
    /// Most bytes a read() takes.
    pub chunk: u64,
    /// F_SETPIPE_SZ, 0 to leave it.
    pub capacity: u64,
    /// O_NONBLOCK on both ends.
    pub nonblock: bool,
    /// O_DIRECT.
    pub packets: bool,
    /// What SIGPIPE does to writers.
    pub sigpipe: SigPipe,
    /// Microseconds between the messages of a burst.
    pub pace: u64,
    /// Who forgets to close what.
    pub forgotten: Forgotten,
}

impl Params {
    /// The parameters given, checked, with defaults for the others.
    ///
    /// # Errors
    /// `bad_param` for the first that does not fit.
    pub fn new(given: &Values) -> Result<Self, Failure> {
        // By hand: a derived reader would be in the page for this alone.
        let checked = ENTRY.params(given)?;
        let number = |id: &str| checked.get(id).and_then(Value::as_u64).unwrap_or_default();
        let flag = |id: &str| checked.get(id).and_then(Value::as_bool).unwrap_or_default();
        let word = |id: &str| checked.get(id).and_then(Value::as_str).unwrap_or_default();
        Ok(Self {
            writers: number("writers"),
            reader: match word("reader") {
                "demand" => Reader::Demand,
                "late" => Reader::Late,
                _ => Reader::Loop,
            },
            chunk: number("chunk"),
            capacity: number("capacity"),
            nonblock: flag("nonblock"),
            packets: flag("packets"),
            sigpipe: if word("sigpipe") == "ignore" {
                SigPipe::Ignore
            } else {
                SigPipe::Default
            },
            pace: number("pace"),
            forgotten: match word("forgotten") {
                "reader-write" => Forgotten::ReaderWrite,
                "parent-write" => Forgotten::ParentWrite,
                "writer-read" => Forgotten::WriterRead,
                _ => Forgotten::None,
            },
        })
    }
}

/// What a learner can have a worker do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum Order {
    /// read(2) of at most `len` bytes, `times` times.
    Read {
        /// Size of the buffer.
        len: u64,
        /// How many reads.
        times: u64,
    },
    /// close(2) of every descriptor for that end.
    Close {
        /// Which end.
        end: End,
    },
}

impl Order {
    /// Checks a verb and its arguments for a worker of that role.
    ///
    /// # Errors
    /// `bad_param` for `do`, `worker` or the argument that does not fit.
    pub fn new(verb: &str, args: &Values, role: &str) -> Result<Self, Failure> {
        let order = ENTRY.order("anonymous", verb, args, role)?;
        serde_json::from_value(Value::Object(order.into_iter().collect()))
            .map_err(|error| Failure::bad_param("args", error.to_string(), "see the catalog"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Forgotten, Order, Params, Reader};
    use crate::command::Values;
    use serde_json::json;

    fn values(json: &serde_json::Value) -> Values {
        serde_json::from_value(json.clone()).unwrap()
    }

    #[test]
    fn defaults_and_text_from_a_url_are_taken() {
        let params = Params::new(&values(
            &json!({"capacity": "4,096", "forgotten": "reader-write"}),
        ))
        .unwrap();
        assert_eq!(
            (params.writers, params.capacity, params.reader),
            (1, 4096, Reader::Loop)
        );
        assert_eq!(params.forgotten, Forgotten::ReaderWrite);
    }

    #[test]
    fn every_choice_is_read_as_its_name_says() {
        for param in super::PARAMS {
            if let crate::catalog::ParamKind::Choice { options } = param.kind {
                for (word, _) in options {
                    let params = Params::new(&values(&json!({param.id: word}))).unwrap();
                    let read = serde_json::to_value(params).unwrap();
                    assert_eq!(read[param.id], *word);
                }
            }
        }
    }

    #[test]
    fn a_wrong_parameter_is_named() {
        for (given, field) in [
            (json!({"writers": 9}), "writers"),
            (json!({"speed": 1}), "speed"),
            (json!({"reader": "x"}), "reader"),
        ] {
            assert_eq!(
                Params::new(&values(&given)).unwrap_err().field.as_deref(),
                Some(field)
            );
        }
    }

    #[test]
    fn a_writer_cannot_read() {
        let refused = Order::new("read", &Values::new(), "writer").unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("worker"));
        assert_eq!(
            Order::new("read", &Values::new(), "reader").unwrap(),
            Order::Read {
                len: 4096,
                times: 1
            }
        );
    }
}
