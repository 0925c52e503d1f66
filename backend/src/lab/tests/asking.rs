//! What is asked of the lab is done or refused in words, and the answer finds who asked.

use crate::{
    lab::{
        Command, Done, Limits, Order, Token,
        fake::{lab, start},
    },
    link::{FromBox, ToBox},
};
use shared::{
    command::{Data, Effect},
    failure::{Code, Failure},
};

#[tokio::test]
async fn refusals_name_the_limit_and_come_before_any_process() {
    let (lab, mut boxes) = lab(Limits {
        runs: 3,
        runs_per_address: 2,
        ..Limits::default()
    });
    let (owner, here) = (Token::random(), Some("::1".parse().unwrap()));
    let order = |json| Order {
        entry: "pipe".to_owned(),
        params: serde_json::from_value(json).unwrap(),
        ..Order::default()
    };
    let fine = || order(serde_json::json!({}));
    let refused = lab
        .start(&owner, here, order(serde_json::json!({"writers": 9})))
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code, refused.field.as_deref()),
        (Code::BadParam, Some("writers"))
    );
    assert!(boxes.try_recv().is_err(), "no box was made");
    let _first = lab.start(&owner, here, fine()).await.unwrap();
    let second = lab.start(&owner, here, fine()).await.unwrap();
    let refused = lab.start(&owner, here, fine()).await.unwrap_err();
    assert_eq!(
        (refused.limit.as_deref(), refused.value),
        (Some("runs_per_address"), Some(2))
    );
    let _third = lab
        .start(&owner, Some("192.0.2.1".parse().unwrap()), fine())
        .await
        .unwrap();
    let refused = lab.start(&owner, None, fine()).await.unwrap_err();
    assert_eq!(
        (refused.limit.as_deref(), refused.value),
        (Some("runs"), Some(3))
    );
    drop(boxes.recv().await);
    drop(boxes.recv().await);
    second.run.over().await;
    lab.start(&owner, here, fine()).await.unwrap();
}

#[tokio::test]
async fn answers_find_their_request_and_refused_messages_give_their_number_back() {
    let (lab, mut boxes) = lab(Limits::default());
    let (started, mut supervisor) = start(&lab, &mut boxes, &Token::random()).await;
    let send = |times| Command::Send {
        worker: None,
        data: Data::Text {
            text: "hi".to_owned(),
        },
        times,
        args: shared::command::Values::new(),
    };
    let first = started.run.request(1, send(3)).unwrap();
    let second = started.run.request(1, send(1)).unwrap();
    for _ in 0..2 {
        supervisor.heard.recv().await.unwrap();
    }
    supervisor
        .say
        .send(FromBox::Ack {
            re: 1,
            effect: Effect::Done,
        })
        .await
        .unwrap();
    let failure = Failure::new(Code::WorkerBusy, "64 wait", "wait");
    supervisor
        .say
        .send(FromBox::Refused {
            re: Some(1),
            failure: failure.clone(),
        })
        .await
        .unwrap();
    assert_eq!(
        first.await.unwrap(),
        Ok(Done::Ack {
            message: Some(1),
            effect: Effect::Done
        })
    );
    assert_eq!(second.await.unwrap(), Err(failure));
    let _third = started.run.request(2, send(1)).unwrap();
    let Some(ToBox::Send { first, data, .. }) = supervisor.heard.recv().await else {
        panic!("a send")
    };
    assert_eq!(
        (first, data),
        (
            4,
            Data::Base64 {
                base64: "aGk=".to_owned()
            }
        )
    );
    assert!(started.run.payload(3, 0, 9).is_ok());

    let unanswered = started.run.request(3, send(1)).unwrap();
    drop(supervisor);
    assert_eq!(unanswered.await.unwrap().unwrap_err().code, Code::RunOver);
    assert_eq!(
        started.run.request(4, send(1)).unwrap_err().code,
        Code::RunOver
    );
}
