//! What the keys about stored data mean for the numbers: copies, codes, variants, column types, head-room, backups.

use estimator::{BACKGROUND, Options, estimate};
use scenarios::Scenario;
use scenarios::estimate::{Estimate, Kind, Quantity};

fn of(text: &str) -> Estimate {
    let scenario =
        Scenario::from_yaml(text).unwrap_or_else(|error| panic!("{}", error.render("a.yaml", text)));
    estimate(&scenario, "a.yaml", &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn quantity<'a>(estimate: &'a Estimate, name: &str) -> &'a Quantity {
    let names = || estimate.quantities.iter().map(|quantity| quantity.name.as_str()).collect::<Vec<_>>();
    let found = estimate.quantities.iter().find(|quantity| quantity.name == name);
    found.unwrap_or_else(|| panic!("{name} is not among {:?}", names()))
}

/// What stands under `data:` and after it, a quantity, its value.
const STORED: &[(&str, &str, f64)] = &[
    // Any 8 of 12 pieces bring a photo back: 12 / 8 = 1.5 times its bytes.
    ("photo: { count: 1M, size: 200 KB, copies: 8+4 }", "photo copies", 1.5),
    ("photo: { count: 1M, size: 200 KB, copies: 8+4 }", "photo, 8+4 coded", 300e9),
    ("photo: { count: 1M, size: 200 KB, copies: 8+4 }", "total, kept", 300e9),
    // Object storage is priced with its redundancy: 200 GB × 0.02 USD.
    ("photo: { count: 1M, size: 200 KB, copies: 8+4 }", "object storage cost", 4.0),
    // The original and three others as large: 4 × 50 MB.
    ("video: { count: 1000, size: 50 MB, variants: 4 }", "video, all variants", 200e6),
    ("video: { count: 1000, size: 50 MB, variants: 4 }", "video", 200e9),
    // 2 MB + 200 KB + 20 KB.
    ("photo: { count: 1M, size: 2 MB, variants: [200 KB, 20 KB] }", "photo", 2.22e12),
    ("photo: { count: 1M, size: 2 MB, variants: { medium: 200 KB, thumb: 20 KB } }", "photo, thumb", 20e3),
    ("photo: { count: 1M, size: 2 MB, variants: { medium: 200 KB, thumb: 20 KB } }", "photo", 2.22e12),
    // System Design Primer, Pastebin: 7 + 4 + 5 + 255 B beside 1 KB of content.
    (
        "paste: { count: 10, fields: { content: 1 KB, link: char 7, expiry: int, created: datetime, path: varchar(255) } }",
        "paste size",
        1_271.0,
    ),
    (
        "row: { count: 10, fields: { id: bigint, owner: uuid, at: timestamptz, seen: bool, day: date } }",
        "row size",
        37.0,
    ),
    // (8 + 28 + key 8 + pointer 12) / 0.9: a key that is a typed field has the field's width.
    ("row: { count: 10, fields: { id: bigint }, indexes: [id] }", "row, each", 56.0 / 0.9),
    // 36 TB at 70 %: Grokking, Pastebin, prints 51.4 TB.
    ("paste: { count: 3.6B, size: 10 KB }\nlimits: { disk: 70% }", "disk to provision", 36e12 / 0.7),
    // 1 GB × 11 × 0.3.
    ("row: { count: 1M, size: 1 KB }\nbackup: 7 daily + 4 weekly", "backups", 3.3e9),
    // Blobs are not dumped, and one copy of three is enough.
    (
        "row: { count: 1M, size: 1 KB, copies: 3 }\n  film: { count: 9, size: 1 GB }\nbackup: { full: 2, ratio: 50% }",
        "backups",
        1e9,
    ),
    // 2 × (1 GB + one day of 10/s × 1 KB) in a plan of a day, and its log of half a day: (2 × 1.864 + 0.432) GB × 0.5.
    (
        "row: { start: 1M, size: 1 KB }\nactions: { put: { total: 10/s, writes: row } }\nfor: 1 day\nbackup: { full: 2, log: 12 h, ratio: 50% }",
        "backups",
        (2.0 * 1.864e9 + 0.432e9) * 0.5,
    ),
];

#[test]
fn what_is_stored_follows_from_copies_variants_types_and_limits() {
    for (data, name, expected) in STORED {
        let found = quantity(&of(&format!("name: a\ndata:\n  {data}\n")), name).value.p50;
        assert!((found / expected - 1.0).abs() < 1e-12, "{data}\n{name}: {found}, expected {expected}");
    }
}

#[test]
fn what_backups_assume_is_a_default_that_says_so() {
    let estimate = of("name: a\ndata:\n  row: { count: 1M, size: 1 KB }\nbackup: 7\n");
    assert_eq!(quantity(&estimate, "backup ratio").kind, Kind::Default);
    assert_eq!(quantity(&estimate, "full backups kept").kind, Kind::Given);
    // Nothing is written, so there is no log.
    assert!(estimate.quantities.iter().all(|quantity| quantity.name != "log kept"));
}

#[test]
fn what_the_file_does_not_speak_of_is_not_printed() {
    let estimate = of("name: a\ndata:\n  row: { count: 1M, size: 1 KB }\n");
    for name in ["backups", "disk limit", "disk to provision", "row, all variants"] {
        // Steps on the way stay in the background: how full a disk may be is one on the way to the shards.
        let mut printed = estimate.quantities.iter().filter(|quantity| quantity.section != BACKGROUND);
        assert!(printed.all(|quantity| quantity.name != name), "{name}");
    }
}
