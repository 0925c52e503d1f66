use super::{ENTRY, Order, Params, Pattern, Start, Transport, cast, own_message, whose_message};
use crate::{
    command::Values,
    mechanism::{Member, Seat},
};
use serde_json::{Value, json};

fn values(given: &Value) -> Values {
    serde_json::from_value(given.clone()).unwrap()
}

#[test]
fn every_choice_is_read_as_its_name_says() {
    let params = |given: &Value| Params::new(Pattern::PubSub, &values(given)).unwrap();
    let plain = params(&json!({}));
    assert_eq!(
        (plain.transport, plain.order),
        (Transport::Ipc, Start::Together)
    );
    assert!(plain.handshake && plain.loops && !plain.own_topic);
    assert_eq!(
        params(&json!({"transport": "tcp"})).transport,
        Transport::Tcp
    );
    assert_eq!(params(&json!({"order": "late"})).order, Start::Late);
    assert_eq!(params(&json!({"order": "told"})).order, Start::Told);
    assert!(params(&json!({"topics": "own"})).own_topic);
    assert!(!params(&json!({"receiver": "demand"})).loops);
    assert!(!params(&json!({"handshake": false})).handshake);
    assert_eq!(params(&json!({"hwm": "7"})).hwm, 7);
    // Only PUB loses what nobody waits for.
    assert!(
        !Params::new(Pattern::PushPull, &Values::new())
            .unwrap()
            .handshake
    );
}

#[test]
fn who_sends_first_stands_on_the_left_and_is_born_first() {
    let ids = |cast: &[Member]| -> Vec<String> {
        cast.iter().map(|member| member.id.to_string()).collect()
    };
    let one = cast("push-pull", &values(&json!({"pullers": 3})));
    assert_eq!(
        ids(&one),
        ["parent", "pusher", "puller", "puller-2", "puller-3"]
    );
    assert!(one[1].sends && one[1].seat == Seat::Left && one[2].seat == Seat::Right);
    let two = cast("req-rep", &values(&json!({"clients": 2})));
    assert_eq!(ids(&two), ["parent", "client", "client-2", "server"]);
    assert!(two[1].sends && !two[3].sends && two[3].seat == Seat::Right);
    for variant in ENTRY.variants {
        let pattern = Pattern::of(variant.id).unwrap();
        let cast = cast(variant.id, &Values::new());
        let has = |role: &str| cast.iter().any(|member| member.role == role);
        assert!(
            has(pattern.binder()) && has(pattern.connector()),
            "{}",
            variant.id
        );
    }
}

#[test]
fn an_order_is_read_as_it_was_checked() {
    let order = |variant: &str, verb: &str, role: &str, args: &Value| {
        let order = ENTRY.order(variant, verb, &values(args), role).ok()?;
        serde_json::from_value::<Order>(serde_json::to_value(order).unwrap()).ok()
    };
    let none = json!({});
    assert_eq!(
        order("pub-sub", "receive", "subscriber", &json!({"times": 3})),
        Some(Order::Receive { times: 3 })
    );
    assert_eq!(
        order("push-pull", "connect", "puller", &none),
        Some(Order::Connect)
    );
    assert_eq!(
        order("req-rep", "close", "server", &none),
        Some(Order::Close)
    );
    assert_eq!(
        order("push-pull", "bind", "pusher", &none),
        Some(Order::Bind)
    );
    assert_eq!(order("pub-sub", "receive", "publisher", &none), None);
    let topic = values(&json!({"topic": "B"}));
    assert_eq!(ENTRY.send_args("pub-sub", &topic).unwrap()["topic"], "B");
    assert!(ENTRY.send_args("push-pull", &topic).is_err());
}

#[test]
fn a_message_of_its_own_says_whose_it_is() {
    assert_eq!(whose_message(own_message(7, 0)), Some((7, 1)));
    assert_eq!(whose_message(own_message(41_213, 12)), Some((41_213, 13)));
    assert_eq!(whose_message(12), None);
}
