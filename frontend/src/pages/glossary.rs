//! `/glossary`: the words of the kernel, explained.

use yew::prelude::*;

/// Id for `#…`, word, meaning.
const WORDS: &[(&str, &str, &str)] = &[
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
        "eagain",
        "EAGAIN",
        "Why a call fails that would have to wait, on a descriptor with O_NONBLOCK.",
    ),
    (
        "errno",
        "errno",
        "The number that says why a call failed. It has a name: EPIPE, EAGAIN, EINTR.",
    ),
    (
        "fifo",
        "FIFO",
        "A pipe with a name in the file system. open() of one side waits until somebody opens the other.",
    ),
    (
        "kernel",
        "kernel",
        "The part of the operating system that all processes ask for what they cannot do themselves: open, read, write. What lies in a pipe lies in its memory, not in a process.",
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
        "process-state",
        "running, asleep, frozen",
        "Running: on a core, or waiting for one. Asleep: in a call that waits. Frozen: stopped by SIGSTOP until SIGCONT.",
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
        "x-ray",
        "X-ray",
        "The supervisor stops a process at the entry and the return of its calls and writes down what it sees. It costs time, so no duration under X-ray is the mechanism's own.",
    ),
];

/// The page.
pub(super) fn glossary() -> Html {
    html! {
        <main class="page narrow" id="main" tabindex="-1">
            <h1 tabindex="-1">{ "Glossary" }</h1>
            <dl class="glossary">
                { for WORDS.iter().map(|(id, word, meaning)| html! { <div id={*id}><dt>{ *word }</dt><dd>{ *meaning }</dd></div> }) }
            </dl>
        </main>
    }
}
