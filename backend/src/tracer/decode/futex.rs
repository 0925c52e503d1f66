//! futex(2): waiting for a word in memory to change, and waking those who wait. Only the operations that libraries use
//! are told apart; the flags come with the operation.

use super::{
    Context,
    numbers::{address, low},
    time,
};

const PRIVATE: i32 = libc::FUTEX_PRIVATE_FLAG;
const REALTIME: i32 = libc::FUTEX_CLOCK_REALTIME;

/// What is to be done.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn operation(context: &Context<'_>, at: usize) -> Option<String> {
    let bits = context.int(at);
    let name = match bits & !(PRIVATE | REALTIME) {
        libc::FUTEX_WAIT => "FUTEX_WAIT",
        libc::FUTEX_WAKE => "FUTEX_WAKE",
        libc::FUTEX_REQUEUE => "FUTEX_REQUEUE",
        libc::FUTEX_CMP_REQUEUE => "FUTEX_CMP_REQUEUE",
        libc::FUTEX_WAKE_OP => "FUTEX_WAKE_OP",
        libc::FUTEX_LOCK_PI => "FUTEX_LOCK_PI",
        libc::FUTEX_UNLOCK_PI => "FUTEX_UNLOCK_PI",
        libc::FUTEX_TRYLOCK_PI => "FUTEX_TRYLOCK_PI",
        libc::FUTEX_WAIT_BITSET => "FUTEX_WAIT_BITSET",
        libc::FUTEX_WAKE_BITSET => "FUTEX_WAKE_BITSET",
        _ => return Some(format!("{bits:#x}")),
    };
    let private = if bits & PRIVATE != 0 { "_PRIVATE" } else { "" };
    let realtime = if bits & REALTIME != 0 {
        "|FUTEX_CLOCK_REALTIME"
    } else {
        ""
    };
    Some(format!("{name}{private}{realtime}"))
}

fn plain(context: &Context<'_>) -> i32 {
    context.int(1) & !(PRIVATE | REALTIME)
}

/// What the word should be, or how many to wake.
pub(super) fn value(context: &Context<'_>, at: usize) -> Option<String> {
    match plain(context) {
        libc::FUTEX_LOCK_PI | libc::FUTEX_UNLOCK_PI | libc::FUTEX_TRYLOCK_PI => None,
        _ => Some(low(context.args[at]).to_string()),
    }
}

/// How long to wait, or how many waiters to move.
pub(super) fn timeout(context: &Context<'_>, at: usize) -> Option<String> {
    match plain(context) {
        libc::FUTEX_WAIT | libc::FUTEX_WAIT_BITSET | libc::FUTEX_LOCK_PI => {
            time::timespec(context, at)
        }
        libc::FUTEX_REQUEUE | libc::FUTEX_CMP_REQUEUE | libc::FUTEX_WAKE_OP => {
            Some(low(context.args[at]).to_string())
        }
        _ => None,
    }
}

/// The word whose waiters the others become.
pub(super) fn second(context: &Context<'_>, at: usize) -> Option<String> {
    match plain(context) {
        libc::FUTEX_REQUEUE | libc::FUTEX_CMP_REQUEUE | libc::FUTEX_WAKE_OP => {
            Some(address(context.args[at]))
        }
        _ => None,
    }
}

/// Which waiters, or what the word should be.
pub(super) fn third(context: &Context<'_>, at: usize) -> Option<String> {
    let number = low(context.args[at]);
    match plain(context) {
        libc::FUTEX_WAIT_BITSET | libc::FUTEX_WAKE_BITSET if number == u32::MAX => {
            Some("FUTEX_BITSET_MATCH_ANY".to_owned())
        }
        libc::FUTEX_WAIT_BITSET | libc::FUTEX_WAKE_BITSET | libc::FUTEX_WAKE_OP => {
            Some(format!("{number:#x}"))
        }
        libc::FUTEX_CMP_REQUEUE => Some(number.to_string()),
        _ => None,
    }
}
