//! strace as a judge: the same programs, untraced by us, must have made the same calls with the same arguments and results.

use super::*;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ffi::CString,
    fs,
    path::Path,
};

mod entries;

/// All calls that the filter marks, as far as they are the same from run to run. The judge knows more names than a machine
/// has calls: a question mark is for those that some do not have.
const CALLS: &str = "pipe2,mknodat,unlinkat,openat,read,write,readv,writev,splice,tee,sendfile,close,dup,dup3,fcntl,ioctl,ppoll,\
    pselect6,epoll_create1,epoll_ctl,epoll_pwait,clone,execve,exit,exit_group,wait4,waitid,kill,tgkill,?pipe,?mknod,?unlink,\
    ?open,?dup2,?poll,?select,?epoll_wait,?fork,?vfork,lseek,pread64,pwrite64,preadv,pwritev,preadv2,pwritev2,ftruncate,\
    truncate,fallocate,fsync,fdatasync,flock,fchmod,copy_file_range,renameat,renameat2,linkat,symlinkat,mkdirat,?rename,?link,\
    ?symlink,?mkdir,?rmdir,inotify_init1,inotify_add_watch,inotify_rm_watch,mmap,msync,memfd_create,shmget,shmat,shmdt,shmctl,\
    semget,semop,semtimedop,semctl,mq_open,mq_unlink,mq_timedsend,mq_timedreceive,mq_notify,mq_getsetattr,msgget,msgsnd,msgrcv,\
    msgctl,socket,socketpair,sendto,recvfrom,sendmsg,recvmsg,shutdown,bind,listen,connect,accept,accept4,setsockopt,getsockopt,getsockname,getpeername,futex,rt_sigaction,\
    rt_sigprocmask,rt_sigpending,rt_sigtimedwait,rt_sigsuspend,rt_sigqueueinfo,setitimer,?pause,?alarm,signalfd4,eventfd2,\
    timerfd_create,timerfd_settime,pidfd_open,pidfd_send_signal,clock_nanosleep";

/// What the filter leaves alone, and what the tracer does not tell: the judge shows it all.
fn is_seen(call: &str) -> bool {
    let private = call.starts_with("mmap(") && !call.contains("MAP_SHARED")
        || call.starts_with("futex(") && call.contains("_PRIVATE,");
    let asks = call.starts_with("rt_sigaction(")
        && call
            .split(", ")
            .nth(1)
            .is_some_and(|action| action == "NULL");
    !(private || asks)
}

/// The judge does not say what came of the two calls that only a handler ends.
fn never_restarted(line: &str) -> String {
    if line.starts_with("pause(") || line.starts_with("rt_sigsuspend(") {
        let failed = line.split("= ? ERESTARTNOHAND").next().unwrap_or(line);
        return format!("{failed}= -1 EINTR");
    }
    line.to_owned()
}

/// Without what the C library does to the mask around making a process.
fn without_own(calls: Vec<String>) -> Vec<String> {
    let mut masked = false;
    let own = |call: &String| {
        let mask = call.strip_prefix("rt_sigprocmask(");
        if mask.is_some_and(|mask| mask.starts_with("SIG_BLOCK, ~[], ")) {
            masked = true;
            return true;
        }
        let restores =
            mask.is_some_and(|mask| mask.starts_with("SIG_SETMASK, ") && mask.contains(", NULL, "));
        restores && std::mem::take(&mut masked)
    };
    let mut own = own;
    calls.into_iter().filter(|call| !own(call)).collect()
}

/// What the judge says in other words: its names of the C library's own signals, and a length before and after.
fn in_our_words(call: &str) -> String {
    let call = call.replace("RTMIN RT_1]", "32 33]");
    // `[128 => 16]`, the length of an address.
    let call = match (call.rfind(", ["), call.rfind(" => ")) {
        (Some(open), Some(arrow)) if open < arrow && !call.contains("msg_namelen=") => {
            format!("{}{}", &call[..open + 3], &call[arrow + 4..])
        }
        _ => call,
    };
    match call.split_once("msg_namelen=") {
        Some((head, tail)) if tail.contains(" => ") => {
            let (_, after) = tail.split_once(" => ").unwrap_or_default();
            format!("{head}msg_namelen={after}")
        }
        _ => call,
    }
}

/// Runs a command under strace and under our tracer, and compares what each process did, process by process.
fn compare(words: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("log");
    let log = base.to_str().unwrap();
    let mut judge = vec![
        "strace",
        "-ff",
        "-q",
        "-e",
        "signal=none",
        "-e",
        CALLS,
        "-o",
        log,
    ];
    judge.extend(words);
    let Some(theirs) = strace(&judge, folder.path()) else {
        println!("strace is not installed or may not trace here: not compared");
        return;
    };
    let mut world = World::new();
    world.fork(|| exec(words));
    world.end();
    let pids: BTreeSet<Pid> = world.seen.iter().map(Seen::pid).collect();
    let ours = pids
        .into_iter()
        .map(|pid| {
            let mut calls = world.calls(pid);
            let other = ["munmap(", "rt_sigreturn("];
            calls.retain(|call| !other.iter().any(|name| call.starts_with(name)));
            (pid.as_raw(), calls)
        })
        .collect();
    let (ours, theirs) = (normal(&ours), normal(&theirs));
    assert!(!theirs.is_empty() && theirs.iter().all(|calls| !calls.is_empty()));
    for (ours, theirs) in ours.iter().zip(&theirs) {
        for (ours, theirs) in ours.iter().zip(theirs) {
            assert_eq!(ours, theirs);
        }
        assert_eq!(ours, theirs);
    }
    assert_eq!(ours.len(), theirs.len());
}

fn exec(words: &[&str]) -> i32 {
    let words: Vec<CString> = words
        .iter()
        .map(|word| CString::new(*word).unwrap())
        .collect();
    match nix::unistd::execvp(&words[0], &words) {
        Ok(never) => match never {},
        Err(_) => 127,
    }
}

/// Calls of each process by its pid.
type Calls = BTreeMap<i32, Vec<String>>;

fn strace(words: &[&str], folder: &Path) -> Option<Calls> {
    // SAFETY: the child calls execve or leaves by _exit.
    match unsafe { fork() }.unwrap() {
        ForkResult::Child => {
            // As our workers have it.
            let mut chld = SigSet::empty();
            chld.add(Signal::SIGCHLD);
            let blocked = sigprocmask(SigmaskHow::SIG_SETMASK, Some(&chld), None);
            let code = blocked.map_or(99, |()| exec(words));
            // SAFETY: ends the child at once.
            unsafe { libc::_exit(code) }
        }
        ForkResult::Parent { child } => {
            nix::sys::wait::waitpid(child, None).unwrap();
        }
    }
    let mut logs = Calls::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let pid = path.extension()?.to_str()?.parse().ok()?;
        let text = fs::read_to_string(path).unwrap();
        // A call that a signal interrupted and that goes on is shown again, when it does.
        let whole = |line: &String| line.contains(" = ") && !line.contains("= ? ERESTART");
        let seen = |line: &String| whole(line) && is_seen(line);
        let calls = text.lines().map(never_restarted).filter(seen);
        logs.insert(pid, without_own(calls.collect()));
    }
    (!logs.is_empty()).then_some(logs)
}

/// Elsewhere a number that some pid happens to be, say the 16384 bytes that a read asks for, is no pid.
const SPEAK_OF_PROCESSES: &[&str] = &[
    "clone",
    "fork",
    "vfork",
    "wait4",
    "waitid",
    "kill",
    "tgkill",
    "rt_sigqueueinfo",
    "rt_sigtimedwait",
    "pidfd_open",
    "pidfd_send_signal",
];

/// In the order of birth; addresses, pids and the judge's explanations aside.
fn normal(processes: &Calls) -> Vec<Vec<String>> {
    let mut order = Vec::new();
    let made: BTreeSet<i32> = processes
        .values()
        .flatten()
        .filter_map(|call| child(call))
        .collect();
    for first in processes.keys().filter(|pid| !made.contains(pid)) {
        descend(*first, processes, &mut order);
    }
    let names = order
        .iter()
        .enumerate()
        .map(|(i, pid)| (pid.to_string(), format!("P{i}")))
        .collect();
    order
        .iter()
        .map(|pid| {
            processes[pid]
                .iter()
                .map(|call| normal_call(call, &names))
                .collect()
        })
        .collect()
}

fn descend(pid: i32, processes: &Calls, order: &mut Vec<i32>) {
    order.push(pid);
    for child in processes[&pid]
        .iter()
        .filter_map(|call| child(call))
        .filter(|child| processes.contains_key(child))
    {
        descend(child, processes, order);
    }
}

/// The process that a call made.
fn child(call: &str) -> Option<i32> {
    let made = ["clone(", "fork(", "vfork("]
        .iter()
        .any(|name| call.starts_with(name));
    made.then(|| call.rsplit_once(" = ")?.1.parse().ok())?
}

fn normal_call(call: &str, names: &HashMap<String, String>) -> String {
    // The judge shows times that waitid does not fill in, and does not show what came of a poll among its arguments.
    let call = in_our_words(&without(&without(call, ", si_utime="), ", revents="));
    let call = call.as_str();
    let end = call
        .find(") = ")
        .or_else(|| call.rfind(") "))
        .unwrap_or(call.len() - 1);
    let head = &call[..=end];
    let result = call[end..]
        .split_once("= ")
        .map_or("", |parts| parts.1)
        .split(" (")
        .next()
        .unwrap_or_default()
        .trim();
    // Whichever child ends first.
    let any = head.starts_with("wait4(-1,") && names.contains_key(result);
    let result = if any { "CHILD" } else { result };
    // Numbers that go up from run to run.
    let makes = ["msgget(", "shmget(", "semget("];
    let uses = ["msg", "shm", "sem"]
        .iter()
        .any(|name| head.starts_with(name));
    let head = &match head.split_once('(') {
        Some((name, rest)) if uses && !makes.iter().any(|make| head.starts_with(make)) => {
            let rest = rest.split_once(',').map_or(rest, |parts| parts.1);
            format!("{name}(ID,{rest}")
        }
        _ => head.to_owned(),
    };
    let result = if makes.iter().any(|name| head.starts_with(name)) {
        "ID"
    } else {
        result
    };
    let maps = head.starts_with("mmap(") || head.starts_with("shmat(");
    let result = if maps && !result.starts_with('-') {
        "SOMEWHERE"
    } else {
        result
    };
    let result = result
        .strip_prefix("0x")
        .and_then(|hex| i64::from_str_radix(hex, 16).ok())
        .map_or_else(|| result.to_owned(), |n| n.to_string());
    let speaks = SPEAK_OF_PROCESSES
        .iter()
        .any(|name| head.split('(').next() == Some(name));
    let mut words = String::new();
    let mut word = String::new();
    for c in format!("{head} = {result}\n").chars() {
        if c.is_ascii_alphanumeric() {
            word.push(c);
            continue;
        }
        match names.get(&word).filter(|_| speaks) {
            Some(name) => words.push_str(name),
            None if word.starts_with("0x") && word.len() > 7 => words.push_str("ADDRESS"),
            None => words.push_str(&word),
        }
        word.clear();
        words.push(c);
    }
    words.trim_end().to_owned()
}

/// A text without what stands from `from` to the next brace.
fn without(text: &str, from: &str) -> String {
    let mut parts = text.split(from);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + &part[part.find('}').unwrap_or(0)..]
    })
}

#[test]
fn a_shell_pipeline() {
    compare(&[
        "/bin/sh",
        "-c",
        "echo 'hello \"world\"' | cat | wc -c >/dev/null; false; exit 3",
    ]);
}

#[test]
fn a_fifo_and_the_shell() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("fifo");
    let name = name.to_str().unwrap();
    compare(&[
        "/bin/sh",
        "-c",
        &format!("mkfifo {name}; cat <{name} >/dev/null & echo through >{name}; wait; rm {name}"),
    ]);
}

#[test]
fn many_calls_from_python() {
    let script = r"
import os, fcntl, select, signal, struct, termios, time
r, w = os.pipe()
os.write(w, bytes(range(256)) * 2)
os.read(r, 100)
os.writev(w, [b'one', b'', b'three'])
os.readv(r, [bytearray(300), bytearray(200)])
buf = bytearray(4); fcntl.ioctl(r, termios.FIONREAD, buf)
fcntl.fcntl(w, fcntl.F_GETFL); fcntl.fcntl(w, fcntl.F_SETFL, os.O_NONBLOCK)
fcntl.fcntl(w, 1031, 4096); fcntl.fcntl(w, 1032); fcntl.fcntl(w, fcntl.F_DUPFD_CLOEXEC, 10)
os.dup(w); os.dup2(r, 50); os.dup2(w, 51, inheritable=False)
p = select.poll(); p.register(r, select.POLLIN | select.POLLPRI); p.poll(0)
select.select([r], [w], [], 0)
try: os.write(w, b'x' * 9000)
except OSError: pass
r2, w2 = os.pipe()
os.splice(r, w2, 100)
pid = os.fork()
if pid == 0:
    os.close(w2)
    os._exit(4)
os.waitpid(pid, 0)
pid = os.fork()
if pid == 0:
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    x, y = os.pipe(); os.close(x)
    os.write(y, b'bye')
os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
os.waitpid(pid, os.WNOHANG)
os.kill(os.getpid(), 0)
try: os.open('/nonexistent/\n', os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o640)
except OSError: pass
try: os.close(57)
except OSError: pass
os._exit(5)
";
    compare(&["/usr/bin/python3", "-I", "-S", "-B", "-c", script]);
}
