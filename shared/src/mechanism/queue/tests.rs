use super::{ENTRY, cast, posix, python, shared, sysv};
use crate::{catalog::ParamKind, command::Values};
use serde_json::{Value, json};

fn values(given: &Value) -> Values {
    serde_json::from_value(given.clone()).unwrap()
}

#[test]
fn every_choice_is_read_as_its_name_says() {
    for (id, words) in ENTRY.params.iter().filter_map(|param| match param.kind {
        ParamKind::Choice { options } => Some((param.id, options)),
        ParamKind::Number { .. } | ParamKind::Flag { .. } => None,
    }) {
        for (word, _) in words {
            let given = values(&json!({id: word}));
            let posix = serde_json::to_value(posix::Params::new(&given).unwrap()).unwrap();
            let sysv = serde_json::to_value(sysv::Params::new(&given).unwrap()).unwrap();
            let shared = serde_json::to_value(shared::Params::new(&given).unwrap()).unwrap();
            match id {
                "consumer" => assert_eq!(posix["loops"], *word == "loop"),
                "notify" => assert_eq!(posix[id], *word),
                "feeder" => assert_eq!(shared["feeder"], *word == "on"),
                "guard" => assert_eq!(shared["robust"], *word == "robust"),
                "want" => assert_eq!(sysv[id], *word),
                _ => panic!("{id} is read by nobody"),
            }
        }
    }
}

#[test]
fn consumers_are_numbered_and_stand_behind_the_producers() {
    let cast = cast("posix", &values(&json!({"producers": 2, "consumers": "3"})));
    let ids: Vec<_> = cast.iter().map(|member| member.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "parent",
            "producer",
            "producer-2",
            "consumer",
            "consumer-2",
            "consumer-3"
        ]
    );
    assert!(
        cast.iter()
            .all(|member| member.sends == (member.role == "producer"))
    );
}

#[test]
fn a_type_is_asked_for_in_three_ways() {
    assert_eq!(sysv::Want::Any.msgtyp(2), 0);
    assert_eq!(sysv::Want::Own.msgtyp(2), 2);
    assert_eq!(sysv::Want::Lowest.msgtyp(2), -9);
}

#[test]
fn priorities_are_of_posix_and_types_of_system_v() {
    let given = values(&json!({"priority": 5}));
    assert_eq!(ENTRY.send_args("posix", &given).unwrap()["priority"], 5);
    let refused = ENTRY.send_args("sysv", &given).unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("priority"));
    assert_eq!(ENTRY.send_args("sysv", &Values::new()).unwrap()["type"], 1);
}

#[test]
fn a_bound_and_a_join_are_of_python() {
    let params = python::Params::new(&values(&json!({"maxsize": 2}))).unwrap();
    assert_eq!(params.maxsize, 2);
    let order = |variant: &str, verb: &str, role: &str| {
        let order = ENTRY.order(variant, verb, &Values::new(), role).ok()?;
        serde_json::from_value::<python::Order>(serde_json::to_value(order).unwrap()).ok()
    };
    assert_eq!(
        order("python", "receive", "consumer"),
        Some(python::Order::Receive { times: 1 })
    );
    assert_eq!(
        order("python", "join", "producer"),
        Some(python::Order::Join)
    );
    assert_eq!(order("posix", "join", "producer"), None);
}

#[test]
fn a_ring_has_slots_and_a_feeder_that_can_be_held() {
    let params = shared::Params::new(&Values::new()).unwrap();
    assert_eq!((params.slots, params.slot), (8, 64));
    assert!(params.feeder && !params.robust);
    for (verb, means) in [
        ("hold", shared::Order::Hold),
        ("release", shared::Order::Release),
        ("join", shared::Order::Join),
    ] {
        let order = ENTRY.order("shared", verb, &Values::new(), "producer");
        let order = serde_json::to_value(order.unwrap()).unwrap();
        assert_eq!(
            serde_json::from_value::<shared::Order>(order).unwrap(),
            means
        );
    }
    assert!(
        ENTRY
            .order("python", "hold", &Values::new(), "producer")
            .is_err()
    );
}

#[test]
fn a_receive_by_type_is_for_system_v() {
    let order = ENTRY.order("sysv", "receive", &values(&json!({"type": 2})), "consumer");
    let order = serde_json::to_value(order.unwrap()).unwrap();
    assert_eq!(
        serde_json::from_value::<sysv::Order>(order).unwrap(),
        sysv::Order::Receive {
            r#type: 2,
            lowest: false,
            len: 0,
            times: 1
        }
    );
    let refused = ENTRY.order("posix", "receive", &values(&json!({"type": 2})), "consumer");
    assert_eq!(refused.unwrap_err().field.as_deref(), Some("type"));
    assert!(
        ENTRY
            .order("sysv", "close", &Values::new(), "consumer")
            .is_err()
    );
}
