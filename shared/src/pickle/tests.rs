use super::{Object, Unreadable, dumps, header, length, loads, message};

/// What `python3 -c 'import pickle; print(pickle.dumps(…).hex())'` prints.
const OF_PYTHON: &[(&str, &str)] = &[
    ("'hello'", "80049509000000000000008c0568656c6c6f942e"),
    ("b'hi'", "800495060000000000000043026869942e"),
    ("None", "80044e2e"),
    ("True", "8004882e"),
    ("7", "80044b072e"),
    ("300", "80049504000000000000004d2c012e"),
    ("-1", "80049506000000000000004affffffff2e"),
    ("8589934592", "80049508000000000000008a0500000000022e"),
];

fn object(repr: &str) -> Object {
    match repr {
        "'hello'" => Object::Text("hello".to_owned()),
        "b'hi'" => Object::Bytes(b"hi".to_vec()),
        "None" => Object::None,
        "True" => Object::Bool(true),
        number => Object::Int(number.parse().unwrap()),
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    crate::codec::parse_hex(hex).unwrap()
}

#[test]
fn pickles_are_those_of_python() {
    for (repr, hex) in OF_PYTHON {
        let object = object(repr);
        assert_eq!(dumps(&object), bytes(hex), "{repr}");
        assert_eq!(
            message(&object),
            [header(bytes(hex).len()), bytes(hex)].concat()
        );
        assert_eq!(loads(&bytes(hex)).unwrap(), object);
        assert_eq!(object.to_string(), *repr);
    }
}

#[test]
fn what_is_dumped_is_loaded_at_any_length() {
    for len in [0, 1, 255, 256, 65_535, 65_536, 70_000] {
        for object in [
            Object::Text("x".repeat(len)),
            Object::Bytes(vec![0xff; len]),
        ] {
            assert_eq!(loads(&dumps(&object)).unwrap(), object);
        }
    }
    for n in [
        0,
        255,
        256,
        65_535,
        65_536,
        -1,
        i64::MAX,
        i64::MIN,
        -129,
        1 << 40,
        -(1 << 39),
    ] {
        assert_eq!(loads(&dumps(&Object::Int(n))).unwrap(), Object::Int(n));
    }
}

#[test]
fn a_pickle_that_would_run_a_program_is_refused_by_its_opcode() {
    // posix.system("true")
    let refused = loads(b"cposix\nsystem\n(S'true'\ntR.").unwrap_err();
    assert_eq!(
        refused,
        Unreadable::Opcode {
            at: 0,
            opcode: b'c'
        }
    );
}

#[test]
fn no_bytes_at_all_make_it_panic() {
    let pickle = dumps(&Object::Text("hello".to_owned()));
    for end in 0..pickle.len() {
        assert!(loads(&pickle[..end]).is_err());
    }
    proptest::proptest!(|(bytes: Vec<u8>)| { let _any = loads(&bytes); });
}

#[test]
fn a_header_says_how_long_the_pickle_is() {
    assert_eq!(header(20), [0, 0, 0, 20]);
    assert_eq!(length([0, 0, 0, 20]), Some(20));
    assert_eq!(length([0xff; 4]), None, "the length follows in eight bytes");
    assert_eq!(
        header(1 << 31),
        [255, 255, 255, 255, 0, 0, 0, 0, 128, 0, 0, 0]
    );
}
