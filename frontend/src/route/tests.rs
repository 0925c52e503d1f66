//! Addresses, there and back.

use super::{EmbedOptions, Lab, MOVED, Route};
use serde_json::json;

#[test]
fn an_address_survives_being_read_and_written() {
    for address in [
        "",
        "learn",
        "learn/checked",
        "compare",
        "lab/pipe?roles=writer:python",
        "learn/pipe/forgotten-end",
        "learn/pipe/forgotten-end?present",
        "lab/pipe",
        "lab/pipe/fifo?capacity=4096&reader=demand",
        "lab/pipe/fifo?xray=off&present",
        "replay?src=static/recordings/pipe-hello.jsonl",
        "embed/pipe/fifo?view=stage,timeline&theme=dark&lang=en&mode=live&beat=2&capacity=4096",
        "embed/pipe?lesson=forgotten-end&beat=2",
        "embed-builder",
        "w/k7mx4pqd2w",
        "glossary",
        "keys",
        "about/host",
        "nowhere",
    ] {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        assert_eq!(Route::parse(path, query).address(), address);
    }
}

#[test]
fn a_deep_link_prepares_variant_and_parameters() {
    let Route::Lab(lab) = Route::parse("/lab/pipe/fifo/", "capacity=4%2C096") else {
        panic!("not a lab")
    };
    assert_eq!(
        (lab.entry.as_str(), lab.variant.as_deref()),
        ("pipe", Some("fifo"))
    );
    assert_eq!(lab.params["capacity"], json!("4,096"));
}

#[test]
fn renamed_ids_lead_on() {
    for (old, new) in MOVED {
        assert_eq!(Route::parse(old, "").address(), *new);
    }
}

#[test]
fn odd_addresses_are_taken_as_they_are() {
    assert_eq!(
        Route::parse("a%zz/%ff", ""),
        Route::Missing {
            path: "a%zz/%ff".to_owned()
        }
    );
    let Route::Embed { lab, options } = Route::parse("embed/pipe", "") else {
        panic!("not an embed")
    };
    assert_eq!(
        (lab.entry.as_str(), *options),
        ("pipe", EmbedOptions::default())
    );
    assert_eq!(
        Route::lab("pipe"),
        Route::Lab(Lab {
            entry: "pipe".to_owned(),
            ..Lab::default()
        })
    );
}
