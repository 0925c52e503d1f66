//! What the catalog says that a variant can, looked at on the running thing.

use super::{one_by_one, send};
use crate::subject::{Subject, asked, freeze, kill, received};
use harness::World;
use serde_json::{Value, json};
use shared::{
    catalog::ParamKind,
    command::Data,
    event::{Event, Kind, Part},
    failure::Code,
    ids::{ObjectId, WorkerId},
    mechanism::Seat,
    state::{Object, RunState},
};

pub(crate) async fn both_sides_send_where_that_is_promised(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    one_by_one(&mut world, subject, 1).await;
    let cast = subject.cast(&json!({}));
    let client = &mut world.client;
    for member in cast.iter().filter(|member| member.seat == Seat::Right) {
        let id = member.id.as_str();
        if !member.sends {
            let refused = client
                .try_send(id, subject.payload(2), 1)
                .await
                .expect_err("it only receives");
            assert_eq!(
                (refused.code, refused.field.as_deref()),
                (Code::BadParam, Some("worker")),
                "{refused}"
            );
            continue;
        }
        assert!(
            subject.can().bidirectional,
            "{id} can send, and the catalog says that only one side can"
        );
        client.send(id, subject.payload(2), 1).await;
        // It may be asleep in a receive, and looks for commands when that is over.
        client.send(&subject.sender(), subject.payload(3), 1).await;
        let back = |state: &RunState| {
            let mut all = state.messages.iter();
            all.any(|message| {
                let through = message.sent.is_some_and(|sent| sent.errno.is_none());
                message.worker == member.id && through
            })
        };
        client.until("a message the other way", back).await;
        let there = through(client.events(), &subject.sender());
        let back = through(client.events(), id);
        let same = back.iter().any(|object| there.contains(object));
        let peers = client.state().objects.iter().any(|object| {
            there.contains(&object.id.as_str())
                && (object.peer.as_ref()).is_some_and(|peer| back.contains(&peer.as_str()))
        });
        // Where nobody is connected, each sends into what the other one holds.
        let holds = |object: &Object, who: &str| {
            let mut holders = object.holders.iter();
            holders.any(|holder| holder.worker.as_str() == who)
        };
        let boxes = client.state().objects.iter().any(|object| {
            object.object_type == "datagram"
                && back.contains(&object.id.as_str())
                && holds(object, &subject.sender())
        });
        assert!(
            same || peers || boxes,
            "through the same object, or the other end of it: {there:?} and {back:?}\n{}",
            client.tail()
        );
    }
    world.end().await;
}

/// The objects that a worker's messages went into.
fn through<'a>(events: &'a [Event], worker: &str) -> Vec<&'a str> {
    let mine = events.iter().filter(|event| {
        event
            .worker
            .as_ref()
            .is_some_and(|id| id.as_str() == worker)
            && match &event.kind {
                Kind::MessageSending { .. }
                | Kind::MessageSent { .. }
                | Kind::MemoryStored { .. } => true,
                Kind::CallReturned { msg, .. } => msg.is_some(),
                _ => false,
            }
    });
    mine.filter_map(|event| event.object.as_ref().map(ObjectId::as_str))
        .collect()
}

/// Bytes of the message that an event moved. A counter takes in whole numbers and gives out their sum: that is nobody's.
fn moved(event: &Event, counter: bool) -> u64 {
    let mine = |part: &&Part| part.msg == Some(1) || counter && part.msg.is_none();
    (event.parts.iter().filter(mine))
        .map(|part| part.to - part.from)
        .sum()
}

pub(crate) async fn the_kernel_copies_each_byte_as_often_as_it_says(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    one_by_one(&mut world, subject, 1).await;
    let client = &mut world.client;
    client
        .until("the sender's own word", |state| {
            asked(state).any(|message| message.sent.is_some())
        })
        .await;
    client.stop().await;
    let copies = u64::from(subject.can().copies);
    let message = asked(client.state()).next().expect("it was sent");
    let counter = subject.variant == "eventfd";
    let (mut taken, mut given) = (0, 0);
    for event in client.events() {
        if let Kind::CallReturned { msg, .. } = &event.kind {
            if *msg == Some(1) {
                taken += moved(event, counter);
            } else if given < message.len {
                // Who looks at a file again and again may read all of it once more.
                given += moved(event, counter);
            }
        }
    }
    if message.len == 0 {
        // A signal and a post are no bytes: what their values cost is looked at in the claims about them.
        assert_eq!(subject.entry, "signal", "{message:?}");
    } else if copies == 0 {
        assert_eq!((taken, given), (0, 0), "{}", client.tail());
        let Data::Text { text } = subject.payload(1) else {
            panic!("payloads are text here")
        };
        let told = client.events().iter().find(|event| {
            let (Kind::CallEntered { args, .. } | Kind::CallReturned { args, .. }) = &event.kind
            else {
                return false;
            };
            args.iter().any(|arg| arg.contains(&text))
        });
        assert!(told.is_none(), "a call carries the message: {told:?}");
    } else {
        assert_eq!(
            (taken, given),
            (message.len, message.len),
            "in and out, each byte once\n{}",
            client.tail()
        );
        assert_eq!(copies, 2, "once in and once out");
    }
    world.end().await;
}

/// Parameters with which it goes over the network, where there is a choice.
fn over_the_network(subject: Subject) -> Value {
    let choice = subject.card().params_of(subject.variant).find(|param| {
        let ParamKind::Choice { options } = param.kind else {
            return false;
        };
        param.id == "transport" && options.iter().any(|(id, _)| *id == "tcp")
    });
    choice.map_or(json!({}), |_| json!({"transport": "tcp"}))
}

pub(crate) async fn it_calls_the_network_where_it_says_that_it_crosses_machines(subject: Subject) {
    let crosses = subject.can().crosses_machines;
    let params = if crosses {
        over_the_network(subject)
    } else {
        json!({})
    };
    let mut world = subject.run(params).await;
    one_by_one(&mut world, subject, 1).await;
    let client = &mut world.client;
    client.stop().await;
    let network = client.events().iter().find(|event| match &event.kind {
        Kind::CallEntered { args, .. } => args.iter().any(|arg| arg.contains("AF_INET")),
        _ => false,
    });
    assert_eq!(network.is_some(), crosses, "{network:?}\n{}", client.tail());
    world.end().await;
}

/// Nobody who took part lives any more; the parent, which only made it, is frozen, so that it does not end the run. Seen
/// with X-ray: without, a death is known when the parent has waited for it.
async fn all_but_the_parent_gone(world: &mut World, subject: Subject) {
    let client = &mut world.client;
    freeze(client, "parent").await;
    for member in subject.cast(&json!({})) {
        if member.seat != Seat::Below {
            kill(client, member.id.as_str()).await;
        }
    }
}

pub(crate) async fn what_was_sent_outlives_its_processes_where_that_is_promised(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let (sender, receiver) = (subject.sender(), subject.receiver());
    freeze(&mut world.client, &receiver).await;
    send(&mut world, subject, &sender, 1).await;
    world
        .client
        .until("the sender done", |state| {
            asked(state).any(|message| message.sent.is_some())
        })
        .await;
    assert_eq!(received(world.client.state()), 0, "the receiver is frozen");
    let into: Vec<_> = (through(world.client.events(), &sender).into_iter())
        .map(str::to_owned)
        .collect();
    all_but_the_parent_gone(&mut world, subject).await;
    let client = &mut world.client;
    let alone = |object: &Object| object.holders.is_empty() && object.mappings.is_empty();
    let theirs = |state: &RunState| {
        let mut holders = state.objects.iter().flat_map(|object| &object.holders);
        holders.any(|holder| holder.worker.as_str() != "parent")
    };
    client
        .until("nothing held by the dead", |state| !theirs(state))
        .await;
    // A name alone is not enough: that of a FIFO stays, and what was in it does not.
    let message = asked(client.state()).next().expect("it was sent");
    let lost = message.lost || message.bytes_lost > 0;
    let kept = !lost
        && client.state().objects.iter().any(|object| {
            into.iter().any(|id| id == object.id.as_str())
                && !object.removed
                && !object.names.is_empty()
                && alone(object)
        });
    assert_eq!(
        kept,
        subject.can().survives,
        "{into:?} of {:?}\n{}",
        client.state().objects,
        client.tail()
    );
    world.end().await;
}

pub(crate) async fn open_files_are_handed_over_where_that_is_promised(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let (sender, receiver) = (subject.sender(), subject.receiver());
    let with = serde_json::from_value(json!({"with": "file"})).expect("an object");
    let client = &mut world.client;
    let sent = client
        .try_send_with(&sender, subject.payload(1), 1, with)
        .await;
    if !subject.can().passes_descriptors {
        let refused = sent.expect_err("there is no way to hand it over");
        assert_eq!(refused.field.as_deref(), Some("with"), "{refused}");
        world.end().await;
        return;
    }
    sent.expect("the message and the descriptor are taken");
    let came = client
        .event(
            "a descriptor that came",
            |event| matches!(&event.kind, Kind::ProcessSaid { what, .. } if what == "came"),
        )
        .await;
    assert_eq!(came.worker.as_ref().map(WorkerId::as_str), Some(&*receiver));
    if subject.xray {
        let call = client.events().iter().find(|event| match &event.kind {
            Kind::CallEntered { args, .. } => args.iter().any(|arg| arg.contains("SCM_RIGHTS")),
            _ => false,
        });
        assert!(call.is_some(), "{}", client.tail());
    }
    world.end().await;
}
