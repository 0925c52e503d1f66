//! strace as a judge: the same programs, untraced by us, must have made the same calls with the same arguments and results.

use super::*;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ffi::CString,
    fs,
    path::Path,
};

/// All calls that the filter marks and strace knows on every machine.
const CALLS: &str = "pipe2,mknodat,unlinkat,openat,read,write,readv,writev,splice,tee,close,dup,dup3,fcntl,ioctl,ppoll,pselect6,\
    epoll_create1,epoll_ctl,epoll_pwait,clone,execve,exit,exit_group,wait4,waitid,kill,tgkill,?pipe,?mknod,?unlink,?open,?dup2,\
    ?poll,?select,?epoll_wait,?fork,?vfork";

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
        .map(|pid| (pid.as_raw(), world.calls(pid)))
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
            let code = exec(words);
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
        let whole = |line: &&str| line.contains(" = ") && !line.contains("= ? ERESTART");
        let calls = text.lines().filter(whole).map(str::to_owned);
        logs.insert(pid, calls.collect());
    }
    (!logs.is_empty()).then_some(logs)
}

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
    let call = without(&without(call, ", si_utime="), ", revents=");
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
    let result = result
        .strip_prefix("0x")
        .and_then(|hex| i64::from_str_radix(hex, 16).ok())
        .map_or_else(|| result.to_owned(), |n| n.to_string());
    let mut words = String::new();
    let mut word = String::new();
    for c in format!("{head} = {result}\n").chars() {
        if c.is_ascii_alphanumeric() {
            word.push(c);
            continue;
        }
        match names.get(&word) {
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
