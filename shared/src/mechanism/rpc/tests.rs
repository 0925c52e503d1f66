use super::{Dies, ENTRY, Params, Retry, cast};
use crate::{command::Values, mechanism::Seat};

#[test]
fn defaults_are_one_client_that_waits_and_does_not_try_again() {
    let params = Params::new(&Values::new()).unwrap();
    assert_eq!((params.clients, params.timeout), (1, 0));
    assert_eq!((params.retry, params.dies), (Retry::Never, Dies::Never));
}

#[test]
fn every_option_of_the_catalog_is_understood() {
    for param in ENTRY.params {
        let crate::catalog::ParamKind::Choice { options } = param.kind else {
            continue;
        };
        for (option, _) in options {
            let given = Values::from([(param.id.to_owned(), (*option).into())]);
            let params = serde_json::to_value(Params::new(&given).unwrap()).unwrap();
            assert_eq!(params[param.id], *option, "{}", param.id);
        }
    }
}

#[test]
fn clients_stand_left_and_the_server_right() {
    let given = Values::from([("clients".to_owned(), 3.into())]);
    let cast: Vec<_> = cast("xml", &given)
        .into_iter()
        .map(|member| (member.id.to_string(), member.seat, member.sends))
        .collect();
    let of = |id: &str, seat, sends| (id.to_owned(), seat, sends);
    assert_eq!(
        cast,
        [
            of("parent", Seat::Below, false),
            of("client", Seat::Left, true),
            of("client-2", Seat::Left, true),
            of("client-3", Seat::Left, true),
            of("server", Seat::Right, false),
        ]
    );
}
