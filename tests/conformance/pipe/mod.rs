//! What a pipe promises, with and without a name.

mod capacity;
mod control;
mod delivery;
mod ending;
mod pair;
mod xray;

pub(crate) use capacity::*;
pub(crate) use control::*;
pub(crate) use delivery::*;
pub(crate) use ending::*;
pub(crate) use pair::*;
pub(crate) use xray::*;

/// The claims of `pipe/anonymous` and `pipe/fifo`.
macro_rules! pipe_claims {
    ($subject:expr) => {
        claims! { $subject;
            pipe: delivers_what_was_sent_byte_for_byte
                keeps_the_order
                reads_as_much_as_was_asked_for
                two_writers_do_not_mix_messages_of_pipe_buf
                packets_keep_their_boundaries;
            pipe: blocks_when_full_and_drains_after_resume
                a_smaller_capacity_is_full_earlier
                without_waiting_a_full_pipe_says_eagain
                a_message_larger_than_the_pipe_goes_in_parts
                small_writes_share_a_page;
            pipe: end_of_file_comes_after_the_last_write_end_closes
                end_of_file_never_comes_while_the_reader_forgot_a_write_end
                end_of_file_waits_for_a_forgetful_parent
                a_killed_reader_gives_the_writer_sigpipe
                a_writer_that_ignores_sigpipe_gets_epipe
                a_writer_that_forgot_a_read_end_never_learns
                a_killed_writer_is_reported_and_closes_its_end;
            pipe: a_freeze_shortens_a_blocked_write_at_most_once
                a_frozen_worker_says_so_and_goes_on
                a_command_to_a_sleeping_worker_waits
                a_message_right_after_the_start_is_not_lost;
        }
    };
    (traced $subject:expr) => {
        claims! { $subject;
            pipe: a_message_knows_its_calls_on_both_sides;
        }
    };
}

/// The claims of `pipe/python`.
macro_rules! pair_claims {
    ($subject:expr) => {
        claims! { $subject;
            pipe: both_sides_send_and_receive
                objects_of_any_size_come_out_whole_and_one_by_one
                a_receiver_with_both_connections_never_sees_the_end
                with_the_unused_closed_the_end_is_seen
                one_way_refuses_the_other_way_without_a_call
                a_sender_waits_while_too_much_is_unread;
        }
    };
    (traced $subject:expr) => {};
}
