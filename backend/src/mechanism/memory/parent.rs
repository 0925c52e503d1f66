//! The parent: makes the memory with the guard in it, and the others. It keeps nothing of it, and can come back by name.

use super::{
    guarded,
    hands::Hands,
    reader::reader,
    way::{Way, make},
    writer::{carry_out, writer},
};
use crate::{
    sys::{
        calls::{Fd, close, wait_for},
        pipeline::socketpair,
        segment::send_descriptor,
    },
    worker::{Born, Names, Worker, wire::Command},
};
use nix::errno::Errno;
use serde_json::json;
use shared::mechanism::memory::{Kind, Params};

pub(super) fn parent(mut me: Worker, kind: Kind, params: &Params, names: &Names) -> i32 {
    let way = Way::new(kind, names);
    let wrong = way.wrong(names);
    // What has a name is there before the others are; they come to it by that name.
    if kind != Kind::Memfd
        && let Err(errno) = make_it(&way, params)
    {
        me.failed("make", errno);
        return 1;
    }

    // The children are born without a memfd: each gets it over a socket of its own, as a stranger would.
    let mut sockets = Vec::new();
    let writers = usize::try_from(params.writers).unwrap_or(1);
    for number in 1..=writers + 1 {
        let role = if number <= writers {
            "writer"
        } else {
            "reader"
        };
        let pair = match kind {
            Kind::Memfd => socketpair(),
            Kind::Shm | Kind::Mapped | Kind::Sysv => Ok([-1; 2]),
        };
        let [mine, its] = match pair {
            Ok(pair) => pair,
            Err(errno) => {
                me.failed("socketpair", errno);
                return 1;
            }
        };
        let born = me.fork(number, role);
        if let Ok(Born::Child | Born::Python) = born {
            let way = if kind == Kind::Memfd {
                close_all(&mut me, sockets.iter().copied().chain([mine]));
                Way::Memfd(its)
            } else {
                way
            };
            if matches!(born, Ok(Born::Python)) {
                return become_python(me, role, number, &way, &wrong, params);
            }
            let hands = Hands::new(number, &way, &wrong, params);
            return if role == "writer" {
                writer(me, hands)
            } else {
                reader(me, hands)
            };
        }
        if let Err(errno) = born {
            me.failed("fork", errno);
        }
        if kind == Kind::Memfd {
            close_all(&mut me, [its]);
            sockets.push(mine);
        }
    }
    if kind == Kind::Memfd
        && let Err(errno) = hand_out(&way, params, &sockets)
    {
        me.failed("memfd", errno);
        return 1;
    }

    let mut hands = Hands::new(0, &way, &wrong, params);
    while let Some(command) = me.command() {
        match &command {
            Command::Wait { pid } => match wait_for(*pid) {
                Ok(status) => me.reaped(status),
                Err(errno) => me.failed("wait4", errno),
            },
            Command::Act(_) => carry_out(&mut me, &mut hands, &command),
            Command::Send { .. } | Command::Fork { .. } => {}
        }
    }
    0
}

/// Makes the memory and its guard, and lets go of it again: its name keeps it.
fn make_it(way: &Way, params: &Params) -> Result<Option<Fd>, Errno> {
    let (memory, fd) = make(way, usize::try_from(params.size).unwrap_or(0))?;
    guarded::make(&memory, params.guard)?;
    memory.unmap()?;
    Ok(fd)
}

/// Without a name there is only the descriptor: a copy of it for each, and then the parent's own is not needed any more.
fn hand_out(way: &Way, params: &Params, sockets: &[Fd]) -> Result<(), Errno> {
    let Some(fd) = make_it(way, params)? else {
        return Ok(());
    };
    for socket in sockets {
        send_descriptor(*socket, fd)?;
        close(*socket)?;
    }
    close(fd)
}

fn close_all(me: &mut Worker, fds: impl IntoIterator<Item = Fd>) {
    for fd in fds {
        if let Err(errno) = close(fd) {
            me.failed("close", errno);
        }
    }
}

/// The role in Python is told the way, and does the rest itself.
fn become_python(
    me: Worker,
    role: &str,
    number: usize,
    way: &Way,
    wrong: &Way,
    params: &Params,
) -> i32 {
    let source = match role {
        "writer" => include_str!("writer.py"),
        _ => include_str!("reader.py"),
    };
    let named = |way: &Way| match way {
        Way::Shm(name) => json!({"shm": name}),
        Way::Memfd(socket) => json!({"memfd": socket}),
        Way::Mapped(path) => json!({"mapped": path}),
        Way::Sysv(key) => json!({"sysv": key}),
    };
    let letter = char::from(shared::mechanism::memory::letter(number));
    let args = json!({
        "way": named(way),
        "wrong": named(wrong),
        "letter": letter,
        "params": params,
        "modules": {"hands": include_str!("hands.py")},
    });
    me.become_python(source, &args)
}
