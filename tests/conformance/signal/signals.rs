//! Signals that interrupt, wait, are thrown away, or are read.

use super::{RTMIN, USR1, act, block, failed, masks, number, raise, receives_in_python, said};
use crate::subject::{Subject, freeze, gone, kill, received};
use serde_json::json;
use shared::{
    event::{Tie, Wait},
    os::{Errno, Signal},
    state::{Life, RunState},
};

fn lost(state: &RunState) -> u64 {
    state.counts.lost
}

pub(crate) async fn five_of_one_number_that_is_blocked_are_one(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    block(client, "SIGUSR1", USR1).await;
    raise(client, "SIGUSR1", None, 5).await;
    client
        .until("one pending, and four merged into it", |state| {
            masks(state, |all| &all.pending, USR1) && lost(state) == 4
        })
        .await;
    assert!(said(client, "handled").is_empty(), "it is blocked");
    act(client, "unblock", json!({"signal": "SIGUSR1"})).await;
    client
        .until("the one delivered", |state| {
            received(state) == 1 && !masks(state, |all| &all.pending, USR1)
        })
        .await;
    client
        .until("its handler's word", |state| {
            state
                .workers
                .iter()
                .any(|worker| worker.said.iter().any(|one| one.what == "handled"))
        })
        .await;
    let handled = said(client, "handled");
    assert_eq!(handled.len(), 1, "{handled:?}");
    assert_eq!(number(&handled[0], "number"), Some(10));
    let first = client.state().messages.front().expect("it was sent");
    assert!(
        first.arrived && first.tie == Tie::Certain,
        "the first of them: {first:?}"
    );
    world.end().await;
}

pub(crate) async fn real_time_signals_queue_with_their_values(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    block(client, "SIGRTMIN", RTMIN).await;
    for value in 1..=5 {
        raise(client, "SIGRTMIN", Some(value * 10), 1).await;
    }
    act(client, "unblock", json!({"signal": "SIGRTMIN"})).await;
    client
        .until("all five delivered, and a handler's word", |state| {
            let receiver = state.worker(&"receiver".into());
            let said = receiver.is_some_and(|one| one.said.iter().any(|one| one.what == "handled"));
            received(state) == 5 && said
        })
        .await;
    assert_eq!(lost(client.state()), 0);
    let handled = said(client, "handled");
    if receives_in_python(subject) {
        // The kernel delivered five; the function ran for all at once.
        assert_eq!(handled.len(), 1, "{handled:?}");
    } else {
        let values: Vec<_> = handled.iter().map(|about| number(about, "value")).collect();
        assert_eq!(values, [10, 20, 30, 40, 50].map(Some));
    }
    world.end().await;
}

pub(crate) async fn a_handler_can_be_put_off_and_taken_away(subject: Subject) {
    let mut world = subject.run(json!({"handler": "ignore"})).await;
    let client = &mut world.client;
    client
        .until("the signal ignored", |state| {
            masks(state, |all| &all.ignored, USR1)
        })
        .await;
    act(
        client,
        "handle",
        json!({"signal": "SIGUSR1", "how": "handler"}),
    )
    .await;
    client
        .until("a handler set", |state| {
            masks(state, |all| &all.caught, USR1)
        })
        .await;
    raise(client, "SIGUSR1", None, 1).await;
    client
        .until("it arrives", |state| received(state) == 1)
        .await;
    act(
        client,
        "handle",
        json!({"signal": "SIGUSR1", "how": "default"}),
    )
    .await;
    client
        .until("the default back", |state| {
            !masks(state, |all| &all.caught, USR1)
        })
        .await;
    world.end().await;
}

pub(crate) async fn an_ignored_signal_is_thrown_away(subject: Subject) {
    let mut world = subject.run(json!({"handler": "ignore"})).await;
    let client = &mut world.client;
    client
        .until("the signal ignored", |state| {
            masks(state, |all| &all.ignored, USR1)
        })
        .await;
    raise(client, "SIGUSR1", None, 2).await;
    client
        .until("both thrown away", |state| lost(state) == 2)
        .await;
    assert_eq!(received(client.state()), 0);
    assert!(said(client, "handled").is_empty());
    world.end().await;
}

pub(crate) async fn the_default_of_a_signal_ends_its_process(subject: Subject) {
    let mut world = subject.run(json!({"handler": "default"})).await;
    let client = &mut world.client;
    super::ready(client).await;
    raise(client, "SIGUSR1", None, 1).await;
    let killed = Life::Killed {
        signal: Signal::SIGUSR1,
    };
    client
        .until("it is killed by the signal, which has arrived", |state| {
            gone(state, "receiver", killed) && received(state) == 1
        })
        .await;
    world.end().await;
}

pub(crate) async fn a_signal_can_stop_and_continue_a_process(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    let frozen = |state: &RunState| {
        state
            .worker(&"receiver".into())
            .is_some_and(|one| one.frozen)
    };
    super::ready(client).await;
    raise(client, "SIGSTOP", None, 1).await;
    client.until("it is frozen", frozen).await;
    raise(client, "SIGCONT", None, 1).await;
    client.until("it goes on", |state| !frozen(state)).await;
    client
        .until("both arrived", |state| received(state) == 2)
        .await;
    world.end().await;
}

pub(crate) async fn nobody_can_block_or_handle_sigkill(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    act(
        client,
        "handle",
        json!({"signal": "SIGKILL", "how": "handler"}),
    )
    .await;
    client
        .until("EINVAL", |state| failed(state, "receiver", Errno::EINVAL))
        .await;
    block(client, "all", USR1).await;
    for (free, name) in [(9, "SIGKILL"), (19, "SIGSTOP")] {
        assert!(!masks(client.state(), |all| &all.blocked, free), "{name}");
    }
    raise(client, "SIGTERM", None, 1).await;
    client
        .until("SIGTERM pending", |state| {
            masks(state, |all| &all.pending, 15)
        })
        .await;
    raise(client, "SIGKILL", None, 1).await;
    let killed = Life::Killed {
        signal: Signal::SIGKILL,
    };
    client
        .until("it is dead", |state| gone(state, "receiver", killed))
        .await;
    client
        .until("what was pending is lost", |state| {
            (received(state), lost(state)) == (1, 1)
        })
        .await;
    world.end().await;
}

pub(crate) async fn a_sender_of_a_dead_process_is_told(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    kill(client, "receiver").await;
    // Its parent has waited for it by the time that this is refused; until then, a signal to it is taken.
    for _ in 0..100 {
        client.send("sender", subject.payload(1), 1).await;
        let sent = client.state().messages.len();
        client
            .until("the sender's word", |state| {
                state.messages.len() >= sent && state.messages.iter().all(|one| one.sent.is_some())
            })
            .await;
        if client
            .state()
            .messages
            .back()
            .and_then(|one| one.sent?.errno)
            == Some(Errno::ESRCH)
        {
            world.end().await;
            return;
        }
    }
    panic!("never ESRCH\n{}", client.tail());
}

pub(crate) async fn sigwaitinfo_takes_the_lowest_first(subject: Subject) {
    let mut world = subject.run(json!({"waits": "sigwaitinfo"})).await;
    let client = &mut world.client;
    client
        .until("the receiver asleep in sigwaitinfo", |state| {
            crate::subject::sleeps(state, "receiver", Wait::Signal)
        })
        .await;
    freeze(client, "receiver").await;
    raise(client, "SIGRTMIN", Some(1), 1).await;
    raise(client, "SIGRTMIN", Some(2), 1).await;
    raise(client, "SIGUSR1", None, 1).await;
    client.act("resume", "receiver", json!({})).await;
    client
        .until("all three", |state| received(state) == 3)
        .await;
    let order: Vec<_> = said(client, "waited")
        .iter()
        .map(|about| (number(about, "number"), number(about, "value")))
        .collect();
    assert_eq!(
        order,
        [(Some(10), None), (Some(34), Some(1)), (Some(34), Some(2))]
    );
    assert!(said(client, "handled").is_empty());
    world.end().await;
}

pub(crate) async fn two_senders_are_told_apart(subject: Subject) {
    let mut world = subject.run(json!({"senders": 2})).await;
    let client = &mut world.client;
    block(client, "SIGRTMIN", RTMIN).await;
    let args: shared::command::Values = [
        ("signal".to_owned(), "SIGRTMIN".into()),
        ("via".to_owned(), "sigqueue".into()),
    ]
    .into();
    for (n, sender) in [(1, "sender-2"), (2, "sender")] {
        let sent = client
            .try_send_with(sender, subject.payload(n), 1, args.clone())
            .await;
        sent.expect("the message is taken");
        client
            .until("it is sent", |state| state.counts.sent == n)
            .await;
    }
    act(client, "unblock", json!({"signal": "SIGRTMIN"})).await;
    client
        .until("both arrived", |state| received(state) == 2)
        .await;
    if !receives_in_python(subject) {
        let from: Vec<_> = said(client, "handled")
            .iter()
            .map(|about| number(about, "from"))
            .collect();
        let pid = |name: &str| {
            let worker = client.state().worker(&name.into());
            worker.map(|worker| i64::from(worker.pid))
        };
        assert_eq!(from, [pid("sender-2"), pid("sender")]);
    }
    world.end().await;
}

pub(crate) async fn a_handler_ends_a_read_unless_it_restarts(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    let asleep = |state: &RunState| crate::subject::sleeps(state, "receiver", Wait::PipeEmpty);
    act(client, "read", json!({})).await;
    client.until("it sleeps in read", asleep).await;
    raise(client, "SIGUSR1", None, 1).await;
    client
        .until("it arrives", |state| received(state) == 1)
        .await;
    client
        .until("EINTR", |state| failed(state, "receiver", Errno::EINTR))
        .await;
    if receives_in_python(subject) {
        // Python has made the call again by itself.
        client.until("it sleeps in read again", asleep).await;
    } else {
        act(
            client,
            "handle",
            json!({"signal": "SIGUSR1", "how": "restart"}),
        )
        .await;
        act(client, "read", json!({})).await;
        client.until("it sleeps in read again", asleep).await;
        let interrupted = |state: &RunState| {
            let eintr = |call: &&shared::state::Call| call.errno == Some(Errno::EINTR);
            state.calls.iter().filter(eintr).count()
        };
        let before = interrupted(client.state());
        raise(client, "SIGUSR1", None, 1).await;
        client
            .until("it arrives", |state| received(state) == 2)
            .await;
        client.until("it sleeps on", asleep).await;
        assert_eq!(interrupted(client.state()), before, "{}", client.tail());
    }
    client.act("wake", "parent", json!({})).await;
    client
        .until("the same read returns the byte", |state| {
            state.calls.iter().any(|call| {
                call.worker.as_str() == "receiver" && call.name == "read" && call.ret == Some(1)
            })
        })
        .await;
    world.end().await;
}
