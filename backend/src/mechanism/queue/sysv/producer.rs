//! A producer: finds the queue by its key, and puts each message in, whole, with a type.

use crate::{
    sys::{
        calls::sleep,
        queue::{Envelope, msgget, msgsnd},
    },
    worker::{Worker, wire::Command},
};
use nix::errno::Errno;
use serde_json::Value;
use shared::{command::Values, ids::MsgId, mechanism::queue::sysv::Params};
use std::time::Duration;

/// A System V queue has no descriptor.
pub(super) const NO_DESCRIPTOR: i32 = -1;

pub(super) fn producer(mut me: Worker, params: &Params, key: i32) -> i32 {
    let queue = match msgget(key, 0) {
        Ok(queue) => queue,
        Err(errno) => {
            me.failed("msgget", errno);
            return 1;
        }
    };
    let flags = if params.nonblock { libc::IPC_NOWAIT } else { 0 };

    while let Some(command) = me.command() {
        let Command::Send {
            msg,
            data,
            times,
            args,
        } = &command
        else {
            continue;
        };
        let Ok(payload) = data.bytes() else { continue };
        let message = Envelope::new(type_of(args), &payload);
        for n in 0..u64::from(*times) {
            if n > 0
                && params.crew.pace > 0
                && let Err(errno) = sleep(Duration::from_micros(params.crew.pace))
            {
                me.failed("clock_nanosleep", errno);
            }
            let errno = send(&mut me, queue, *msg + n, &payload, &message, flags);
            // EINVAL: the queue is gone, or the message is longer than any may be. EIDRM: it was removed meanwhile.
            if matches!(errno, Some(Errno::EINVAL | Errno::EIDRM)) {
                break;
            }
        }
    }
    0
}

fn send(
    me: &mut Worker,
    queue: i32,
    msg: MsgId,
    payload: &[u8],
    message: &Envelope,
    flags: libc::c_int,
) -> Option<Errno> {
    me.sending_as(msg, NO_DESCRIPTOR, payload, Some(message.r#type()));
    // All of it goes in, or nothing; when there is no room, this sleeps.
    let errno = msgsnd(queue, message, flags).err();
    let n = if errno.is_none() { payload.len() } else { 0 };
    me.sent(msg, n, errno);
    errno
}

fn type_of(args: &Values) -> i64 {
    args.get("type").and_then(Value::as_i64).unwrap_or(1)
}
