//! What a return brought: descriptors, a child, a child's end.

use super::{
    Context,
    files::pipe_ends,
    message::Header,
    process::{waited_id, waited4},
    table::{Brings, Payload, Row},
};
use crate::tracer::{Flow, Made, Waited};
use nix::unistd::Pid;
use shared::event::End;

/// Descriptors the call made.
pub(super) fn created(context: &Context<'_>, row: Option<&Row>) -> Vec<Made> {
    let made = || {
        context
            .ret
            .and_then(|ret| i32::try_from(ret).ok())
            .filter(|fd| *fd >= 0)
    };
    let one = |end, of| {
        let made = made().map(|fd| Made {
            fd,
            end,
            of,
            peer: None,
        });
        made.into_iter().collect()
    };
    match row.map(|row| row.brings) {
        Some(Brings::Pipe) if context.ret == Some(0) => pipe_ends(context, context.args[0])
            .map_or_else(Vec::new, |[read, write]| {
                vec![
                    Made {
                        fd: read,
                        end: Some(End::Read),
                        of: None,
                        peer: None,
                    },
                    Made {
                        fd: write,
                        end: Some(End::Write),
                        of: None,
                        peer: None,
                    },
                ]
            }),
        Some(Brings::Pair) if context.ret == Some(0) => pipe_ends(context, context.args[3])
            .map_or_else(Vec::new, |[one, other]| {
                let end = |fd, peer| Made {
                    fd,
                    end: Some(End::Both),
                    of: None,
                    peer: Some(peer),
                };
                vec![end(one, other), end(other, one)]
            }),
        Some(Brings::Rights) if context.filled() => rights(context)
            .into_iter()
            .map(|fd| Made {
                fd,
                end: None,
                of: None,
                peer: None,
            })
            .collect(),
        Some(Brings::Open(flags)) => one(end(context.int(flags)), None),
        Some(Brings::Duplicate) => one(None, Some(context.int(0))),
        Some(Brings::Fcntl) if [libc::F_DUPFD, libc::F_DUPFD_CLOEXEC].contains(&context.int(1)) => {
            one(None, Some(context.int(0)))
        }
        Some(Brings::Endless) => one(None, None),
        Some(Brings::Unless) if context.int(0) < 0 => one(Some(End::Read), None),
        Some(Brings::Readable) => one(Some(End::Read), None),
        Some(Brings::Both) => one(Some(End::Both), None),
        Some(
            Brings::Nothing
            | Brings::Pipe
            | Brings::Pair
            | Brings::Rights
            | Brings::Unless
            | Brings::Fcntl
            | Brings::Child
            | Brings::Wait4
            | Brings::WaitId,
        )
        | None => Vec::new(),
    }
}

/// Descriptors that a successful send passed on.
pub(super) fn passed(context: &Context<'_>, row: Option<&Row>) -> Vec<i32> {
    let sends =
        row.is_some_and(|row| row.flow == Flow::Send && matches!(row.payload, Payload::Header(_)));
    if sends && context.filled() {
        rights(context)
    } else {
        Vec::new()
    }
}

fn rights(context: &Context<'_>) -> Vec<i32> {
    let header = Header::read(context, context.args[1]);
    header.map_or_else(Vec::new, |header| header.rights(context))
}

/// Which way a file is open, by its flags.
fn end(flags: i32) -> Option<End> {
    match flags & libc::O_ACCMODE {
        _ if flags & libc::O_PATH != 0 => None,
        libc::O_RDONLY => Some(End::Read),
        libc::O_WRONLY => Some(End::Write),
        libc::O_RDWR => Some(End::Both),
        _ => None,
    }
}

/// The task the call made.
pub(super) fn child(context: &Context<'_>, row: Option<&Row>) -> Option<Pid> {
    let ret = i32::try_from(context.ret?).ok().filter(|pid| *pid > 0)?;
    (row?.brings == Brings::Child).then(|| Pid::from_raw(ret))
}

/// The child the call waited for.
pub(super) fn waited(context: &Context<'_>, row: Option<&Row>) -> Option<Waited> {
    match row?.brings {
        Brings::Wait4 => waited4(context),
        Brings::WaitId => waited_id(context),
        Brings::Nothing
        | Brings::Pipe
        | Brings::Pair
        | Brings::Rights
        | Brings::Open(_)
        | Brings::Readable
        | Brings::Both
        | Brings::Endless
        | Brings::Unless
        | Brings::Duplicate
        | Brings::Fcntl
        | Brings::Child => None,
    }
}
