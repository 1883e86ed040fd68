//! The schema for editors: it accepts the files that we ship, and says the same as the reader.

mod accepts;
mod reader;

use scenarios::schema;
use scenarios::shipped::SHIPPED;
use serde_json::Value;

use accepts::accepts;

fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).expect("YAML")
}

#[test]
fn every_file_that_ships_is_accepted() {
    for shipped in SHIPPED {
        assert_eq!(accepts(&schema::scenario(), &yaml(shipped.text)), Ok(()), "{}", shipped.name);
    }
}

#[test]
fn every_file_to_start_from_is_accepted() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../estimator/src/cli/new");
    let paths = std::fs::read_dir(folder).expect("the starters").map(|entry| entry.expect("an entry").path());
    let starters: Vec<_> = paths.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect();
    assert!(starters.len() >= 7, "{starters:?}");
    for path in starters {
        let text = std::fs::read_to_string(&path).expect("a starter");
        assert_eq!(accepts(&schema::scenario(), &yaml(&text)), Ok(()), "{}", path.display());
    }
}

#[test]
fn a_slip_is_refused_where_it_stands() {
    for (text, place) in [
        ("users: 1B", "name is missing"),
        ("{ name: a, user: 1B }", "/user"),
        ("{ name: a, data: { song: { size: 5 MB, kinds: blob } } }", "/data/song/kinds"),
        ("{ name: a, data: { song: { size: 5 MB, kind: blub } } }", "/data/song/kind"),
        ("{ name: a, data: [song] }", "/data"),
        ("{ name: a, requests: { home: [{ GETT: /x }] } }", "/requests/home/0/GETT"),
        ("{ name: a, load: { rate: [1] } }", "/load/rate"),
    ] {
        let refusal = accepts(&schema::scenario(), &yaml(text)).expect_err(text);
        assert!(refusal.contains(place), "{text}: {refusal}");
    }
}
