//! `/glossary`: the words of the kernel, explained.

use crate::components::parts::{el, page, words};
use yew::prelude::*;

/// Id for `#…`, word, meaning.
const WORDS: &[(&str, &str, &str)] = &[
    (
        "advisory-lock",
        "advisory lock",
        "A lock that keeps out only those who ask for it: flock() and fcntl() lock files so. Who writes without asking is not stopped.",
    ),
    (
        "blocked",
        "blocked",
        "A call that waits: the process sleeps in it until what it waits for happens. It costs nothing meanwhile.",
    ),
    (
        "capacity",
        "capacity",
        "How many bytes a pipe can hold: 65,536 as a rule, in 16 pages of 4,096. A page that is partly filled is a page in use, so a pipe can be full before its bytes are.",
    ),
    (
        "descriptor",
        "descriptor",
        "The small number a process uses for something it has open: 0, 1, 2, then 3, 4, 5. Two processes can hold the same open end under different numbers.",
    ),
    (
        "eagain",
        "EAGAIN",
        "Why a call fails that would have to wait, on a descriptor with O_NONBLOCK.",
    ),
    (
        "eintr",
        "EINTR",
        "Why a call that waited came back: a signal was handled. With SA_RESTART the kernel enters the call again by itself.",
    ),
    (
        "eof",
        "end-of-file",
        "A read() that returns 0. On a pipe it comes when the last copy of the write end is closed, and not before.",
    ),
    (
        "epipe",
        "EPIPE",
        "Why write() fails when nobody has the read end open any more, in a process that ignores SIGPIPE.",
    ),
    (
        "errno",
        "errno",
        "The number that says why a call failed. It has a name: EPIPE, EAGAIN, EINTR.",
    ),
    (
        "eventfd",
        "eventfd",
        "A number in the kernel with a descriptor: write() adds to it, read() takes it and waits while it is 0.",
    ),
    (
        "fifo",
        "FIFO",
        "A pipe with a name in the file system. open() of one side waits until somebody opens the other.",
    ),
    (
        "futex",
        "futex",
        "A call to sleep until a word in memory changes, and to wake who sleeps there. A lock that nobody else wants needs no call at all.",
    ),
    (
        "inode",
        "inode",
        "The file itself: its bytes, size and owner. A name in a folder leads to it; it is gone when no name and no descriptor leads there.",
    ),
    (
        "inotify",
        "inotify",
        "A descriptor that tells what happens to files: opened, written, closed, renamed.",
    ),
    (
        "kernel",
        "kernel",
        "The part of the operating system that all processes ask for what they cannot do themselves: open, read, write. What lies in a pipe lies in its memory, not in a process.",
    ),
    (
        "mapping",
        "mapping",
        "Memory of a process that is a file or shared memory. Two processes see the same page at addresses of their own.",
    ),
    (
        "memfd",
        "memfd",
        "Memory with a descriptor and without a name: it is handed over through a socket, and ends with its last holder.",
    ),
    (
        "message-queue",
        "message queue",
        "Keeps messages apart in the kernel: one send is one receive. POSIX queues sort by priority, System V queues by type.",
    ),
    (
        "mutex",
        "mutex",
        "A lock in memory. A plain one whose owner dies stays locked; a robust one tells the next with EOWNERDEAD.",
    ),
    (
        "append",
        "O_APPEND",
        "Each write() goes to the end of the file, wherever that is at that moment: two writers lose nothing of each other.",
    ),
    (
        "offset",
        "offset",
        "Where the next read() or write() of an open file begins. It belongs to the open file, which a fork shares.",
    ),
    (
        "pending",
        "pending and blocked",
        "A blocked signal waits, pending, until it is unblocked. An ordinary one is pending once, however often it was sent; real-time ones queue.",
    ),
    (
        "pickle",
        "pickle",
        "How Python writes an object as bytes: names and values, not code. Pipe() and Queue send a length and then the pickle.",
    ),
    (
        "pid",
        "PID",
        "The number of a process. In its box the first one is 1; on the host the same process has another number.",
    ),
    (
        "pipe-buf",
        "PIPE_BUF",
        "4,096 bytes. A write of at most that many goes in as one piece; a longer one can be mixed with those of other writers.",
    ),
    (
        "rename",
        "rename",
        "Makes a name lead to another file, at once: a reader gets the old one whole or the new one whole.",
    ),
    (
        "process-state",
        "running, asleep, frozen",
        "Running: on a core, or waiting for one. Asleep: in a call that waits. Frozen: stopped by SIGSTOP until SIGCONT.",
    ),
    (
        "semaphore",
        "semaphore",
        "A number that wait() takes one from, sleeping while it is 0, and post() adds one to. A named one outlives its processes.",
    ),
    (
        "seqlock",
        "seqlock",
        "A counter around shared data: odd while somebody writes. A reader that saw it change reads again.",
    ),
    (
        "handler",
        "signal handler",
        "A function of a process that the kernel calls when a signal arrives, in the middle of whatever it was doing.",
    ),
    (
        "sigpipe",
        "SIGPIPE",
        "The signal a process gets when it writes into a pipe that nobody can read any more. It kills, unless it is ignored: then write() fails with EPIPE.",
    ),
    (
        "system-call",
        "system call",
        "How a process asks the kernel for something. X-ray shows each with its arguments, its result, and whether the process slept in it.",
    ),
    (
        "torn",
        "torn",
        "Half of one value and half of another: what a reader sees that comes in the middle of a store.",
    ),
    (
        "unlink",
        "unlink",
        "Takes a name away. What it led to stays as long as somebody has it open or mapped.",
    ),
    (
        "x-ray",
        "X-ray",
        "The supervisor stops a process at the entry and the return of its calls and writes down what it sees. It costs time, so no duration under X-ray is the mechanism's own.",
    ),
];

/// The page.
pub(super) fn glossary() -> Html {
    let word = |&(id, word, meaning): &(&'static str, &'static str, &'static str)| {
        let inside = [words("dt", "", word), words("dd", "", meaning)];
        html! { <div {id}>{ for inside }</div> }
    };
    let all = el("dl", "glossary", WORDS.iter().map(word).collect());
    page("page narrow", "Glossary", vec![all])
}
