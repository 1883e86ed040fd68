//! What is promised, decided and claimed: objectives, choices, machines, prices, quantities of the file's own.

use serde_json::{Value, json};

use super::value::{Key, either, filled, key, map, named, number, one_or_many, scalar, word};

/// From promises to claims.
pub(super) fn keys() -> Vec<Key> {
    vec![
        key(
            "slo",
            "What it promises: for all actions in a line, or for each by name.",
            json!(["p99 < 250 ms, 99.9% ok", { "read question": "p99 < 200 ms", "all": "errors < 0.1%" }]),
            either(&[one_or_many(&scalar()), filled(slo())]),
        ),
        key(
            "choices",
            "What is already decided; the rest is open to advice.",
            json!([{ "database": "postgres", "cache": "256 MB ttl 60 s" }]),
            choices(),
        ),
        key(
            "node",
            "One machine of the fleet.",
            json!([{ "cores": 2, "memory": "4 GiB", "disk": "500 GB", "price": "40 USD/month" }]),
            node(),
        ),
        key(
            "limits",
            "How full a resource may be.",
            json!([{ "cpu": "65%", "disk": "70%", "spare": 1 }]),
            limits(),
        ),
        key(
            "prices",
            "Your own prices, in place of public list prices.",
            json!([{ "core": "15 USD/month", "egress": "0.1 USD/GB" }]),
            prices(),
        ),
        key(
            "backup",
            "How it is backed up: full copies by their rhythm, or as a map.",
            json!(["7 daily + 4 weekly", { "full": "7 daily", "log": "7 days", "ratio": "40%" }]),
            either(&[number(), filled(backup())]),
        ),
        key(
            "tiers",
            "What a request passes on its way: a name of your own, and the mean time of one call.",
            json!([{ "web": "8 ms", "database": { "time": "1.2 ms", "calls": 2.4, "hold": "4 ms" } }]),
            named(&either(&[number(), filled(tier())])),
        ),
        key(
            "availability",
            "The parts that a request needs, and how often each is there.",
            json!([{ "app": "2 of 3 x 99.9%", "cache": "2 x 99%", "database": "99.95%" }]),
            named(&number()),
        ),
        key(
            "quantities",
            "Numbers of your own, by formula over what the file names or the estimate derives.",
            json!([{ "minutes watched": "users x 40%..60% x 35 min/day" }]),
            named(&number()),
        ),
        key(
            "expect",
            "Claims that the estimate or a measurement may refute: a range, or a figure and its formula.",
            json!([{ "peak qps": "200..300", "text per day": "302 MB = 3500/s x 1 day x 1204 B" }]),
            named(&number()),
        ),
    ]
}

/// Promises for actions have the actions' names.
fn slo() -> Value {
    let mut slo = map([
        key(
            "all",
            "What holds for every action.",
            json!(["p99 < 500 ms", ["p99 < 500 ms", "errors < 0.1%"]]),
            one_or_many(&scalar()),
        ),
        key("availability", "How often the whole is there.", json!(["99.9% per month"]), scalar()),
    ]);
    slo["additionalProperties"] = one_or_many(&scalar());
    slo
}

fn choices() -> Value {
    map([
        key("database", "Which database.", json!(["sqlite", "postgres"]), word(&["sqlite", "postgres"])),
        key(
            "cache",
            "Which cache: its memory or the hits it is to reach, and how long an entry lives.",
            json!(["256 MB ttl 60 s", "90% hits", "none", { "size": "256 MB", "ttl": "60 s" }]),
            either(&[scalar(), filled(cache())]),
        ),
        key(
            "writes",
            "Whether an action waits until what it writes is stored.",
            json!(["sync", "async"]),
            word(&["sync", "async"]),
        ),
        key(
            "replicas",
            "Read replicas of the database, and how far they are behind.",
            json!([0, 2, "2 lag 200 ms", { "number": 2, "lag": "200 ms" }]),
            either(&[number(), filled(replicas())]),
        ),
        key("shards", "Parts that the database is split into.", json!([4]), number()),
        key(
            "cdn",
            "A content delivery network: hits, or hits of what can be cached.",
            json!(["on", "off", "90%", "90% of 80%"]),
            scalar(),
        ),
        key(
            "switches",
            "Switches of the reference server, as its command line has them without the dashes.",
            json!([{ "durability": "normal", "http-cache": "60s" }]),
            named(&scalar()),
        ),
        key(
            "updates",
            "How users hear of news: an open connection, or asking every so often.",
            json!(["websocket", "sse", "poll 10 s"]),
            scalar(),
        ),
    ])
}

fn cache() -> Value {
    map([
        key("size", "How much memory it has.", json!(["256 MB"]), number()),
        key("hits", "The share of reads that it is to answer, in place of a size.", json!(["90%"]), number()),
        key("ttl", "How long an entry lives at most.", json!(["60 s"]), number()),
    ])
}

fn replicas() -> Value {
    let mut replicas = map([
        key("number", "Replicas beside the first database.", json!([2]), number()),
        key("lag", "How far they are behind.", json!(["200 ms"]), number()),
    ]);
    replicas["required"] = json!(["number"]);
    replicas
}

fn node() -> Value {
    map([
        key("cores", "Processor cores.", json!([2]), number()),
        key("memory", "Main memory.", json!(["4 GiB"]), number()),
        key("disk", "Disk.", json!(["500 GB"]), number()),
        key("network", "What its network card carries.", json!(["1 Gbit/s"]), number()),
        key("writes", "Writes that a database on it commits.", json!(["1000/s"]), number()),
        key(
            "cpu per request",
            "Processor time of one request, where it is known.",
            json!(["7.7 ms"]),
            number(),
        ),
        key("price", "What it costs.", json!(["40 USD/month"]), number()),
    ])
}

fn limits() -> Value {
    map([
        key("cpu", "Of the processors, at the peak.", json!(["65%"]), number()),
        key("memory", "Of the main memory.", json!(["70%"]), number()),
        key("disk", "Of the disk.", json!(["70%"]), number()),
        key("network", "Of the network.", json!(["70%"]), number()),
        key("capacity", "Of the requests that a node held when it was measured.", json!(["80%"]), number()),
        key("spare", "Machines beyond those needed.", json!([1]), number()),
    ])
}

fn prices() -> Value {
    map([
        key("core", "A processor core.", json!(["15 USD/month"]), number()),
        key("memory", "Main memory.", json!(["2 USD/GB/month"]), number()),
        key("disk", "Disk.", json!(["0.2 USD/GB/month"]), number()),
        key("blob", "Object storage.", json!(["0.02 USD/GB/month"]), number()),
        key("egress", "Bytes sent to the Internet.", json!(["0.1 USD/GB"]), number()),
        key("cdn", "Bytes sent by a content delivery network.", json!(["0.02 USD/GB"]), number()),
    ])
}

fn backup() -> Value {
    let mut backup = map([
        key("full", "Full copies that are kept.", json!([7, "7 daily + 4 weekly"]), number()),
        key("log", "How long the log of changes is kept.", json!(["7 days"]), number()),
        key("ratio", "Compressed size over size.", json!(["40%"]), number()),
    ]);
    backup["required"] = json!(["full"]);
    backup
}

fn tier() -> Value {
    let mut tier = map([
        key("time", "The mean time of one call.", json!(["1.2 ms"]), number()),
        key("calls", "Calls of one request, one after the other.", json!([2.4]), number()),
        key("fan-out", "Calls of one request at once, all of which it waits for.", json!([100]), number()),
        key("hold", "How long a request keeps a connection to it.", json!(["4 ms"]), number()),
        key(
            "payload",
            "Where it is a service of your own: what one call carries as JSON, question and answer together.",
            json!(["2 KB"]),
            number(),
        ),
    ]);
    tier["required"] = json!(["time"]);
    tier
}
