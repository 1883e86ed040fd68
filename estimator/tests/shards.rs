//! Database nodes as a line of the page: by rows, writes and network, the scarcest named; the number that is advised.

use estimator::{BACKGROUND, Options, estimate};
use scenarios::Scenario;
use scenarios::estimate::{Estimate, Quantity};

fn of(text: &str) -> Estimate {
    let text = format!("name: a\n{text}");
    let scenario = Scenario::from_yaml(&text).unwrap_or_else(|error| panic!("{}", error.render("x", &text)));
    estimate(&scenario, "x.yaml", &Options { seed: 7, samples: 100 })
        .unwrap_or_else(|error| panic!("{error}"))
}

fn line<'a>(estimate: &'a Estimate, name: &str) -> Option<&'a Quantity> {
    estimate.quantities.iter().find(|quantity| quantity.name == name)
}

/// The rest of a file, shards, what decides, whether a page shows them.
#[test]
fn the_scarcest_of_disk_writes_and_network_decides() {
    let rows = |count: &str| format!("data:\n  row: {{ size: 1 KB, count: {count} }}\n");
    let writes = |rate: &str, node: &str| {
        format!(
            "for: 1 day\ndata:\n  row: 10 KB\nactions:\n  put: {{ total: {rate}, writes: row }}\ntraffic: {{ peak: 2x }}\n{node}"
        )
    };
    for (text, expected, decides, is_shown) in [
        // One node holds 70 % of 2 TB.
        (rows("1.39B"), 1.0, "storage decides", false),
        (rows("1.41B"), 2.0, "storage decides", true),
        (rows("10B"), 8.0, "storage decides", true),
        (format!("{}node: {{ disk: 20 TB }}\n", rows("10B")), 1.0, "storage decides", false),
        // 70 % of 5,000 writes a second, at twice the mean; a day of 10 KB each is 1.5 TB.
        (writes("1740/s", ""), 2.0, "storage decides", true),
        (writes("9000/s", "node: { disk: 200 TB }\n"), 6.0, "writes decide", true),
        (writes("9000/s", "node: { disk: 200 TB, writes: 100k/s }\n"), 1.0, "storage decides", false),
        // 180 MB/s against 70 % of 125 MB/s.
        (
            writes("9000/s", "node: { disk: 200 TB, writes: 100k/s, network: 1 Gbit/s }\n"),
            3.0,
            "network decides",
            true,
        ),
        (format!("{}choices: {{ shards: 1 }}\n", rows("1M")), 1.0, "storage decides", true),
    ] {
        let estimate = of(&text);
        let shards = line(&estimate, "shards").unwrap_or_else(|| panic!("no shards: {text}"));
        assert_eq!((shards.value.p50, shards.source.as_str()), (expected, decides), "{text}{shards:?}");
        assert_eq!(shards.section != BACKGROUND, is_shown, "{text}");
        let advice =
            estimate.advice.iter().find(|advice| advice.rule == "sharding").expect("a rule about rows");
        assert_eq!(advice.fires, expected > 1.0, "{text}");
        let words = if expected > 1.0 { format!("over {expected} database nodes") } else { String::new() };
        assert!(advice.what.contains(&words) || advice.what.contains("you chose"), "{}", advice.what);
    }
    // No rows, no shards.
    assert!(line(&of("data:\n  song: { size: 5 MB, count: 1B, kind: blob }\n"), "shards").is_none());
}

#[test]
fn shards_have_a_formula_down_to_their_inputs() {
    let estimate =
        of("data:\n  row: { size: 1 KB, count: 10B }\nactions:\n  put: { total: 10/s, writes: row }\n");
    let shards = line(&estimate, "shards").expect("more than one");
    assert_eq!(shards.formula, "max(shards by storage, shards by writes)");
    assert_eq!(shards.working, "max(8, 1)");
    let storage = line(&estimate, "shards by storage").expect("a step");
    assert_eq!(storage.formula, "round up(rows of all tables ÷ (disk of a database node × disk limit))");
}
