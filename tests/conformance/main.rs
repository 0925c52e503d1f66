//! The contract of a mechanism, kept by every built variant of the catalog: by roles in Rust, in Python, and mixed, with
//! X-ray and without.
//!
//! A claim is an async function that takes a [`Subject`]; its name is the claim. `common` holds what every variant keeps,
//! a file or folder a mechanism what it promises beyond. Each claim ends by looking for leftovers. The tests are named
//! `pair::xray::variant::claim`, from which the matrix of the README is made.

#![allow(
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test says what is wrong by failing, and looks at the few kinds of events it is about"
)]

mod common;
#[macro_use]
mod memory;
#[macro_use]
mod file;
#[macro_use]
mod pipe;
#[macro_use]
mod queue;
#[macro_use]
mod rpc;
#[macro_use]
mod signal;
#[macro_use]
mod socket;
mod subject;
#[macro_use]
mod zeromq;

use shared::catalog::ENTRIES;
use subject::{Pair, Subject};

/// Makes one test of each claim for one subject.
macro_rules! claims {
    ($subject:expr; $($group:ident: $($claim:ident)*;)*) => {
        $($(
            #[tokio::test]
            async fn $claim() {
                crate::$group::$claim($subject).await;
            }
        )*)*
    };
}

/// What every variant keeps, and those that say they can.
macro_rules! common_claims {
    ($subject:expr) => {
        claims! { $subject;
            common: what_is_sent_arrives
                the_order_is_kept_where_that_is_promised
                one_send_is_one_receive_where_that_is_promised
                several_can_send_where_that_is_promised
                a_frozen_receiver_goes_on_where_it_was
                a_killed_worker_is_reported
                stop_twice_is_the_same_as_once
                what_does_not_exist_is_refused_by_name
                an_idle_worker_told_to_exit_ends_by_itself_at_once
                a_busy_worker_told_to_exit_ends_when_it_comes_back
                both_sides_send_where_that_is_promised
                open_files_are_handed_over_where_that_is_promised
                a_run_that_is_stopped_in_the_middle_leaves_nothing;
        }
    };
}

/// What is seen with X-ray only.
macro_rules! traced_claims {
    ($subject:expr) => {
        claims! { $subject;
            common: every_call_that_is_entered_returns_once_or_dies_with_its_process
                descriptors_of_the_playground_are_never_shown
                a_call_knows_its_line
                the_kernel_copies_each_byte_as_often_as_it_says
                what_was_sent_outlives_its_processes_where_that_is_promised
                it_calls_the_network_where_it_says_that_it_crosses_machines;
        }
    };
}

/// The tests of one variant for one pair of languages.
macro_rules! variant {
    ($module:ident, $entry:literal, $variant:literal, $claims:ident, $pair:ident, $xray:tt) => {
        mod $module {
            const SUBJECT: crate::Subject = crate::Subject {
                entry: $entry,
                variant: $variant,
                pair: crate::Pair::$pair,
                xray: $xray,
            };
            common_claims!(SUBJECT);
            $claims!(SUBJECT);
            by_xray! { $xray
                { traced_claims!(SUBJECT); $claims!(traced SUBJECT); }
                { claims! { SUBJECT; common: without_it_no_call_is_shown; } }
            }
        }
    };
}

/// Items for runs with X-ray, and for runs without.
macro_rules! by_xray {
    (true { $($with:tt)* } { $($without:tt)* }) => { $($with)* };
    (false { $($with:tt)* } { $($without:tt)* }) => { $($without)* };
}

/// Makes a module of tests for every pair of languages, and the list of all variants.
macro_rules! contract {
    ($($module:ident = $entry:literal / $variant:literal, $claims:ident;)*) => {
        mod rust {
            mod traced {
                $(variant!($module, $entry, $variant, $claims, Rust, true);)*
            }
            mod reported {
                $(variant!($module, $entry, $variant, $claims, Rust, false);)*
            }
        }
        mod python {
            mod traced {
                $(variant!($module, $entry, $variant, $claims, Python, true);)*
            }
            mod reported {
                $(variant!($module, $entry, $variant, $claims, Python, false);)*
            }
        }
        mod rust_to_python {
            mod traced {
                $(variant!($module, $entry, $variant, $claims, RustToPython, true);)*
            }
        }
        mod python_to_rust {
            mod traced {
                $(variant!($module, $entry, $variant, $claims, PythonToRust, true);)*
            }
        }

        /// All that the contract is kept for.
        const SUBJECTS: &[(&str, &str)] = &[$(($entry, $variant),)*];
    };
}

// One line a variant: the name of its tests, and the macro with the claims of its mechanism.
contract! {
    file_write = "file" / "write", file_write_claims;
    file_append = "file" / "append", file_append_claims;
    file_rename = "file" / "rename", file_rename_claims;
    file_watched = "file" / "watched", file_watched_claims;
    file_mapped = "file" / "mapped", file_mapped_claims;
    pipe_anonymous = "pipe" / "anonymous", pipe_claims;
    pipe_fifo = "pipe" / "fifo", pipe_claims;
    pipe_python = "pipe" / "python", pair_claims;
    queue_posix = "queue" / "posix", posix_queue_claims;
    queue_sysv = "queue" / "sysv", sysv_queue_claims;
    queue_python = "queue" / "python", python_queue_claims;
    queue_shared = "queue" / "shared", ring_claims;
    signal_signals = "signal" / "signals", signals_claims;
    signal_signalfd = "signal" / "signalfd", signalfd_claims;
    signal_eventfd = "signal" / "eventfd", eventfd_claims;
    signal_semaphore = "signal" / "semaphore", semaphore_claims;
    socket_tcp = "socket" / "tcp", tcp_claims;
    socket_unix_stream = "socket" / "unix-stream", unix_stream_claims;
    socket_udp = "socket" / "udp", udp_claims;
    socket_unix_datagram = "socket" / "unix-datagram", unix_datagram_claims;
    socket_unix_seqpacket = "socket" / "unix-seqpacket", seqpacket_claims;
    socket_socketpair = "socket" / "socketpair", socketpair_claims;
    zeromq_pub_sub = "zeromq" / "pub-sub", pub_sub_claims;
    zeromq_push_pull = "zeromq" / "push-pull", push_pull_claims;
    zeromq_req_rep = "zeromq" / "req-rep", req_rep_claims;
    zeromq_dealer_router = "zeromq" / "dealer-router", dealer_router_claims;
    rpc_xml = "rpc" / "xml", xml_claims;
    rpc_json = "rpc" / "json", json_claims;
    rpc_manager = "rpc" / "manager", manager_claims;
    memory_shm = "shared-memory" / "shm", memory_claims;
    memory_memfd = "shared-memory" / "memfd", memory_claims;
    memory_mapped = "shared-memory" / "mapped", memory_claims;
    memory_sysv = "shared-memory" / "sysv", memory_claims;
}

#[test]
fn the_contract_is_kept_for_all_that_the_catalog_calls_built() {
    let built = ENTRIES.iter().filter(|entry| entry.built);
    let built: Vec<_> = built
        .flat_map(|entry| entry.variants.iter().map(|variant| (entry.id, variant.id)))
        .collect();
    let missing: Vec<_> = built
        .iter()
        .filter(|subject| !SUBJECTS.contains(subject))
        .collect();
    assert!(
        missing.is_empty(),
        "add a line to `contract!` above for {missing:?}"
    );
    assert_eq!(SUBJECTS.len(), built.len(), "each variant once");
}
