//! What it costs. Printed, with a limit far above what a quiet machine takes, so that only a blunder fails.

use super::*;

const ROUNDS: u32 = 2_000;
/// Two stops a call, tens of microseconds each when tracer and tracee share a core.
const LIMIT: Duration = Duration::from_millis(2);

#[test]
fn ping_pong() {
    let mut world = World::new();
    let ping = make_pipe(libc::O_CLOEXEC);
    let pong = make_pipe(libc::O_CLOEXEC);
    let core = nix::sched::sched_getaffinity(Pid::from_raw(0)).unwrap();
    let mut first = nix::sched::CpuSet::new();
    first
        .set(
            (0..nix::sched::CpuSet::count())
                .find(|cpu| core.is_set(*cpu) == Ok(true))
                .unwrap(),
        )
        .unwrap();
    nix::sched::sched_setaffinity(Pid::from_raw(0), &first).unwrap();
    world.fork(move || {
        let mut buffer = [0; 8];
        for _ in 0..ROUNDS {
            put(ping[1], b"12345678");
            get(pong[0], &mut buffer);
        }
        0
    });
    world.fork(move || {
        let mut buffer = [0; 8];
        for _ in 0..ROUNDS {
            get(ping[0], &mut buffer);
            put(pong[1], &buffer);
        }
        0
    });
    let start = Instant::now();
    world.end();
    let each = start.elapsed() / (ROUNDS * 4);
    println!("{} traced calls, {each:?} each", ROUNDS * 4);
    let calls = world
        .seen
        .iter()
        .filter(|seen| matches!(seen, Seen::Returned { .. }))
        .count();
    assert_eq!(calls, 4 * usize::try_from(ROUNDS).unwrap());
    assert!(each < LIMIT, "{each:?} a call");
    for fd in ping.into_iter().chain(pong) {
        shut(fd);
    }
}
