use super::{CHOSEN, ENTRY, Handler, Kind, Order, Params, Takes, acts, name, number};
use crate::{
    catalog::ParamKind,
    command::Values,
    mechanism::{self, Seat},
};
use serde_json::json;

fn values(json: &serde_json::Value) -> Values {
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
        (defaults.handler, defaults.takes, defaults.receivers),
        (Handler::Handler, Takes::Loop, 1)
    );
}

#[test]
fn signals_that_can_be_chosen_have_numbers() {
    for param in acts::SEND {
        if let (ParamKind::Choice { options }, "signal") = (param.kind, param.id) {
            let offered: Vec<_> = options.iter().map(|option| option.0).collect();
            let known: Vec<_> = CHOSEN.iter().map(|chosen| chosen.0).collect();
            assert_eq!(offered, known);
            for (word, words) in options {
                let number = number(word).unwrap();
                assert_eq!(*words, format!("{word}, {number}"));
                assert_eq!(name(number), *word);
            }
        }
    }
}

#[test]
fn every_act_is_an_order() {
    for act in ENTRY.acts {
        for variant in ENTRY.variants {
            let order = Order::new(variant.id, act.id, &Values::new(), act.roles[0]);
            let has = act.variants.is_empty() || act.variants.contains(&variant.id);
            assert_eq!(
                order.is_ok(),
                has,
                "{} of {}: {order:?}",
                act.id,
                variant.id
            );
        }
    }
    assert_eq!(
        Order::new(
            "signals",
            "handle",
            &values(&json!({"signal": "SIGKILL", "how": "ignore"})),
            "receiver"
        )
        .unwrap(),
        Order::Handle {
            signal: "SIGKILL".to_owned(),
            how: Handler::Ignore
        }
    );
}

#[test]
fn only_counters_have_several_receivers() {
    let given = values(&json!({"senders": 2, "receivers": 3}));
    for variant in ENTRY.variants {
        let cast = mechanism::cast("signal", variant.id, &given);
        let right = cast.iter().filter(|m| m.seat == Seat::Right).count();
        let signals = Kind::of(variant.id).unwrap().signals();
        assert_eq!(right, if signals { 1 } else { 3 }, "{}", variant.id);
        assert_eq!(cast.iter().filter(|m| m.sends).count(), 2);
        assert_eq!(cast[0].role, "parent");
    }
}
