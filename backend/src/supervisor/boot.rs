//! From the clone to the first worker.

use super::{
    Supervisor,
    again::{SPARES, Spares},
    crew::Crew,
    journal::{Fact, Journal},
    kept::Kept,
    objects::Objects,
    turn::Token,
};
use crate::{
    gauge::{Diag, Scope},
    limits,
    link::{FromBox, MAX_FRAME, Setup, ToBox},
    mechanism::Play,
    sandbox::{self, Door, Keep, Outside},
    sys::{
        descriptor::close_all_but,
        machines::{Machines, Refused},
        process::{Fork, fork},
        socket,
    },
    tracer::{Lines, Tracer},
    worker::{
        Language, Names,
        birth::{self, Lives},
        channel, name_process,
    },
};
use nix::{
    fcntl::OFlag,
    sched::{CpuSet, sched_setaffinity},
    sys::{
        epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags},
        prctl,
        signal::{SigSet, Signal},
        signalfd::{SfdFlags, SignalFd},
        utsname::uname,
    },
    unistd::{Pid, getpid, pipe2, setsid, write},
};
use rustix::{net::RecvFlags, thread::sched_yield};
use serde_json::Value;
use shared::{
    event::{Counts, Kind, Outcome, Source},
    failure::{Code, Failure},
    ids::RunId,
    ledger::Ledger,
    mechanism::Member,
};
use std::{
    collections::BTreeSet,
    io,
    os::fd::{AsRawFd, OwnedFd},
    time::{Duration, Instant},
};

/// Exit status when a run could not begin: `EX_OSERR` of sysexits(3).
pub(super) const CANNOT_BEGIN: i32 = 71;

/// How long a process may take to become another program and say so: Python takes a tenth of a second, three when traced,
/// and a host may be busy with many at once.
pub(super) const BIRTH: Duration = Duration::from_secs(15);

/// How long a child may take to its first call, by which it becomes one that its parent may trace. On a busy host others come
/// first; a host that does not permit tracing at all costs a run so much time, once.
const VISIBLE: Duration = Duration::from_millis(200);

/// Makes everything of a run up to its first worker; where that fails, the server is told.
pub(super) fn boot(
    server: OwnedFd,
    spawner: OwnedFd,
    run: &RunId,
    door: Option<Door>,
) -> io::Result<Supervisor> {
    let entered = prepare(&server, &spawner, door)?;
    let setup = begin(&server)?;
    rustix::io::ioctl_fionbio(&server, true)?;
    let mut journal = Journal::new(server);
    let outside = match entered {
        Ok(outside) => outside,
        Err(refused) => return Err(refuse(&mut journal, no_box(&refused))),
    };
    let play = match Play::new(&setup.entry, &setup.variant, &setup.params, &setup.roles) {
        Ok(play) => play,
        Err(failure) => return Err(refuse(&mut journal, failure)),
    };
    let mut names = Names::new(run);
    let elsewhere = elsewhere(&play);
    let machines = if elsewhere.contains(&true) {
        names = names.on_two_machines();
        match Machines::make(names.cable()) {
            Ok(machines) => Some(machines),
            Err(refused) => return Err(refuse(&mut journal, no_machines(&refused))),
        }
    } else {
        None
    };
    if outside.is_some() {
        let keep = if machines.is_some() {
            Keep::Cable
        } else {
            Keep::Nothing
        };
        if let Err(refused) = sandbox::lock(keep) {
            return Err(refuse(&mut journal, no_box(&refused)));
        }
    }
    let lives = Lives {
        languages: play.languages.clone(),
        second: machines.as_ref().map(Machines::second),
        elsewhere,
    };
    let raised = match raise(&setup, &play, &names, lives, &journal, &spawner) {
        Ok(raised) => raised,
        Err(error) => {
            names.remove();
            let message = format!("the run could not begin: {error}");
            return Err(refuse(
                &mut journal,
                Failure::new(Code::Internal, message, "try again in a while"),
            ));
        }
    };
    let kind = Kind::RunStarted {
        entry: setup.entry,
        variant: setup.variant,
        params: setup.params,
        xray: raised.tracer.traces(),
        xray_off: raised.xray_off,
        host: host(),
        mono_ns: journal.began,
    };
    let mut ledger = Ledger::new();
    ledger.first_value = play
        .params
        .get("initial")
        .and_then(Value::as_u64)
        .unwrap_or(0);
    ledger.zmtp = super::zeromq::books(&play);
    let mut objects = Objects::new(Scope::new(names.clone(), raised.ours));
    let began = journal.began;
    journal.tell(Fact::new(Source::Run, kind).at(began));
    if let Some(machines) = &machines {
        objects.look_there_too(Diag::through(machines.diag()?));
        super::cable::made(&mut journal, machines, names.cable());
    }
    let word = if raised.tracer.traces() {
        birth::TRACED
    } else {
        birth::UNTRACED
    };
    write(&raised.go, &[word])?;
    let others = play.languages.contains(&Language::Python);
    let born_by = others.then(|| Instant::now() + BIRTH);
    Ok(Supervisor {
        _spawner: spawner,
        _lifeline: raised.lifeline,
        signals: raised.signals,
        epoll: raised.epoll,
        outside,
        objects,
        play,
        names,
        machines,
        tracer: raised.tracer,
        ledger,
        journal,
        crew: raised.crew,
        ahead: Vec::new(),
        taking: false,
        spares: raised.spares,
        watch: super::signals::Watch::default(),
        shelves: super::zeromq::Shelves::default(),
        strays: Vec::new(),
        lines: Lines::default(),
        masks: None,
        kept: Kept::default(),
        born_by,
        leaving: None,
        ending: None,
    })
}

/// Who of the cast lives on the second machine.
fn elsewhere(play: &Play) -> Vec<bool> {
    let there = |member: &Member| play.mechanism.elsewhere(member.role);
    play.cast.iter().map(there).collect()
}

/// Not everybody may make networks: that is said, and nothing is shown instead.
fn no_machines(refused: &Refused) -> Failure {
    let message = format!("this host does not permit a second machine: {refused}");
    Failure::new(Code::NotSupported, message, refused.hint()).field("machines")
}

/// The box could not be made. The spawner has tried one before, so that this is seldom.
fn no_box(refused: &sandbox::Refused) -> Failure {
    let message = format!("no box could be made for this run: {refused}");
    Failure::new(Code::Internal, message, refused.hint())
}

/// Becomes the supervisor, in the box if there is one. What a host does not permit there can be told when the server can be
/// talked to.
fn prepare(
    server: &OwnedFd,
    spawner: &OwnedFd,
    door: Option<Door>,
) -> io::Result<Result<Option<Outside>, sandbox::Refused>> {
    let mut keep = vec![server.as_raw_fd(), spawner.as_raw_fd()];
    keep.extend(door.iter().map(|door| door.gate.as_raw_fd()));
    close_all_but(&keep)?;
    name_process("supervisor");
    // Its own process group: what is left of a run when the supervisor dies is killed by that number.
    setsid()?;
    // When a worker dies that has forked others, those come to us.
    prctl::set_child_subreaper(true)?;
    if door.is_none() {
        // A worker of the same user must not take the supervisor over. Workers undo it for themselves, or their files in
        // /proc would be root's and could not be read here. On the way into a box it comes later: the spawner must be able
        // to write who is who there, and nobody else is in it yet.
        prctl::set_dumpable(false)?;
    }
    let entered = door.map(|door| sandbox::enter(door, spawner, limits::in_force(), Err));
    Ok(entered.transpose())
}

/// The first frame, which is in the socket already or will be in a moment.
fn begin(server: &OwnedFd) -> io::Result<Setup> {
    let mut buffer = vec![0; MAX_FRAME];
    let received = socket::receive(server, &mut buffer, RecvFlags::empty())?;
    match serde_json::from_slice(buffer.get(..received.len).unwrap_or_default())? {
        ToBox::Begin(setup) => Ok(setup),
        ToBox::Send { .. } | ToBox::Act { .. } | ToBox::Fetch { .. } | ToBox::Stop { .. } => {
            Err(io::ErrorKind::InvalidData.into())
        }
    }
}

fn refuse(journal: &mut Journal, failure: Failure) -> io::Error {
    let message = failure.to_string();
    journal.reply(&FromBox::Refused { re: None, failure });
    journal.reply(&FromBox::End {
        outcome: Outcome::Failed,
        message: Some(message.clone()),
        counts: Counts::default(),
    });
    journal.flush();
    io::Error::other(message)
}

struct Raised {
    /// Inodes of the workers' own channels.
    ours: BTreeSet<u64>,
    epoll: Epoll,
    signals: SignalFd,
    tracer: Tracer,
    crew: Crew,
    /// The first worker waits for a byte in it.
    go: OwnedFd,
    lifeline: OwnedFd,
    xray_off: Option<String>,
    spares: Spares,
}

fn raise(
    setup: &Setup,
    play: &Play,
    names: &Names,
    lives: Lives<'_>,
    journal: &Journal,
    spawner: &OwnedFd,
) -> io::Result<Raised> {
    if play.mechanism.has_names() {
        names.prepare()?;
    }
    let cast = &play.cast;
    if cast.len() > channel::MAX_ROLES {
        return Err(io::Error::other("too many roles"));
    }
    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    // What is restarted gets channels of its own: nothing of its last life must be taken for this one's.
    let spares = if play.mechanism.can_restart() {
        (channel::MAX_ROLES - cast.len()).min(SPARES)
    } else {
        0
    };
    for _ in 0..cast.len() + spares {
        let (our, their) = channel::pair()?;
        ours.push(our);
        theirs.push(their);
    }

    // SIGCHLD has been blocked since the spawner, so none is lost before somebody listens.
    let signals = SignalFd::with_flags(
        &SigSet::from(Signal::SIGCHLD),
        SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC,
    )?;
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    let readable = |token: Token| EpollEvent::new(EpollFlags::EPOLLIN, token.number());
    epoll.add(journal.server(), readable(Token::Server))?;
    epoll.add(spawner, readable(Token::Spawner))?;
    epoll.add(&signals, readable(Token::Signals))?;
    for (worker, our) in ours.iter().enumerate().take(cast.len()) {
        super::again::listen(&epoll, our, worker)?;
    }

    if let (true, Some(cpu)) = (setup.xray, setup.cpu) {
        pin(cpu);
    }
    let (wait, go) = pipe2(OFlag::O_CLOEXEC)?;
    let us = getpid();
    let (lifeline, their_lifeline) = channel::lifeline(us)?;
    let child = match fork()? {
        Fork::Child => {
            drop(go);
            let role = cast.first().map_or("", |member| member.role);
            let channels = &theirs;
            let line = &their_lifeline;
            birth::live(us, &wait, channels, line, role, lives, |me| {
                play.mechanism.perform(me, names)
            })
        }
        Fork::Parent(child) => child,
    };
    let (tracer, xray_off) = tracer(setup.xray, child);
    let spares = Spares::new(ours.split_off(cast.len()), cast.len());
    let mut crew = Crew::new(cast, &play.languages, ours);
    if let Some(first) = crew.hands.first_mut() {
        first.host = child;
    }
    let ours = theirs.iter().flat_map(channel::Theirs::inodes).collect();
    Ok(Raised {
        ours,
        epoll,
        signals,
        tracer,
        crew,
        go,
        lifeline,
        xray_off,
        spares,
    })
}

/// The tracer, which has seized the first worker; or none, and why.
fn tracer(wanted: bool, child: Pid) -> (Tracer, Option<String>) {
    if !wanted {
        return (Tracer::untraced(), None);
    }
    let mut tracer = Tracer::new();
    let until = Instant::now() + VISIBLE;
    let seized = loop {
        match tracer.seize(child) {
            // Only root may seize who is not dumpable, and the child has that from us until its first call.
            Err(error)
                if error.kind() == io::ErrorKind::PermissionDenied && Instant::now() < until =>
            {
                sched_yield();
            }
            done => break done,
        }
    };
    match seized {
        Ok(()) => (tracer, None),
        Err(error) => (
            Tracer::untraced(),
            Some(format!("this host does not allow ptrace: {error}")),
        ),
    }
}

/// One core for tracer and workers: they take turns anyway, and this way without waking another core. A core that is not
/// ours to use is no reason to stop.
fn pin(cpu: usize) {
    let mut set = CpuSet::new();
    if set.set(cpu).is_ok() {
        let _slower_otherwise = sched_setaffinity(Pid::from_raw(0), &set);
    }
}

fn host() -> String {
    uname().map_or_else(
        |_| "Linux".to_owned(),
        |name| {
            format!(
                "{} {} {}",
                name.sysname().display(),
                name.release().display(),
                name.machine().display()
            )
        },
    )
}
