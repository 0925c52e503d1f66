//! What happens when somebody dies: worker, supervisor, spawner, server, browser. Each with X-ray and without, started
//! by us (root, where the tests run as root) and by a user without privileges.
//!
//! The faults, and where each is tried:
//!
//! | fault | tests |
//! | --- | --- |
//! | a worker is killed | `killed`, `boxed::figures::a_killed_worker_…`, `boxed::crowd` |
//! | process 1 of a box is killed | `killed`, `leftovers`, `boxed::figures::with_process_1_…`, `boxed::crowd` |
//! | spawner or server is killed, or both | `killed`, `boxed::crowd`: beside many boxes |
//! | the browser is closed, the network is cut | `browser` |
//! | very many boxes at once | `boxed::crowd`, a thousand with `--long` |
//! | very many runs, one after the other | `boxed::figures::after_many_runs_…`, ten thousand with `--long` |
//! | bombs: processes, descriptors, memory, files, queues | `boxed::bombs`; what each is told: `limits` |
//! | a bomb of computing | `boxed::noisy`; the end of its time: `limits` |
//! | ways out of a box | `boxed::escape`, at level basic too |
//! | giant messages | `web::giant` |
//! | a reader that is slow | `web::slow` |
//! | connections by the hundred, or silent ones | `web::many` |
//! | more facts than the server takes | `flood` |
//! | frames that are broken | `web::frames`; `protocol::fuzz` |
//! | paths and names that lead elsewhere | `web::path` |
//! | foreign pages, names, tokens | `web::foreign` |
//! | a tracer is killed; who is traced becomes a program, has threads, is frozen | `boxed::traced`; `oracle`: the calls strace sees |
//! | a host without user namespaces | `boxed::host` |
//! | a clock that jumps, a full disk, no descriptors | `web::starved` |
//! | SIGTERM | `stopped` |
//! | what boxes of one user share: pipes, inotify, queues | `boxed::shared` |

#![allow(
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test says what is wrong by failing, and looks at the few kinds of events it is about"
)]

mod boxed;
mod browser;
mod cable;
mod case;
mod class;
mod flood;
mod killed;
mod leftovers;
mod limits;
mod stopped;
mod unborn;
mod watchers;
mod web;

use case::Case;
use harness::Account;

/// Prints what was measured, for whoever reads the output of the tests.
#[expect(
    clippy::print_stdout,
    reason = "a promise with a figure shows the figure"
)]
fn figure(what: &str, value: impl std::fmt::Display) {
    println!("figure: {what}: {value}");
}

/// Makes one test of each fault for one case.
macro_rules! faults {
    ($case:expr; $($group:ident: $($fault:ident)*;)*) => {
        $($(
            #[tokio::test]
            async fn $fault() {
                crate::$group::$fault($case).await;
            }
        )*)*
    };
}

/// Makes a module of tests for every case.
macro_rules! cases {
    ($($module:ident = $account:ident $xray:literal;)*) => {
        $(mod $module {
            faults! { crate::Case { account: crate::Account::$account, xray: $xray };
                killed: a_killed_worker_is_told_and_the_others_go_on
                    a_killed_parent_is_told
                    with_the_supervisor_its_run_dies_and_no_other
                    with_the_spawner_everything_dies_and_the_server_says_so
                    with_the_server_everything_dies
                    with_spawner_and_server_at_once_everything_dies;
                leftovers: of_a_killed_supervisor_no_name_and_no_key_stays;
                limits: a_file_that_grows_too_large_is_told a_full_tmp_of_a_box_is_told
                    a_process_that_opens_too_much_is_told
                    a_process_that_maps_too_much_is_told
                    a_run_that_forks_too_much_is_told
                    a_process_that_computes_too_long_is_told;
                unborn: a_role_that_dies_before_it_has_begun_ends_the_run;
                stopped: a_server_that_is_asked_to_stop_tells_everybody;
                cable: what_listens_on_one_machine_only_is_refused_to_the_other
                    what_is_sent_into_a_pulled_cable_is_sent_again
                    datagrams_cross_it_too
                    with_one_machine_there_is_no_cable;
                browser: a_run_outlives_its_connection_and_is_taken_up_again
                    a_run_that_nobody_comes_back_to_is_reclaimed;
            }
        })*
    };
}

cases! {
    ours_traced = Ours true;
    ours_reported = Ours false;
    plain_traced = Plain true;
    plain_reported = Plain false;
}
