//! The model against a real pipe.

use super::*;
use nix::{
    errno::Errno,
    fcntl::OFlag,
    unistd::{pipe2, read, write},
};
use proptest::prelude::*;
use rustix::{io::ioctl_fionread, pipe::fcntl_setpipe_size};
use std::os::fd::OwnedFd;

fn pipe(capacity: usize, packets: bool) -> (OwnedFd, OwnedFd, SlotModel) {
    let direct = if packets {
        OFlag::O_DIRECT
    } else {
        OFlag::empty()
    };
    let (reader, writer) = pipe2(OFlag::O_NONBLOCK | OFlag::O_CLOEXEC | direct).unwrap();
    let capacity = fcntl_setpipe_size(&writer, capacity).unwrap();
    (
        reader,
        writer,
        SlotModel::new(u64::try_from(capacity).unwrap()),
    )
}

fn done(result: nix::Result<usize>) -> u64 {
    match result {
        Ok(n) => u64::try_from(n).unwrap(),
        Err(Errno::EAGAIN) => 0,
        Err(errno) => panic!("{errno}"),
    }
}

#[test]
fn as_many_writes_fit_as_into_a_real_pipe() {
    for (size, packets, expected) in [
        (1, false, 65_536),
        (2049, false, 16),
        (4095, false, 16),
        (4096, false, 16),
        (100, false, 640),
        (1, true, 16),
        (4096, true, 16),
    ] {
        let (_reader, writer, mut model) = pipe(65_536, packets);
        let (mut real, mut modeled) = (0u32, 0u32);
        while done(write(&writer, &vec![0; size])) > 0 {
            real += 1;
        }
        while model.put(u64::try_from(size).unwrap(), packets) > 0 {
            modeled += 1;
        }
        assert_eq!(
            (modeled, model.bytes()),
            (real, ioctl_fionread(&writer).unwrap()),
            "{size} bytes, packets: {packets}"
        );
        assert_eq!(
            (real, model.used(), model.slots()),
            (expected, 16, 16),
            "{size} bytes, packets: {packets}"
        );
    }
}

#[test]
fn a_write_that_waits_is_in_as_far_as_there_is_room() {
    let mut model = SlotModel::new(65_536);
    model.enters(7, 100_000, false);
    model.enters(8, 10, false);
    assert_eq!((model.bytes(), model.used()), (65_536, 16));
    model.took(4096);
    assert_eq!(
        (model.bytes(), model.used()),
        (65_536, 16),
        "the next page is in"
    );
    model.returned(7, 69_632);
    assert_eq!(model.bytes(), 65_536, "a freeze cut it short");
    model.took(65_536);
    assert_eq!((model.bytes(), model.used()), (10, 1), "the other's turn");
    model.returned(8, 10);
    model.took(10);
    assert_eq!((model.bytes(), model.used()), (0, 0));
}

#[test]
fn a_large_write_is_cut_in_two_by_another() {
    let mut model = SlotModel::new(4096);
    model.enters(1, 10_000, false);
    model.enters(2, 100, false);
    let held = |model: &mut SlotModel, bytes| {
        model.took(bytes);
        model.bytes()
    };
    // As seen on a real pipe: 8,192 bytes of the first, 100 of the second, the last 1,808 of the first.
    assert_eq!(held(&mut model, 4096), 4096);
    assert_eq!(held(&mut model, 4096), 100);
    assert_eq!(held(&mut model, 100), 1808);
}

#[test]
fn what_is_told_late_or_wrongly_does_no_harm() {
    let mut model = SlotModel::new(4096);
    model.enters(7, 8192, false);
    model.returned(7, 8192);
    model.took(1 << 40);
    model.returned(7, 5);
    model.enters(7, 4096, false);
    model.returned(7, 0);
    assert_eq!((model.bytes(), model.used()), (0, 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Any non-blocking writes and reads: the same results, the same bytes, step by step.
    #[test]
    fn any_course_is_that_of_a_real_pipe(
        pages in 0u32..4,
        packets: bool,
        steps in proptest::collection::vec((any::<bool>(), prop_oneof![1usize..200, 4000usize..4200, 1usize..20_000]), 1..60),
    ) {
        let (reader, writer, mut model) = pipe(4096 << pages, packets);
        for (writes, size) in steps {
            if writes {
                let real = done(write(&writer, &vec![0; size]));
                prop_assert_eq!(model.put(u64::try_from(size).unwrap(), packets), real);
            } else {
                model.took(done(read(&reader, &mut vec![0; size])));
            }
            prop_assert_eq!(model.bytes(), ioctl_fionread(&writer).unwrap());
        }
    }
}
