//! A producer: opens the queue by its name, and puts each message in, whole, with a priority.

use crate::{
    sys::{
        calls::{Fd, sleep},
        queue::{mq_close, mq_open, mq_send},
    },
    worker::{Worker, wire::Command},
};
use nix::errno::Errno;
use serde_json::Value;
use shared::{
    command::Values,
    ids::MsgId,
    mechanism::queue::posix::{Order, Params},
};
use std::{ffi::CStr, time::Duration};

pub(super) fn producer(mut me: Worker, params: &Params, name: &CStr) -> i32 {
    let wait = if params.nonblock { libc::O_NONBLOCK } else { 0 };
    let queue = match mq_open(name, libc::O_WRONLY | wait) {
        Ok(queue) => queue,
        Err(errno) => {
            me.failed("mq_open", errno);
            return 1;
        }
    };

    while let Some(command) = me.command() {
        match &command {
            Command::Send {
                msg,
                data,
                times,
                args,
            } => {
                let Ok(payload) = data.bytes() else { continue };
                for n in 0..u64::from(*times) {
                    if n > 0
                        && params.crew.pace > 0
                        && let Err(errno) = sleep(Duration::from_micros(params.crew.pace))
                    {
                        me.failed("clock_nanosleep", errno);
                    }
                    let errno = send(&mut me, queue, *msg + n, &payload, priority(args));
                    // What is too long once, is too long always.
                    if matches!(errno, Some(Errno::EBADF | Errno::EMSGSIZE)) {
                        break;
                    }
                }
            }
            Command::Act(_) => {
                if command.order() == Some(Order::Close)
                    && let Err(errno) = mq_close(queue)
                {
                    me.failed("mq_close", errno);
                }
            }
            Command::Wait { .. } | Command::Fork { .. } => {}
        }
    }
    0
}

fn send(me: &mut Worker, queue: Fd, msg: MsgId, payload: &[u8], priority: u32) -> Option<Errno> {
    me.sending_as(msg, queue, payload, Some(i64::from(priority)));
    // All of it goes in, or nothing; when there is no room, this sleeps.
    let errno = mq_send(queue, payload, priority).err();
    let n = if errno.is_none() { payload.len() } else { 0 };
    me.sent(msg, n, errno);
    errno
}

fn priority(args: &Values) -> u32 {
    let given = args.get("priority").and_then(Value::as_u64);
    given
        .and_then(|given| u32::try_from(given).ok())
        .unwrap_or(0)
}
