//! All lessons, beat by beat, under our tracer and under strace.

use crate::{
    calls::{self, Call},
    strace,
};
use harness::{Cli, program};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// One lesson under strace, which stops every call of every process.
const UNDER_STRACE: Duration = Duration::from_secs(60);

/// All scenarios of all entries, in order.
pub(crate) fn lessons() -> Vec<PathBuf> {
    let top = program::workspace().join("frontend/lessons");
    let entries = fs::read_dir(&top).expect("the lessons");
    let folders = entries.flatten().map(|entry| entry.path());
    let mut files: Vec<_> = folders
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flat_map(|files| files.flatten().map(|file| file.path()))
        .filter(|file| file.extension().is_some_and(|kind| kind == "md"))
        .collect();
    files.sort();
    assert!(files.len() >= 5, "{files:?}");
    files
}

/// Entry and name of a lesson: `pipe/flood`.
pub(crate) fn id(file: &Path) -> String {
    let part = |path: Option<&std::ffi::OsStr>| {
        path.map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    };
    let entry = part(file.parent().and_then(Path::file_name));
    format!("{entry}/{}", part(file.file_stem()))
}

/// The lesson of that entry and name.
fn lesson(word: &str) -> PathBuf {
    let lessons = lessons();
    lessons
        .iter()
        .find(|file| id(file) == word)
        .unwrap_or_else(|| panic!("no lesson {word} in {lessons:?}"))
        .clone()
}

async fn check(file: &Path, more: &[&str]) {
    let mut args = vec![
        "run",
        "--script",
        file.to_str().expect("a plain path"),
        "--check",
    ];
    args.extend(more);
    Cli::new().run(args).await.ok();
}

/// `view`: what of a role's calls must be equal.
async fn compare(file: &Path, view: fn(&[Call]) -> Vec<Call>) {
    let file = file.to_str().expect("a plain path");
    let ours = Cli::new()
        .run(["run", "--script", file, "--json"])
        .await
        .ok()
        .events();
    let mut cli = Cli::new();
    cli.limit = UNDER_STRACE;
    let log = cli.place.tmp.join("strace");
    let observing = [
        "-f",
        "-s",
        "8",
        "-o",
        log.to_str().expect("a plain path"),
        "--",
    ];
    let untraced = cli.place.under(
        "strace",
        observing,
        ["run", "--script", file, "--no-xray", "--json"],
    );
    let events = cli.finish(untraced).await.ok().events();
    let lines = strace::read(&fs::read_to_string(&log).expect("strace wrote its log"));
    let (mine, theirs) = (calls::ours(&ours), calls::theirs(&lines, &events));
    assert!(
        mine.len() >= 2,
        "the parent and somebody else make calls: {mine:?}"
    );
    for (role, calls) in &theirs {
        let mine = mine.get(role).map(Vec::as_slice).unwrap_or_default();
        let mine = &view(&calls::but_questions(mine));
        let calls = &view(&calls::but_questions(calls));
        assert_eq!(
            mine,
            calls,
            "{role} of {file}\n{}",
            calls::beside(mine, calls)
        );
    }
    assert!(
        mine.keys().eq(theirs.keys()),
        "the same roles: {:?} {:?}",
        mine.keys(),
        theirs.keys()
    );
}

/// Makes the tests of one lesson.
macro_rules! lessons {
    ($($name:ident = $word:literal, $view:expr;)*) => {
        $(mod $name {
            #[tokio::test]
            async fn keeps_its_promises_with_xray() {
                super::check(&super::lesson($word), &[]).await;
            }

            #[tokio::test]
            async fn keeps_its_promises_without() {
                super::check(&super::lesson($word), &["--no-xray"]).await;
            }

            #[tokio::test]
            async fn makes_the_calls_that_strace_sees() {
                super::compare(&super::lesson($word), $view).await;
            }
        })*

        #[test]
        fn every_lesson_is_checked() {
            let words = [$($word),*];
            let unchecked: Vec<_> = lessons()
                .into_iter()
                .filter(|file| !words.contains(&id(file).as_str()))
                .collect();
            assert!(unchecked.is_empty(), "add a line for {unchecked:?}");
        }
    };
}

lessons! {
    pipe_first_message = "pipe/first-message", <[_]>::to_vec;
    pipe_fifo_open = "pipe/fifo-open", <[_]>::to_vec;
    pipe_flood = "pipe/flood", crate::calls::merged;
    pipe_forgotten_end = "pipe/forgotten-end", <[_]>::to_vec;
    pipe_reader_dies = "pipe/reader-dies", <[_]>::to_vec;
    pipe_reader_dies_ignored = "pipe/reader-dies-ignored", <[_]>::to_vec;
    pipe_both_ways = "pipe/both-ways", <[_]>::to_vec;
    pipe_cured = "pipe/cured", <[_]>::to_vec;
    pipe_never_ends = "pipe/never-ends", <[_]>::to_vec;
    pipe_one_way = "pipe/one-way", <[_]>::to_vec;
    pipe_pipeline = "pipe/pipeline", <[_]>::to_vec;
    pipe_splice = "pipe/splice", <[_]>::to_vec;
    pipe_tee = "pipe/tee", <[_]>::to_vec;
    pipe_whole_objects = "pipe/whole-objects", <[_]>::to_vec;
    pipe_two_writers = "pipe/two-writers", <[_]>::to_vec;
    file_append = "file/append", <[_]>::to_vec;
    file_counted = "file/counted", crate::calls::kinds;
    file_disk = "file/disk", <[_]>::to_vec;
    file_first_message = "file/first-message", <[_]>::to_vec;
    file_in_python = "file/in-python", <[_]>::to_vec;
    file_locks = "file/locks", <[_]>::to_vec;
    file_mapped = "file/mapped", <[_]>::to_vec;
    file_msync = "file/msync", <[_]>::to_vec;
    file_never_torn = "file/never-torn", crate::calls::kinds;
    file_overwritten = "file/overwritten", <[_]>::to_vec;
    file_polled = "file/polled", crate::calls::kinds;
    file_ranges = "file/ranges", <[_]>::to_vec;
    file_replaced = "file/replaced", <[_]>::to_vec;
    file_shrunk = "file/shrunk", <[_]>::to_vec;
    file_torn_read = "file/torn-read", <[_]>::to_vec;
    file_watched = "file/watched", <[_]>::to_vec;
    queue_cut_to_fit = "queue/cut-to-fit", <[_]>::to_vec;
    queue_first_message = "queue/first-message", <[_]>::to_vec;
    queue_full = "queue/full", <[_]>::to_vec;
    queue_killed_consumer = "queue/killed-consumer", <[_]>::to_vec;
    queue_limits = "queue/limits", crate::calls::names;
    queue_no_wait = "queue/no-wait", <[_]>::to_vec;
    queue_one_receiver = "queue/one-receiver", <[_]>::to_vec;
    queue_outlives = "queue/outlives", <[_]>::to_vec;
    queue_priorities = "queue/priorities", <[_]>::to_vec;
    queue_removed = "queue/removed", <[_]>::to_vec;
    queue_room_in_bytes = "queue/room-in-bytes", <[_]>::to_vec;
    queue_sentinel = "queue/sentinel", <[_]>::to_vec;
    queue_sizes = "queue/sizes", <[_]>::to_vec;
    queue_told_once = "queue/told-once", <[_]>::to_vec;
    queue_too_big = "queue/too-big", <[_]>::to_vec;
    queue_types = "queue/types", <[_]>::to_vec;
    queue_unlinked = "queue/unlinked", <[_]>::to_vec;
    queue_python = "queue/python", <[_]>::to_vec;
    queue_changed_after_put = "queue/changed-after-put", <[_]>::to_vec;
    queue_empty_lies = "queue/empty-lies", <[_]>::to_vec;
    queue_killed_in_get = "queue/killed-in-get", <[_]>::to_vec;
    queue_join_before_get = "queue/join-before-get", <[_]>::to_vec;
    queue_bounded = "queue/bounded", <[_]>::to_vec;
    queue_ring = "queue/ring", <[_]>::to_vec;
    queue_ring_full = "queue/ring-full", <[_]>::to_vec;
    queue_ring_killed_in_get = "queue/ring-killed-in-get", <[_]>::to_vec;
    queue_ring_robust = "queue/ring-robust", <[_]>::to_vec;
    queue_ring_changed = "queue/ring-changed", <[_]>::to_vec;
    queue_ring_empty = "queue/ring-empty", <[_]>::to_vec;
    queue_ring_sentinel = "queue/ring-sentinel", <[_]>::to_vec;
    rpc_at_most_once = "rpc/at-most-once", crate::calls::of_any_size;
    rpc_executed_twice = "rpc/executed-twice", crate::calls::kinds;
    rpc_faults = "rpc/faults", crate::calls::of_any_size;
    rpc_first_message = "rpc/first-message", crate::calls::of_any_size;
    rpc_framing = "rpc/framing", crate::calls::of_any_size;
    rpc_gave_up = "rpc/gave-up", crate::calls::kinds;
    rpc_in_python = "rpc/in-python", crate::calls::kinds;
    rpc_json = "rpc/json", crate::calls::of_any_size;
    rpc_kept = "rpc/kept", crate::calls::kinds;
    rpc_manager = "rpc/manager", crate::calls::kinds_of_sockets;
    rpc_manager_copy = "rpc/manager-copy", crate::calls::kinds_of_sockets;
    rpc_manager_dead_owner = "rpc/manager-dead-owner", crate::calls::kinds_of_sockets;
    rpc_manager_in_python = "rpc/manager-in-python", crate::calls::kinds_of_sockets;
    rpc_manager_key = "rpc/manager-key", crate::calls::kinds_of_sockets;
    rpc_manager_race = "rpc/manager-race", crate::calls::kinds_of_sockets;
    rpc_new_connection = "rpc/new-connection", crate::calls::of_any_size;
    rpc_nobody_listens = "rpc/nobody-listens", crate::calls::kinds;
    rpc_on_the_wire = "rpc/on-the-wire", crate::calls::of_any_size;
    rpc_structured = "rpc/structured", crate::calls::of_any_size;
    rpc_threads = "rpc/threads", crate::calls::kinds;
    rpc_three_callers = "rpc/three-callers", crate::calls::kinds;
    rpc_too_big = "rpc/too-big", crate::calls::of_any_size;
    signal_eventfd = "signal/eventfd", <[_]>::to_vec;
    signal_first_message = "signal/first-message", <[_]>::to_vec;
    signal_interrupted = "signal/interrupted", <[_]>::to_vec;
    signal_isolation = "signal/isolation", <[_]>::to_vec;
    signal_merged_python = "signal/merged-python", <[_]>::to_vec;
    signal_merged = "signal/merged", <[_]>::to_vec;
    signal_semaphore = "signal/semaphore", <[_]>::to_vec;
    signal_signalfd = "signal/signalfd", <[_]>::to_vec;
    signal_unblockable = "signal/unblockable", <[_]>::to_vec;
    socket_accept_queue = "socket/accept-queue", crate::calls::kinds_but_receiving;
    socket_address_in_use = "socket/address-in-use", crate::calls::without_polls;
    socket_any_address = "socket/any-address", crate::calls::without_polls;
    socket_both_ways = "socket/both-ways", crate::calls::without_polls;
    socket_cable_pulled = "socket/cable-pulled", crate::calls::without_polls;
    socket_credentials = "socket/credentials", crate::calls::without_polls;
    socket_datagram_full = "socket/datagram-full", crate::calls::kinds_of_sockets;
    socket_descriptor = "socket/descriptor", crate::calls::without_polls;
    socket_first_message = "socket/first-message", crate::calls::without_polls;
    socket_framed = "socket/framed", crate::calls::kinds_of_sockets;
    socket_full = "socket/full", crate::calls::kinds_of_sockets;
    socket_half_close = "socket/half-close", crate::calls::without_polls;
    socket_in_python = "socket/in-python", crate::calls::kinds_of_sockets;
    socket_many_clients = "socket/many-clients", crate::calls::kinds_of_sockets;
    socket_no_delay = "socket/no-delay", crate::calls::kinds_of_sockets;
    socket_refused = "socket/refused", crate::calls::without_polls;
    socket_relay_delay = "socket/relay-delay", crate::calls::kinds_of_sockets;
    socket_relay_drop = "socket/relay-drop", crate::calls::kinds_of_sockets;
    socket_relay_reorder = "socket/relay-reorder", crate::calls::kinds_of_sockets;
    socket_reset = "socket/reset", crate::calls::without_polls;
    socket_reused = "socket/reused", crate::calls::without_polls;
    socket_seqpacket = "socket/seqpacket", crate::calls::without_polls;
    socket_server_killed = "socket/server-killed", crate::calls::without_polls;
    socket_short_send = "socket/short-send", crate::calls::without_polls;
    socket_small_pieces = "socket/small-pieces", crate::calls::kinds_of_sockets;
    socket_two_machines = "socket/two-machines", crate::calls::without_polls;
    socket_two_sends_one_read = "socket/two-sends-one-read", crate::calls::kinds_of_sockets;
    socket_udp = "socket/udp", crate::calls::without_polls;
    socket_udp_lost = "socket/udp-lost", crate::calls::without_polls;
    socket_udp_nobody = "socket/udp-nobody", crate::calls::without_polls;
    socket_udp_truncated = "socket/udp-truncated", crate::calls::without_polls;
    socket_unix_address = "socket/unix-address", crate::calls::without_polls;
    memory_after_close = "shared-memory/after-close", <[_]>::to_vec;
    memory_atomics = "shared-memory/atomics", <[_]>::to_vec;
    memory_cells = "shared-memory/cells", <[_]>::to_vec;
    memory_first_message = "shared-memory/first-message", <[_]>::to_vec;
    memory_lost_update = "shared-memory/lost-update", <[_]>::to_vec;
    memory_mapped = "shared-memory/mapped", <[_]>::to_vec;
    memory_memfd = "shared-memory/memfd", <[_]>::to_vec;
    memory_mutex = "shared-memory/mutex", crate::calls::kinds;
    memory_name_stays = "shared-memory/name-stays", <[_]>::to_vec;
    memory_overwritten = "shared-memory/overwritten", <[_]>::to_vec;
    memory_owner_killed = "shared-memory/owner-killed", <[_]>::to_vec;
    memory_robust = "shared-memory/robust", <[_]>::to_vec;
    memory_semaphore = "shared-memory/semaphore", <[_]>::to_vec;
    memory_seqlock = "shared-memory/seqlock", <[_]>::to_vec;
    memory_sysv = "shared-memory/sysv", <[_]>::to_vec;
    memory_torn_record = "shared-memory/torn-record", <[_]>::to_vec;
    memory_tracker = "shared-memory/tracker", <[_]>::to_vec;
    memory_unlinked = "shared-memory/unlinked", <[_]>::to_vec;
    zeromq_all_get_it = "zeromq/all-get-it", crate::calls::kinds_of_zeromq;
    zeromq_closed_in_time = "zeromq/closed-in-time", crate::calls::kinds_of_zeromq;
    zeromq_closed_too_early = "zeromq/closed-too-early", crate::calls::kinds_of_zeromq;
    zeromq_first_message = "zeromq/first-message", crate::calls::kinds_of_zeromq;
    zeromq_hwm_drops = "zeromq/hwm-drops", crate::calls::kinds_of_zeromq;
    zeromq_in_python = "zeromq/in-python", crate::calls::kinds_of_zeromq;
    zeromq_killed_with_queue = "zeromq/killed-with-queue", crate::calls::kinds_of_zeromq;
    zeromq_one_by_one = "zeromq/one-by-one", crate::calls::kinds_of_zeromq;
    zeromq_push_sleeps = "zeromq/push-sleeps", crate::calls::kinds_of_zeromq;
    zeromq_reconnects = "zeromq/reconnects", crate::calls::kinds_of_zeromq;
    zeromq_shared_out = "zeromq/shared-out", crate::calls::kinds_of_zeromq;
    zeromq_slow_joiner = "zeromq/slow-joiner", crate::calls::kinds_of_zeromq;
    zeromq_slow_joiner_cured = "zeromq/slow-joiner-cured", crate::calls::kinds_of_zeromq;
    zeromq_topics = "zeromq/topics", crate::calls::kinds_of_zeromq;
    zeromq_transport = "zeromq/transport", crate::calls::kinds_of_zeromq;
    zeromq_twice = "zeromq/twice", crate::calls::kinds_of_zeromq;
    zeromq_who_asked = "zeromq/who-asked", crate::calls::kinds_of_zeromq;
}
