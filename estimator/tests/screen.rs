//! Text fits a screen of a hundred columns, whatever the file calls its things.

use estimator::{Options, estimate, show};
use scenarios::Scenario;
use scenarios::estimate::{Estimate, Kind, UnitName};
use scenarios::shipped::SHIPPED;

const COLUMNS: usize = 100;

fn of(text: &str, file: &str) -> Estimate {
    let scenario = Scenario::from_yaml(text).unwrap_or_else(|error| panic!("{}", error.render(file, text)));
    let options = Options { samples: 1_000, ..Options::default() };
    estimate(&scenario, file, &options).unwrap_or_else(|error| panic!("{error}"))
}

fn page(text: &str, file: &str) -> String {
    let estimate = of(text, file);
    // Commands are left out: they are to be copied whole.
    anstream::adapter::strip_str(&show::text::text(&estimate, &[])).to_string()
}

fn fits(page: &str) {
    for line in page.lines() {
        assert!(line.chars().count() <= COLUMNS, "{} columns: {line}", line.chars().count());
    }
}

/// Names of eighty letters, the longest there are, in every place; `range` makes its numbers ranges.
fn hostile(range: &str) -> String {
    let name = |of: &str| format!("{of} {}", "w".repeat(79 - of.len()));
    let (song, user, play, own) = (name("song"), name("user"), name("play"), name("own"));
    format!(
        "name: {}\nfor: 17 months\nusers: {{ registered: 5M, daily: 600k, growth: 20%/year }}\n\
         data:\n  {song}: {{ count: 100M, size: 5 MB{range}, copies: 3, kind: blob }}\n  {user}: {{ start: registered, size: 1 KB{range} }}\n\
         actions:\n  {play}: {{ per user: 20/day, reads: {song} }}\n  {song}: {{ per user: 0.123456789/day, writes: {song} }}\n\
         quantities:\n  {own}: users x 40% x 35 min/day x 50 MB/min in GB/day\n\
         expect:\n  {own}: 123456789.123456789..987654321.987654321 GB/day\n  peak qps: 1..1000000\n",
        name("hostile"),
    )
}

#[test]
fn every_shipped_scenario_fits() {
    for shipped in SHIPPED {
        fits(&page(shipped.text, &format!("{}.yaml", shipped.name)));
    }
}

#[test]
fn every_working_is_there_from_its_first_operand_to_its_last() {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for shipped in SHIPPED {
        let estimate = of(shipped.text, "x.yaml");
        let page = page(shipped.text, "x.yaml");
        assert!(page.lines().all(|line| !line.ends_with('…')), "{page}");
        let page = words(&page);
        for quantity in &estimate.quantities {
            let is_shown = quantity.section != estimator::BACKGROUND && quantity.kind == Kind::Derived;
            let is_bits = quantity.unit == UnitName::BytesPerSecond;
            let working = words(&quantity.working);
            let end: String = working.chars().rev().take(6).collect();
            let end: String = end.chars().rev().collect();
            if is_shown && !is_bits {
                assert!(page.contains(&working) || page.contains(&end), "{}: {working}", shipped.name);
            }
        }
    }
}

#[test]
fn names_of_any_length_fit() {
    let file = format!("{}/{}.yaml", "folder".repeat(20), "file".repeat(20));
    for range in ["", " +/- 30%"] {
        let page = page(&hostile(range), &file);
        fits(&page);
        // What is cut keeps its end, by which names are told apart.
        assert!(page.contains("www, 3 copies"), "{page}");
    }
}
