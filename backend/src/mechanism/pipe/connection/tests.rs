use super::{Connection, Trouble};
use crate::sys::{
    calls::{Fd, close, pipe2, write},
    pipeline::socketpair,
};
use nix::{errno::Errno, fcntl::OFlag};
use shared::pickle::Object;

fn pair() -> (Connection, Connection) {
    let [one, other] = socketpair().unwrap();
    (
        Connection::new(one, true, true),
        Connection::new(other, true, true),
    )
}

#[test]
fn objects_come_out_whole_and_one_by_one_both_ways() {
    let (mut left, mut right) = pair();
    let objects = [
        Object::Text("hello".to_owned()),
        Object::Bytes(vec![0; 20_000]),
        Object::None,
    ];
    for object in &objects {
        let wire = Connection::wire(object);
        assert_eq!(left.send(&wire), (wire.len(), None));
    }
    for object in &objects {
        assert_eq!(
            right.recv().unwrap(),
            (Connection::wire(object), object.clone())
        );
    }
    let back = Connection::wire(&Object::Int(7));
    right.send(&back);
    assert_eq!(left.recv().unwrap().1, Object::Int(7));
    left.close().unwrap();
    right.close().unwrap();
}

#[test]
fn without_duplex_each_side_has_one_direction() {
    let [read, write]: [Fd; 2] = pipe2(OFlag::empty()).unwrap();
    let (mut receiver, mut sender) = (
        Connection::new(read, true, false),
        Connection::new(write, false, true),
    );
    let wire = Connection::wire(&Object::None);
    assert_eq!(
        receiver.send(&wire),
        (0, Some(Trouble::Refused("connection is read-only")))
    );
    assert_eq!(
        sender.recv(),
        Err(Trouble::Refused("connection is write-only"))
    );
    sender.close().unwrap();
    assert_eq!(receiver.recv(), Err(Trouble::EndOfFile));
    receiver.close().unwrap();
    assert_eq!(receiver.recv(), Err(Trouble::Refused("handle is closed")));
}

#[test]
fn what_is_no_object_is_an_error_with_words() {
    let [one, other] = socketpair().unwrap();
    let mut right = Connection::new(other, true, true);
    // The length says five bytes; what follows names a class.
    write(one, b"\0\0\0\x05cos\nx").unwrap();
    let Err(Trouble::Unreadable(why)) = right.recv() else {
        panic!("a class was made");
    };
    assert!(why.contains("opcode 0x63"), "{why}");
    // A length that nobody can mean.
    write(one, &[0x7f, 0xff, 0xff, 0xff]).unwrap();
    assert!(matches!(right.recv(), Err(Trouble::Unreadable(why)) if why.contains("2147483647")));
    // The end in the middle of an object.
    write(one, b"\0\0\0\x05co").unwrap();
    close(one).unwrap();
    assert_eq!(right.recv(), Err(Trouble::Cut));
    assert_eq!(right.recv(), Err(Trouble::EndOfFile));
    right.close().unwrap();
}

#[test]
fn sending_to_nobody_says_why() {
    let (mut left, mut right) = pair();
    right.close().unwrap();
    let wire = Connection::wire(&Object::None);
    // Rust programs ignore SIGPIPE, as Python's do.
    assert_eq!(
        left.send(&wire),
        (0, Some(Trouble::Call("write", Errno::EPIPE)))
    );
    left.close().unwrap();
}
