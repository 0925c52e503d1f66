use super::{TOKEN, dumps, loads};
use crate::mechanism::rpc::value::Value;

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn bytes(hex: &str) -> Vec<u8> {
    shared::codec::parse_hex(hex).unwrap()
}

/// What `ForkingPickler.dumps` of Python 3.11 makes.
fn of_python() -> Vec<(Value, &'static str)> {
    vec![
        (
            Value::Tuple(vec![
                text("ab"),
                text("__setitem__"),
                Value::Tuple(vec![
                    text("1"),
                    Value::List(vec![Value::Int(1), Value::Float(2.5), Value::None]),
                ]),
                Value::Dict(vec![]),
            ]),
            "8004952f00000000000000288c026162948c0b5f5f7365746974656d5f5f948c0131945d94284b014740040000000000004e6586947d9474942e",
        ),
        (
            Value::Tuple(vec![text("#RETURN"), Value::None]),
            "8004950e000000000000008c072352455455524e944e86942e",
        ),
        (
            Value::Tuple(vec![
                text("#RETURN"),
                Value::Dict(vec![
                    (text("a"), Value::List(vec![Value::Int(1)])),
                    (text("b"), Value::Tuple(vec![])),
                ]),
            ]),
            "8004951f000000000000008c072352455455524e947d94288c0161945d944b01618c016294297586942e",
        ),
        (
            Value::Tuple(vec![
                text("#ERROR"),
                Value::Made("KeyError".to_owned(), vec![text("nope")]),
            ]),
            "8004952f000000000000008c06234552524f52948c086275696c74696e73948c084b65794572726f729493948c046e6f7065948594529486942e",
        ),
        (
            Value::Tuple(vec![
                text("#PROXY"),
                Value::Tuple(vec![
                    Value::Tuple(vec![text("__next__"), text("send")]),
                    Value::Made(
                        TOKEN.to_owned(),
                        vec![
                            text("Iterator"),
                            Value::Tuple(vec![text("127.0.0.1"), Value::Int(5000)]),
                            text("7f"),
                        ],
                    ),
                ]),
            ]),
            "8004956e000000000000008c062350524f5859948c085f5f6e6578745f5f948c0473656e649486948c186d756c746970726f63657373696e672e6d616e6167657273948c05546f6b656e9493942981948c084974657261746f72948c093132372e302e302e31944d881386948c02376694879462869486942e",
        ),
    ]
}

#[test]
fn pickles_are_those_of_python() {
    for (value, hex) in of_python() {
        assert_eq!(dumps(&value), bytes(hex), "{value}");
        assert_eq!(loads(&bytes(hex)).unwrap(), value);
    }
}

#[test]
fn what_is_noted_is_found_again() {
    // ('same', 'same'), and a list with the same list twice.
    let same = loads(&bytes("8004950c000000000000008c0473616d6594680086942e")).unwrap();
    assert_eq!(same.to_string(), "('same', 'same')");
    let list = loads(&bytes("8004950c000000000000005d94285d944b01616801652e")).unwrap();
    assert_eq!(list.to_string(), "[[1], [1]]");
    // What keys() gives.
    let keys = bytes(
        "80049520000000000000008c086275696c74696e73948c046c6973749493945d948c01619461859452942e",
    );
    assert_eq!(loads(&keys).unwrap().to_string(), "['a']");
}

#[test]
fn a_pickle_that_would_run_something_runs_nothing() {
    // posix.system('true'), as protocol 4 has it: a name and what it would be called with.
    let bomb = bytes("80048c05706f736978948c0673797374656d9493948c047472756594859452942e");
    assert_eq!(loads(&bomb).unwrap().to_string(), "posix.system('true')");
    // A list that holds itself has no end.
    assert!(loads(&bytes("80045d946800612e")).is_err());
    // 30 lists, each twice in the next.
    let mut bytes = vec![0x80, 4, b'(', b']', 0x94];
    for n in 0..30 {
        bytes.extend([b']', 0x94, b'(', b'h', n, b'h', n, b'e']);
    }
    bytes.extend([b't', b'.']);
    assert!(loads(&bytes).is_err());
}

#[test]
fn no_bytes_at_all_make_it_panic() {
    let (value, _) = of_python().remove(4);
    let whole = dumps(&value);
    for end in 0..whole.len() {
        assert!(loads(whole.get(..end).unwrap()).is_err());
    }
    proptest::proptest!(|(bytes: Vec<u8>)| { let _any = loads(&bytes); });
}
