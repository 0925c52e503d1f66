use super::{ENTRY, Kind, Order, Params, Relay, cast};
use crate::{
    catalog::{Param, ParamKind},
    command::Values,
};
use serde_json::{Value, json};

fn values(json: &Value) -> Values {
    serde_json::from_value(json.clone()).unwrap()
}

#[test]
fn every_choice_is_read_as_its_name_says() {
    for param in ENTRY.params {
        if let ParamKind::Choice { options } = param.kind {
            for (word, _) in options {
                let params = Params::new(&values(&json!({param.id: word}))).unwrap();
                assert_eq!(serde_json::to_value(params).unwrap()[param.id], *word);
            }
        }
    }
    let defaults = Params::new(&Values::new()).unwrap();
    assert_eq!(
        (defaults.clients, defaults.backlog, defaults.relay),
        (1, 5, Relay::None)
    );
}

/// An argument that a variant has, with each of its choices or as it is by default.
fn given(arg: &Param) -> Vec<Values> {
    let ParamKind::Choice { options } = arg.kind else {
        return vec![Values::new()];
    };
    let words = options.iter().map(|option| option.0);
    words.map(|word| values(&json!({arg.id: word}))).collect()
}

#[test]
fn every_act_of_every_variant_is_an_order() {
    for variant in ENTRY.variants {
        assert!(Kind::of(variant.id).is_some());
        // What the supervisor sees to is no order to a role.
        let own = ["restart", "pull-cable", "plug-cable"];
        for act in ENTRY
            .acts_of(variant.id)
            .filter(|act| !own.contains(&act.id))
        {
            let args = act.args.iter();
            let taken =
                args.filter(|arg| arg.variants.is_empty() || arg.variants.contains(&variant.id));
            let mut all: Vec<Values> = taken.flat_map(given).collect();
            all.push(Values::new());
            for args in all {
                let order = ENTRY
                    .order(variant.id, act.id, &args, act.roles[0])
                    .unwrap();
                let order = Value::Object(order.into_iter().collect());
                let read: Order = serde_json::from_value(order.clone()).unwrap();
                let written = serde_json::to_value(read).unwrap();
                for (name, value) in order.as_object().unwrap() {
                    assert_eq!(written[name], *value, "{} {}", variant.id, act.id);
                }
            }
        }
    }
}

#[test]
fn what_only_a_reset_needs_is_not_offered_where_there_is_none() {
    let args = values(&json!({"how": "reset"}));
    assert!(ENTRY.order("tcp", "close", &args, "client").is_ok());
    let refused = ENTRY.order("unix-stream", "close", &args, "client");
    assert_eq!(refused.unwrap_err().field.as_deref(), Some("how"));
}

#[test]
fn who_takes_part_depends_on_the_variant_and_its_parameters() {
    let names = |variant: &str, params: Value| -> Vec<String> {
        let cast = cast(variant, &values(&params));
        cast.iter().map(|member| member.id.to_string()).collect()
    };
    assert_eq!(names("tcp", json!({})), ["parent", "client", "server"]);
    assert_eq!(
        names("udp", json!({"clients": 2, "relay": "drop"})),
        ["parent", "client", "client-2", "relay", "server"]
    );
    // There is nothing to stand between.
    assert_eq!(
        names("unix-stream", json!({"relay": "drop"})),
        ["parent", "client", "server"]
    );
    assert_eq!(
        names("socketpair", json!({"clients": 3})),
        ["parent", "sender", "receiver"]
    );
}
