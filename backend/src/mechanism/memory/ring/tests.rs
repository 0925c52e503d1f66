use super::{Consumer, Producer, bytes, format};
use crate::sys::memory::Mapping;
use nix::errno::Errno;
use std::{thread, time::Duration};

fn ring(capacity: u32, size: usize) -> Mapping {
    let memory = Mapping::inherited(bytes(capacity, size)).unwrap();
    format(&memory, capacity, size).unwrap();
    memory
}

#[test]
fn it_is_full_and_empty_when_it_is() {
    let memory = ring(4, 16);
    let (mut producer, mut consumer) = (
        Producer::open(&memory).unwrap(),
        Consumer::open(&memory).unwrap(),
    );
    let mut payload = [0; 16];
    assert!(!consumer.try_pop(&mut payload));
    // More than once around.
    for round in 0..5_u8 {
        for n in 0..4 {
            assert!(producer.try_push(&[round * 4 + n; 16]));
        }
        assert!(!producer.try_push(&[0; 16]));
        for n in 0..4 {
            assert!(consumer.try_pop(&mut payload));
            assert_eq!(payload, [round * 4 + n; 16]);
        }
        assert!(!consumer.try_pop(&mut payload));
    }
    let soon = Some(Duration::from_millis(1));
    assert_eq!(consumer.pop(&mut payload, soon), Err(Errno::ETIMEDOUT));
}

#[test]
fn everything_arrives_once_and_in_order_whoever_has_to_wait() {
    const ALL: u64 = 200_000;
    for capacity in [1, 2, 64] {
        let memory = ring(capacity, 64);
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut producer = Producer::open(&memory).unwrap();
                for n in 0..ALL {
                    let mut payload = [0; 64];
                    payload[..8].copy_from_slice(&n.to_ne_bytes());
                    payload[56..].copy_from_slice(&(!n).to_ne_bytes());
                    producer.push(&payload, None).unwrap();
                }
            });
            let mut consumer = Consumer::open(&memory).unwrap();
            let mut payload = [0; 64];
            for n in 0..ALL {
                consumer.pop(&mut payload, None).unwrap();
                assert_eq!(payload[..8], n.to_ne_bytes(), "capacity {capacity}");
                assert_eq!(payload[56..], (!n).to_ne_bytes(), "capacity {capacity}");
            }
            assert!(!consumer.try_pop(&mut payload));
        });
    }
}

#[test]
fn the_next_consumer_goes_on_where_the_last_left_off() {
    let memory = ring(8, 8);
    let mut producer = Producer::open(&memory).unwrap();
    for n in 0..3_u64 {
        assert!(producer.try_push(&n.to_ne_bytes()));
    }
    let mut payload = [0; 8];
    assert!(Consumer::open(&memory).unwrap().try_pop(&mut payload));
    assert!(Consumer::open(&memory).unwrap().try_pop(&mut payload));
    assert_eq!(payload, 1_u64.to_ne_bytes());
}

#[test]
fn what_is_no_ring_is_refused() {
    let memory = Mapping::inherited(8192).unwrap();
    assert!(Producer::open(&memory).is_err());
    assert_eq!(format(&memory, 3, 64), Err(Errno::EINVAL));
    assert_eq!(format(&memory, 1024, 64), Err(Errno::EINVAL));
    format(&memory, 64, 64).unwrap();
    assert!(Consumer::open(&memory).is_ok());
}
