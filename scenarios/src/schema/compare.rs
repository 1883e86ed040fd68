//! The comparison that a scenario brings along: who is compared, how, and what is predicted of it.

use serde_json::{Value, json};

use super::value::{Key, either, filled, key, map, named, number, one_or_many, scalar};

/// The one key.
pub(super) fn keys() -> Vec<Key> {
    vec![key(
        "compare",
        "Who is compared by `loadgen compare`, and what is predicted of it.",
        json!([{
            "a": "reference --cache off",
            "b": { "cache": "64MB 60s" },
            "because": "a hit asks no database and renders nothing",
            "predict": { "cpu per request": "-70%..-30%", "p50": "-60%..-20%" }
        }]),
        filled(compare()),
    )]
}

fn compare() -> Value {
    let side = |name: &'static str, about: &str, examples: Value| {
        key(name, about, examples, either(&[scalar(), filled(named(&scalar()))]))
    };
    let mut compare = map([
        side(
            "a",
            "The baseline, in the words of `--a`, or switches of the reference server by name.",
            json!(["reference", "http://127.0.0.1:8080", { "cache": "off" }]),
        ),
        side("b", "The variant, likewise.", json!(["reference --extra-work 50us", { "cache": "64MB 60s" }])),
        key(
            "because",
            "Why b should differ, in a sentence.",
            json!(["a hit asks no database and renders nothing"]),
            scalar(),
        ),
        key(
            "predict",
            "What b changes, as ranges by the names that a comparison prints: shares, factors, or for times how much more.",
            json!([{ "p50": "-60%..-20%", "throughput": "1.5x..3x", "cpu": "+95us..+110us", "errors": "+20%..+60%" }]),
            named(&scalar()),
        ),
        key("rate", "Actions a second in each block.", json!(["300/s"]), number()),
        key(
            "connections",
            "That many connections as fast as they are answered, in place of a rate.",
            json!([16]),
            number(),
        ),
        key("block", "Length of a block.", json!(["2 s"]), number()),
        key("time", "How long everything may take.", json!(["80 s"]), number()),
        key(
            "failing",
            "The share of requests that may fail in a block that counts.",
            json!(["60%"]),
            number(),
        ),
        key(
            "show",
            "Series of the servers' `/metrics` that are shown as well: a counter for each request, a histogram's mean.",
            json!(["forum_shed_total", ["forum_shed_total", "forum_write_group_size"]]),
            one_or_many(&scalar()),
        ),
    ]);
    compare["required"] = json!(["a", "b"]);
    compare
}
