//! The contract of a mechanism, written once and kept by every built variant of the catalog, with X-ray and without.
//!
//! A claim is an async function that takes a [`Subject`]; its name is the claim. Each ends by looking for leftovers.

#![allow(
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test says what is wrong by failing, and looks at the few kinds of events it is about"
)]

mod capacity;
mod control;
mod delivery;
mod ending;
mod subject;
mod xray;

use shared::catalog::ENTRIES;
use subject::Subject;

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

/// Makes a module of tests for every subject, and the list of them.
macro_rules! contract {
    ($($module:ident = $entry:literal / $variant:literal,)*) => {
        $(mod $module {
            mod traced {
                every_claim!(crate::Subject { entry: $entry, variant: $variant, xray: true });
                claims! { crate::Subject { entry: $entry, variant: $variant, xray: true };
                    xray: every_call_that_is_entered_returns_once_or_dies_with_its_process
                        a_message_knows_its_calls_on_both_sides
                        descriptors_of_the_playground_are_never_shown;
                }
            }
            mod reported {
                every_claim!(crate::Subject { entry: $entry, variant: $variant, xray: false });
                claims! { crate::Subject { entry: $entry, variant: $variant, xray: false };
                    xray: without_it_no_call_is_shown;
                }
            }
        })*

        /// All that the contract is kept for.
        const SUBJECTS: &[(&str, &str)] = &[$(($entry, $variant),)*];
    };
}

/// The contract.
macro_rules! every_claim {
    ($subject:expr) => {
        claims! { $subject;
            delivery: delivers_what_was_sent_byte_for_byte
                keeps_the_order
                reads_as_much_as_was_asked_for
                two_writers_do_not_mix_messages_of_pipe_buf
                packets_keep_their_boundaries;
            capacity: blocks_when_full_and_drains_after_resume
                a_smaller_capacity_is_full_earlier
                without_waiting_a_full_pipe_says_eagain
                a_message_larger_than_the_pipe_goes_in_parts
                small_writes_share_a_page;
            ending: end_of_file_comes_after_the_last_write_end_closes
                end_of_file_never_comes_while_the_reader_forgot_a_write_end
                end_of_file_waits_for_a_forgetful_parent
                a_killed_reader_gives_the_writer_sigpipe
                a_writer_that_ignores_sigpipe_gets_epipe
                a_writer_that_forgot_a_read_end_never_learns
                a_killed_writer_is_reported_and_closes_its_end;
            control: a_freeze_shortens_a_blocked_write_at_most_once
                a_frozen_worker_says_so_and_goes_on
                stop_twice_is_the_same_as_once
                what_does_not_exist_is_refused_by_name
                a_command_to_a_sleeping_worker_waits
                a_message_right_after_the_start_is_not_lost
                a_run_that_is_stopped_in_the_middle_leaves_nothing;
        }
    };
}

contract! {
    anonymous = "pipe" / "anonymous",
    fifo = "pipe" / "fifo",
}

#[test]
fn the_contract_is_kept_for_all_that_the_catalog_calls_built() {
    let built = ENTRIES.iter().filter(|entry| entry.built);
    let built: Vec<_> = built
        .flat_map(|entry| entry.variants.iter().map(|variant| (entry.id, variant.id)))
        .collect();
    assert_eq!(
        SUBJECTS, built,
        "add a line to `contract!` above for every new variant"
    );
}
