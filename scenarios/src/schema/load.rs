//! How the system is asked and loaded: target, requests, visitors, and what a run offers.

use serde_json::{Value, json};

use super::value::{Key, either, filled, key, list, map, named, number, one_or_many, scalar, word};

/// From the target to the load.
pub(super) fn keys() -> Vec<Key> {
    let request = filled(request());
    vec![
        key(
            "target",
            "The server to measure: its address, or a map with more; the reference forum when absent.",
            json!(["http://127.0.0.1:8080", { "url": "https://10.0.0.7:8443", "ca": "ca.pem", "host": "shop.example" }]),
            either(&[scalar(), filled(target())]),
        ),
        key(
            "requests",
            "How each action is asked, by its name: one request, or a list of them.",
            json!([{ "read question": { "GET": "/items/{n}", "check": "status 200" } }]),
            named(&either(&[request.clone(), list(&request)])),
        ),
        key(
            "redirects",
            "How many redirects in a row are followed where a request does not say: none unless said.",
            json!(["follow", "off", 3]),
            scalar(),
        ),
        key(
            "cookies",
            "Whether visitors send with later requests the cookies that answers set; they do unless said.",
            json!(["on", "off"]),
            word(&["on", "off"]),
        ),
        key(
            "visitors",
            "Where the variables of the requests come from.",
            json!([
                { "item": "zipf 1.0 of 10000", "key": "env MY_KEY", "city": "csv cities.csv name in order" },
                { "voucher": "csv vouchers.csv code once", "size": "uniform 1..100", "id": "uuid" },
                { "colour": { "one of": ["red", "green"] }, "shape": "one of [round, square]" }
            ]),
            named(&either(&[scalar(), filled(drawn())])),
        ),
        key(
            "load",
            "What a run offers when the command line is silent.",
            json!([{ "rate": "300/s", "duration": "30 s" }]),
            load(),
        ),
    ]
}

fn target() -> Value {
    map([
        key("url", "Scheme, host and port.", json!(["https://127.0.0.1:8443"]), scalar()),
        key(
            "host",
            "The name it is asked by, as Host header and in TLS, where that is not the one of the address.",
            json!(["shop.example"]),
            scalar(),
        ),
        key(
            "ca",
            "A PEM file with the certificates that vouch for the server's, in place of those of the system.",
            json!(["ca.pem"]),
            scalar(),
        ),
        key("certificate", "A PEM file with a certificate of one's own.", json!(["client.pem"]), scalar()),
        key("key", "A PEM file with its private key.", json!(["client.key"]), scalar()),
        key(
            "command",
            "How the server is started for the run: a line for the shell, or a list of words; {port} is a free port.",
            json!(["./my-server --port {port}", ["./my-server", "{port}"]]),
            either(&[scalar(), list(&scalar())]),
        ),
        key(
            "env",
            "What is set in its environment, beside PORT.",
            json!([{ "MODE": "test" }]),
            named(&scalar()),
        ),
        key("ready", "A path that it answers once it is ready.", json!(["/health"]), scalar()),
        key("wait", "How long is waited for that.", json!(["30 s"]), number()),
        key(
            "remote",
            "Whether a server elsewhere may be loaded heavily.",
            json!([true, "yes", "true", "no", "false"]),
            scalar(),
        ),
        key(
            "connections",
            "How long connections are kept, or how many are open at a time at most.",
            json!(["reuse", "per visitor", "new", 100, { "policy": "new", "most": 100 }]),
            either(&[
                scalar(),
                filled(map([
                    key(
                        "policy",
                        "How long connections are kept.",
                        json!(["reuse", "per visitor", "new"]),
                        word(&["reuse", "per visitor", "new"]),
                    ),
                    key("most", "How many are open at a time at most.", json!([100]), number()),
                ])),
            ]),
        ),
        key(
            "insecure",
            "Take any certificate as it is.",
            json!([true, "yes", "true", "no", "false"]),
            scalar(),
        ),
    ])
}

fn request() -> Value {
    let path = |name: &'static str, example: &str| {
        key(name, "The method, and the path with its variables in braces.", json!([example]), scalar())
    };
    map([
        path("GET", "/items/{n}"),
        path("HEAD", "/items"),
        path("POST", "/items"),
        path("PUT", "/items/{n}"),
        path("PATCH", "/items/{n}"),
        path("DELETE", "/items/{n}"),
        key("headers", "Headers by name.", json!([{ "accept-language": "en" }]), named(&scalar())),
        key(
            "json",
            "The body as JSON; text in it may have variables and made-up prose.",
            json!([{ "title": "{words 3..8}", "body": "{text 1..3 KB}" }]),
            json!({}),
        ),
        key("body", "The body as text.", json!(["{text 1..3 KB}"]), scalar()),
        key(
            "form",
            "The body as fields of a form (`a=1&b=2`).",
            json!([{ "user": "{name}", "password": "{password}" }]),
            named(&scalar()),
        ),
        key("file", "The body from a file, relative to the scenario.", json!(["photo.jpg"]), scalar()),
        key(
            "redirects",
            "How many redirects in a row are followed; the answer that is checked is the last.",
            json!(["follow", "off", 3]),
            scalar(),
        ),
        key(
            "check",
            "What must hold of the answer.",
            json!([
                "status 201",
                ["status 200..299", "json $.total > 0", "header content-type contains json"],
                ["status 200 or 404", "not contains error", "body < 10 KB"]
            ]),
            one_or_many(&scalar()),
        ),
        key(
            "keep",
            "Parts of the answer, for later requests.",
            json!([{ "question": "json $.id", "sid": "cookie sid", "next": "header location" }]),
            named(&either(&[scalar(), filled(kept())])),
        ),
    ])
}

fn drawn() -> Value {
    map([key(
        "one of",
        "A few texts, one of which is drawn.",
        json!([["red", "green"]]),
        either(&[scalar(), list(&scalar())]),
    )])
}

fn kept() -> Value {
    map([
        key("json", "A path into a JSON answer.", json!(["$.items[0].id"]), scalar()),
        key("header", "A header.", json!(["location"]), scalar()),
        key("cookie", "A cookie that the answer sets.", json!(["sid"]), scalar()),
        key("regex", "A pattern; its first group is kept.", json!(["id=(\\d+)"]), scalar()),
        key("between", "The text around it, with `...` for the value.", json!(["value=\"...\""]), scalar()),
        key("default", "Its value when the answer does not have it.", json!(["none"]), scalar()),
    ])
}

fn load() -> Value {
    // One of some kinds, each with other keys beside it.
    let phase = filled(named(&scalar()));
    map([
        key(
            "model",
            "Whether visits come at their own rate, from a fixed number of users who wait for each answer and think, both, or on a fixed number of connections without a pause.",
            json!(["open", "users", "both", "connections"]),
            word(&["open", "users", "both", "connections"]),
        ),
        key(
            "arrivals",
            "How visits are spaced: independent of each other, or evenly.",
            json!(["poisson", "constant"]),
            word(&["poisson", "constant"]),
        ),
        key("rate", "Actions a second; the peak of the estimate unless said.", json!(["300/s"]), number()),
        key("users", "Users of the closed model.", json!([200]), number()),
        key("connections", "Connections of the model of that name.", json!([64]), number()),
        key(
            "think",
            "Pause of a user between two visits; exponential 7 s unless said.",
            json!(["5 s", "1..3 s", "exponential 7 s", "lognormal 8 s sigma 0.5"]),
            scalar(),
        ),
        key(
            "ramp",
            "Over how long the users of the closed model come; not measured.",
            json!(["30 s"]),
            number(),
        ),
        key(
            "shape",
            "What is offered over time: phases, as lines or maps.",
            json!(["ramp 10/s..300/s for 30 s, 300/s for 1 min", ["steps 100/s..500/s by 100/s for 10 s each", "pause 5 s"], [{ "spike": "5x", "for": "10 s" }]]),
            either(&[scalar(), list(&either(&[scalar(), phase.clone()])), phase]),
        ),
        key("duration", "How long is measured.", json!(["30 s"]), number()),
        key("warmup", "How long is loaded before that.", json!(["5 s"]), number()),
        key("timeout", "How long one answer is waited for.", json!(["10 s"]), number()),
        key("seed", "Of every random draw.", json!([7]), number()),
        key(
            "abort",
            "When a run ends by itself because too much fails.",
            json!(["errors > 50%", "never"]),
            scalar(),
        ),
    ])
}
