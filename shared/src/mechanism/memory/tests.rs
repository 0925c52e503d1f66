use super::{ENTRY, Guard, Name, Order, Params, cast, entry::PARAMS, letter};
use crate::{
    catalog::ParamKind,
    command::Values,
    mechanism::{Member, Seat},
};
use serde_json::{Value, json};

fn values(json: &Value) -> Values {
    serde_json::from_value(json.clone()).unwrap()
}

fn order(verb: &str, args: &Value) -> Order {
    let order = ENTRY.order("shm", verb, &values(args), "writer").unwrap();
    serde_json::from_value(Value::Object(order.into_iter().collect())).unwrap()
}

#[test]
fn defaults_and_text_from_a_url_are_taken() {
    let params = Params::new(&values(&json!({"size": "5,000", "guard": "seqlock"}))).unwrap();
    assert_eq!((params.size, params.writers), (8192, 1));
    assert_eq!(params.guard, Guard::Seqlock);
    assert!(!params.tracker);
}

#[test]
fn every_choice_is_read_as_its_name_says() {
    for param in PARAMS {
        if let ParamKind::Choice { options } = param.kind {
            for (word, _) in options {
                let params = Params::new(&values(&json!({param.id: word}))).unwrap();
                let read = serde_json::to_value(params).unwrap();
                assert_eq!(read[param.id], *word);
            }
        }
    }
}

#[test]
fn every_act_is_read_with_its_defaults() {
    assert_eq!(order("load", &json!({})), Order::Load { at: 64, len: 64 });
    assert_eq!(
        order("add", &json!({"cell": 3, "times": "1,000"})),
        Order::Add {
            cell: 3,
            n: 1,
            times: 1000
        }
    );
    assert_eq!(
        order("attach", &json!({})),
        Order::Attach { name: Name::Right }
    );
    for act in ENTRY.acts {
        let read = order(act.id, &json!({}));
        assert_eq!(serde_json::to_value(read).unwrap()["do"], act.id);
    }
}

#[test]
fn nobody_stores_into_the_guard() {
    for (verb, args) in [("load", json!({"at": 0})), ("load", json!({"at": 63}))] {
        let refused = ENTRY
            .order("shm", verb, &values(&args), "reader")
            .unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("at"));
    }
    let refused = ENTRY
        .send_args("shm", &values(&json!({"at": 8})))
        .unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("at"));
}

#[test]
fn memory_without_a_name_cannot_be_attached_by_name() {
    assert!(
        ENTRY
            .order("memfd", "attach", &Values::new(), "reader")
            .is_err()
    );
    assert!(
        ENTRY
            .order("sysv", "unlink", &Values::new(), "parent")
            .is_ok()
    );
}

#[test]
fn all_but_the_parent_send_and_have_letters() {
    let cast = cast("shm", &values(&json!({"writers": 2})));
    let ids: Vec<_> = cast.iter().map(|member| member.id.as_str()).collect();
    assert_eq!(ids, ["parent", "writer", "writer-2", "reader"]);
    assert!(cast.iter().skip(1).all(|member| member.sends));
    assert_eq!(cast.last().map(|member| member.seat), Some(Seat::Right));
    assert_eq!([1, 2, 3].map(letter), [b'A', b'B', b'C']);
    assert_eq!(cast[0], Member::parent());
}
