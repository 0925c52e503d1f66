//! Threads: each one's calls are its own, and a signal to the process reaches all.

use super::*;
use crate::{
    gauge::ProcessGauge,
    tracer::{Birth, Tracer},
};
use shared::event::Wait;

/// A word that only this process and its children have: mapped shared, so that waiting for it is seen.
fn shared_word() -> *mut i32 {
    // SAFETY: a new mapping, which nothing else uses.
    let word = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            4096,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_SHARED | libc::MAP_ANONYMOUS,
            -1,
            0,
        )
    };
    word.cast()
}

fn wait_at(word: usize) -> i64 {
    let forever = std::ptr::null::<libc::timespec>();
    // SAFETY: the word is mapped for the life of the process.
    unsafe { libc::syscall(libc::SYS_futex, word, libc::FUTEX_WAIT, 0, forever) }
}

/// One thread sleeps in futex, another in write, the first one joins them.
fn two_blocked(world: &mut World) -> (Pid, Pid, Pid) {
    let pid = world.fork(|| {
        let word = shared_word().addr();
        let waits = std::thread::spawn(move || wait_at(word));
        let writes = std::thread::spawn(|| put(make_pipe(0)[1], &[7; 70_000]));
        i32::from(waits.join().is_err() || writes.join().is_err())
    });
    let (mut waits, mut writes) = (None, None);
    while waits.is_none() || writes.is_none() {
        if let Seen::Entered { pid: task, call } = world.pass(|_| true)
            && task != pid
        {
            match call.name {
                "futex" => waits = Some(task),
                "write" => writes = Some(task),
                _ => {}
            }
        }
    }
    let (waits, writes) = (waits.unwrap(), writes.unwrap());
    // The first thread waits for the others: a futex too, the only other one.
    if !matches!(world.tracer.open_call(pid), Some(call) if call.name == "futex") {
        world.pass(|seen| entered(seen, pid, "futex"));
    }
    for task in [pid, waits, writes] {
        world.asleep(task);
    }
    (pid, waits, writes)
}

fn open(tracer: &Tracer, task: Pid) -> String {
    let call = tracer.open_call(task).unwrap();
    format!(
        "{} {}",
        call.name,
        call.args.get(1).cloned().unwrap_or_default()
    )
}

#[test]
fn two_threads_sleep_in_two_calls_at_once() {
    let mut world = World::new();
    let (pid, waits, writes) = two_blocked(&mut world);
    for task in [waits, writes] {
        assert_eq!(world.tracer.process(task), pid);
    }
    assert_eq!(open(&world.tracer, waits), "futex FUTEX_WAIT");
    assert!(open(&world.tracer, writes).starts_with("write \"\\7\\7"));
    for (task, why) in [(waits, Wait::Futex), (writes, Wait::PipeFull)] {
        let doing = ProcessGauge::of_task(pid, task)
            .unwrap()
            .read(false)
            .unwrap();
        assert_eq!(doing.because, Some(why), "{doing:?}");
    }
    kill(pid, Signal::SIGKILL).unwrap();
    let text = world.end();
    for task in [pid, waits, writes] {
        let ends = world.seen.iter().filter_map(|seen| gone(seen, task));
        let killed = Ended::Signal(shared::os::Signal::SIGKILL);
        assert_eq!(ends.collect::<Vec<_>>(), [killed], "{text}");
    }
}

#[test]
fn a_freeze_interrupts_all_and_a_thaw_lets_them_go_on() {
    let mut world = World::new();
    let (pid, waits, writes) = two_blocked(&mut world);
    kill(pid, Signal::SIGSTOP).unwrap();
    for _ in 0..3 {
        world.pass(|seen| matches!(seen, Seen::Frozen { .. }));
    }
    assert!(
        [pid, waits, writes]
            .iter()
            .all(|task| world.tracer.is_frozen(*task))
    );
    // A write that has put bytes in returns them when it is interrupted; a wait stays open.
    assert!(world.tracer.open_call(waits).is_some() && world.tracer.open_call(writes).is_none());
    let short = world.seen.iter().find_map(|seen| match seen {
        Seen::Returned { pid, call } if *pid == writes && call.name == "write" => Some(call.moved),
        _ => None,
    });
    assert_eq!(short, Some(65_536));
    kill(pid, Signal::SIGCONT).unwrap();
    world.pass(|seen| *seen == Seen::Reentered { pid: waits });
    kill(pid, Signal::SIGKILL).unwrap();
    world.end();
}

#[test]
fn what_the_library_does_for_a_thread_is_not_told() {
    let mut world = World::new();
    let pid = world.fork(|| {
        let lock = std::sync::Arc::new(std::sync::Mutex::new(0));
        let threads: Vec<_> = (0..3)
            .map(|_| {
                let lock = std::sync::Arc::clone(&lock);
                std::thread::spawn(move || {
                    for _ in 0..100 {
                        *lock.lock().unwrap() += 1;
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        i32::from(*lock.lock().unwrap() != 300)
    });
    let text = world.end();
    let mut names: Vec<&str> = world
        .seen
        .iter()
        .filter_map(|seen| match seen {
            Seen::Entered { call, .. } => Some(call.name),
            _ => None,
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    // Waiting for the end of a thread is a futex that the kernel wakes, so it is not private.
    let expected = ["clone", "exit", "exit_group", "futex"];
    assert!(names.iter().all(|name| expected.contains(name)), "{text}");
    assert!(!text.contains("_PRIVATE"), "{text}");
    assert_eq!(gone(world.seen.last().unwrap(), pid), Some(Ended::Code(0)));
}

#[test]
fn threads_of_python_are_tasks_too() {
    let script = c"
import threading, os
r, w = os.pipe()
def put():
    for n in range(5): os.write(w, b'%d' % n)
    os.close(w)
def get():
    while os.read(r, 1): pass
all = [threading.Thread(target=put), threading.Thread(target=get)]
for t in all: t.start()
for t in all: t.join()
pid = os.fork()
if pid == 0: os._exit(3)
os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
";
    let python = c"/usr/bin/python3";
    if !std::path::Path::new("/usr/bin/python3").exists() {
        println!("there is no /usr/bin/python3: not checked");
        return;
    }
    let mut world = World::new();
    let pid = world.fork(|| {
        let words = [python, c"-I", c"-S", c"-B", c"-c", script];
        i32::from(nix::unistd::execv(python, &words).is_ok())
    });
    let text = world.end();
    let births = |wanted| {
        world
            .seen
            .iter()
            .filter_map(|seen| match seen {
                Seen::Forked { child, birth, .. } if *birth == wanted => Some(*child),
                _ => None,
            })
            .collect::<Vec<_>>()
    };
    let (threads, children) = (births(Birth::Thread), births(Birth::Process));
    assert_eq!((threads.len(), children.len()), (2, 1), "{text}");
    let named = |pid, name: &str| {
        let calls = world.calls(pid);
        calls.iter().filter(|call| call.starts_with(name)).count()
    };
    assert_eq!(named(threads[0], "write("), 5, "{text}");
    assert!(named(threads[1], "read(") >= 2, "{text}");
    assert_eq!(gone(world.seen.last().unwrap(), pid), Some(Ended::Code(3)));
}
