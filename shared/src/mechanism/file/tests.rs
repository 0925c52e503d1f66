use super::{ENTRY, Kind, Locking, Order, Params, Wake};
use crate::{catalog::ParamKind, command::Values, event::LockMode, mechanism::cast};
use serde_json::{Value, json};

fn values(json: &Value) -> Values {
    json.as_object().unwrap().clone().into_iter().collect()
}

#[test]
fn every_choice_is_read_as_its_name_says() {
    for param in ENTRY.params {
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
fn every_parameter_has_its_field_and_default() {
    let params = serde_json::to_value(Params::new(&Values::new()).unwrap()).unwrap();
    let checked = ENTRY.params(&Values::new()).unwrap();
    for param in ENTRY.params {
        assert_eq!(params[param.id], checked[param.id], "{}", param.id);
    }
}

#[test]
fn every_variant_has_its_kind() {
    for variant in ENTRY.variants {
        let kind = Kind::new(variant.id).unwrap();
        assert_eq!(serde_json::to_value(kind).unwrap(), variant.id);
    }
    assert_eq!(
        Kind::new("x").unwrap_err().field.as_deref(),
        Some("variant")
    );
}

#[test]
fn a_stranger_is_there_only_where_something_is_appended() {
    let given = values(&json!({"stranger": true, "writers": 2}));
    let names = |variant: &str| -> Vec<String> {
        let cast = cast("file", variant, &given);
        cast.iter().map(|member| member.id.to_string()).collect()
    };
    assert_eq!(
        names("append"),
        ["parent", "writer", "writer-2", "stranger", "reader"]
    );
    assert_eq!(names("write"), ["parent", "writer", "writer-2", "reader"]);
}

#[test]
fn an_act_is_checked_and_read() {
    let given = values(&json!({"mode": "shared", "len": "10"}));
    let order = ENTRY.order("append", "lock", &given, "writer").unwrap();
    let order: Order = serde_json::from_value(Value::Object(order.into_iter().collect())).unwrap();
    let expected = Order::Lock {
        from: 0,
        len: 10,
        mode: LockMode::Shared,
    };
    assert_eq!(order, expected);
    for act in ENTRY.acts {
        let variant = act.variants.first().unwrap_or(&"write");
        let order = ENTRY
            .order(variant, act.id, &Values::new(), act.roles[0])
            .unwrap();
        let order = Value::Object(order.into_iter().collect());
        let read: Order = serde_json::from_value(order.clone()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), order, "{}", act.id);
    }
    let refused = ENTRY.order("append", "lock", &Values::new(), "stranger");
    assert_eq!(refused.unwrap_err().field.as_deref(), Some("worker"));
}

#[test]
fn a_wrong_parameter_is_named() {
    for (given, field) in [
        (json!({"writers": 9}), "writers"),
        (json!({"lock": "mandatory"}), "lock"),
    ] {
        let refused = Params::new(&values(&given)).unwrap_err();
        assert_eq!(refused.field.as_deref(), Some(field));
    }
    let params = Params::new(&values(&json!({"lock": "ofd", "wake": "poll"}))).unwrap();
    assert_eq!((params.lock, params.wake), (Locking::Ofd, Wake::Poll));
}
