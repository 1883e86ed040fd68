//! The system: its users, what it stores, what is done with it.

use serde_json::{Value, json};

use super::value::{Key, either, filled, key, list, map, named, number, one_or_many, scalar, word};

/// From conventions to journeys.
pub(super) fn keys() -> Vec<Key> {
    vec![
        key(
            "conventions",
            "What a day, a month, a year and a kilobyte are in this file. Sources differ.",
            json!([{ "month": "30 days", "year": "12 months" }]),
            conventions(),
        ),
        key("for", "How far ahead to plan.", json!(["3 years"]), number()),
        key(
            "users",
            "Who uses it: how many in all (`1B`), how many on a day (`20k daily`), or both as a map.",
            json!(["1B", "20k daily", { "registered": "5M", "daily": "10%", "growth": "30%..60%/year" }]),
            either(&[number(), filled(users())]),
        ),
        key(
            "data",
            "What it stores: a name of your own, and the size of one.",
            json!([{ "song": { "count": "100M", "size": "5 MB", "copies": 3, "kind": "blob" }, "message": "100 B" }]),
            named(&either(&[number(), filled(entity())])),
        ),
        key(
            "actions",
            "What users do: a name of your own, and how often. A bare number is by each daily user and day.",
            json!([{ "read question": 20, "upload": { "total": "2M/day" } }]),
            named(&either(&[number(), filled(action())])),
        ),
        key(
            "traffic",
            "How the load varies over the day.",
            json!([{ "peak": "2x", "shape": "daily" }]),
            traffic(),
        ),
        key(
            "journeys",
            "What visitors do in a row: actions by name, and pauses.",
            json!([
                { "reader": ["list latest", "think 8..20 s", "read question"] },
                { "reader": { "weight": 3, "steps": ["list latest", "think lognormal 8 s", "read question"] } }
            ]),
            named(&either(&[scalar(), list(&scalar()), filled(journey())])),
        ),
        key(
            "setup",
            "What is done once before the load, outside the measurement; what it keeps is known to all visitors.",
            json!(["list latest", ["list latest", "read question"]]),
            one_or_many(&scalar()),
        ),
        key(
            "teardown",
            "What is done once after the load, also when the run was cut short.",
            json!(["list latest"]),
            one_or_many(&scalar()),
        ),
    ]
}

fn journey() -> Value {
    map([
        key("weight", "How often, relative to the other journeys.", json!([3]), number()),
        key(
            "steps",
            "Actions by name, and pauses.",
            json!([["list latest", "think exponential 7 s", "read question"]]),
            either(&[scalar(), list(&scalar())]),
        ),
    ])
}

fn conventions() -> Value {
    map([
        key("day", "The length of a day; 86,400 s unless said.", json!(["100k s"]), number()),
        key(
            "month",
            "The length of a month; 30.44 days unless said.",
            json!(["30 days", "2.5M s"]),
            number(),
        ),
        key("year", "The length of a year; 365 days unless said.", json!(["12 months"]), number()),
        key(
            "units",
            "How sizes are printed: in steps of 1000 (KB) or of 1024 (KiB). Both are always read.",
            json!(["decimal", "binary"]),
            word(&["decimal", "binary"]),
        ),
    ])
}

fn users() -> Value {
    map([
        key("registered", "Accounts, or users in all.", json!(["5M"]), number()),
        key(
            "daily",
            "Users on a day: a number, or a share of the registered ones.",
            json!(["400k", "10%", "10% of registered"]),
            number(),
        ),
        key(
            "online",
            "On line at once: a number, a share of those of a day, or the time that each is on line a day.",
            json!(["1M", "10%", "4 x 15 min"]),
            number(),
        ),
        key("far", "The round trip to those who are farthest away.", json!(["160 ms"]), number()),
        key(
            "growth",
            "By how much they grow: compounded, or `linear`.",
            json!(["30%..60%/year", "2%/day linear"]),
            scalar(),
        ),
    ])
}

fn entity() -> Value {
    let count = || json!(["100M", "users", "30% of user"]);
    map([
        key("size", "Bytes of one.", json!(["5 MB", "0.5..2 KB", "300 B +/- 20%"]), number()),
        key(
            "fields",
            "In place of `size`: each field with its size or its column type.",
            json!([{ "title": "60 B", "body": "1..3 KB", "id": "bigint", "link": "char 7" }]),
            filled(named(&number())),
        ),
        key(
            "indexes",
            "What it is found by.",
            json!([["author", "created"], "author"]),
            one_or_many(&scalar()),
        ),
        key(
            "unique",
            "Columns of which no two may be the same; they are indexed too.",
            json!([["email"], "email"]),
            one_or_many(&scalar()),
        ),
        key("count", "How many there are; one of `count`, `start` and `for`.", count(), number()),
        key(
            "start",
            "How many there are at the start.",
            json!(["2M", "registered", "1.5 of question"]),
            number(),
        ),
        key("for", "How many there are, by users or by another entity.", json!(["30% of user"]), number()),
        key("copies", "Copies of each, or pieces of an erasure code.", json!([3, "8+4"]), number()),
        key(
            "variants",
            "The original and what is made of it: how many in all, or the sizes of the others.",
            json!([4, ["200 KB", "20 KB"], { "medium": "200 KB", "thumbnail": "20 KB" }]),
            either(&[number(), list(&number()), filled(named(&number()))]),
        ),
        key(
            "kind",
            "Where it is kept (a row, an object in object storage, main memory), or what a row is for.",
            json!(["row", "blob", "memory", "money", "inventory", "booking", "message", "feed", "counter"]),
            word(&["row", "blob", "memory", "money", "inventory", "booking", "message", "feed", "counter"]),
        ),
        key("keep", "How long one is kept.", json!(["90 days", "3 years"]), number()),
    ])
}

fn action() -> Value {
    map([
        key(
            "per user",
            "How often each daily user does it; a bare number is a day.",
            json!(["6/day", "15..30"]),
            number(),
        ),
        key("total", "How often all together do it.", json!(["10M/month", "150/s"]), number()),
        key("reads", "What one reads, by names under `data`.", json!(["question + 4 answer"]), scalar()),
        key("writes", "What one writes, by names under `data`.", json!(["question", "0.1 answer"]), scalar()),
        key("answer", "Bytes of the answer; what is read unless said.", json!(["8 KB +/- 20%"]), number()),
        key("requests", "HTTP requests that one makes.", json!([3]), number()),
        key("keystrokes", "Requests that typing makes: one for each key.", json!([20]), number()),
        key("queries", "SQL statements that each request makes.", json!([2.4]), number()),
        key(
            "popularity",
            "How requests spread over the objects: all alike, or some far more often than others.",
            json!(["zipf 1.0", "uniform"]),
            scalar(),
        ),
        key(
            "fan-out",
            "To how many others what it writes goes: followers, members, subscribers.",
            json!([200, { "mean": 200, "most": "30M", "within": "5 s" }]),
            either(&[number(), filled(fan_out())]),
        ),
        key(
            "background",
            "Processor time of the work that it sets off and whose answer does not wait for it.",
            json!(["300 ms"]),
            number(),
        ),
    ])
}

fn fan_out() -> Value {
    let mut fan_out = map([
        key("mean", "On average.", json!([200]), number()),
        key("most", "Of the one with the most.", json!(["30M"]), number()),
        key("within", "How soon they are to see it.", json!(["5 s"]), number()),
    ]);
    fan_out["required"] = json!(["mean"]);
    fan_out
}

fn retries() -> Value {
    let mut retries = map([
        key("most", "How often a request is tried again.", json!([2]), number()),
        key("failing", "The share of tries that fails.", json!(["1%"]), number()),
        key("budget", "Tries again for each request, over all of a client.", json!(["10%"]), number()),
    ]);
    retries["required"] = json!(["most"]);
    retries
}

fn traffic() -> Value {
    map([
        key("peak", "The busiest hour over the mean hour.", json!(["2x", "1.4x..1.65x"]), number()),
        key(
            "shape",
            "The shape of the day.",
            json!(["daily", "flat", "office 6.5h", "spike 5x for 10 min"]),
            scalar(),
        ),
        key(
            "retries",
            "How often clients try again what fails.",
            json!([2, { "most": 2, "failing": "1%", "budget": "10%" }]),
            either(&[number(), filled(retries())]),
        ),
    ])
}
