use super::{ENTRY, Forgotten, Order, Params, Reader, cast};
use crate::{
    catalog::{Act, ParamKind},
    command::Values,
};
use serde_json::{Value, json};

fn values(json: &Value) -> Values {
    serde_json::from_value(json.clone()).unwrap()
}

#[test]
fn defaults_and_text_from_a_url_are_taken() {
    let params = Params::new(&values(
        &json!({"capacity": "4,096", "forgotten": "reader-write"}),
    ))
    .unwrap();
    assert_eq!(
        (params.writers, params.capacity, params.reader),
        (1, 4096, Reader::Loop)
    );
    assert_eq!(params.forgotten, Forgotten::ReaderWrite);
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
fn a_wrong_parameter_is_named() {
    for (given, field) in [
        (json!({"writers": 9}), "writers"),
        (json!({"speed": 1}), "speed"),
        (json!({"reader": "x"}), "reader"),
    ] {
        assert_eq!(
            Params::new(&values(&given)).unwrap_err().field.as_deref(),
            Some(field)
        );
    }
}

fn order(variant: &str, verb: &str, args: &Values, role: &str) -> Order {
    let order = ENTRY.order(variant, verb, args, role).unwrap();
    serde_json::from_value(Value::Object(order.into_iter().collect())).unwrap()
}

#[test]
fn a_writer_cannot_read() {
    let refused = ENTRY
        .order("anonymous", "read", &Values::new(), "writer")
        .unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("worker"));
    assert_eq!(
        order("anonymous", "read", &Values::new(), "reader"),
        Order::Read {
            len: 4096,
            times: 1
        }
    );
}

#[test]
fn every_act_with_every_choice_is_an_order() {
    for Act {
        id,
        roles,
        args,
        variants,
        ..
    } in ENTRY.acts
    {
        for arg in *args {
            let ParamKind::Choice { options } = arg.kind else {
                continue;
            };
            for (word, _) in options {
                let given = values(&json!({arg.id: word}));
                let order = order(variants[0], id, &given, roles[0]);
                let written = serde_json::to_value(order).unwrap();
                assert_eq!(
                    (&written["do"], &written[arg.id]),
                    (&json!(id), &json!(word))
                );
            }
        }
    }
}

#[test]
fn who_takes_part_depends_on_the_variant_and_its_parameters() {
    let names = |variant: &str, params: Value| -> Vec<String> {
        cast(variant, &values(&params))
            .iter()
            .map(|member| member.id.to_string())
            .collect()
    };
    assert_eq!(names("python", json!({})), ["parent", "sender", "receiver"]);
    assert_eq!(
        names("fifo", json!({"writers": 2, "via": "tee"})),
        ["parent", "writer", "writer-2", "reader"]
    );
    assert_eq!(
        names("anonymous", json!({"via": "splice"})),
        ["parent", "writer", "relay", "reader"]
    );
    assert_eq!(
        names("anonymous", json!({"via": "tee"})),
        ["parent", "writer", "relay", "reader", "reader-2"]
    );
}
