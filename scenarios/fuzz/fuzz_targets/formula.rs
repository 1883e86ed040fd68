//! Formulas: whatever stands there, it is read or refused at a place that can be shown; what is read can be written
//! again, and has a value or an error in a small scenario.

#![no_main]

use std::sync::LazyLock;

use estimator::Options;
use estimator::show::explanation::explanation as explanation_text;
use libfuzzer_sys::{Corpus, fuzz_target};
use scenarios::Scenario;
use scenarios::conventions::Conventions;
use scenarios::estimate::ShownIn;
use scenarios::formula::{self, Expr, OwnQuantity};
use scenarios::units::Dimension;

/// Something of each kind that a formula can name.
const FILE: &str = "name: small\nusers: 2M daily\ndata:\n  song: { count: 100k..200k, size: 3..8 MB }\n  \
                    play: { count: users, size: 100 B }\nactions:\n  listen: 20\n  \
                    search: { per user: 2..4/day }\nquantities:\n  watched: users x 35 min/day\n  fuzzed: watched\n";

/// Names that are no run of words, as a file may have them.
const NAMES: &[&str] = &["song, 3 copies", "DAU/MAU", "ü 2", "part in GB"];

/// The file, whose last quantity gets its formula anew each time.
static SMALL: LazyLock<Scenario> = LazyLock::new(|| Scenario::from_yaml(FILE).expect("it is read"));

fuzz_target!(|data: &[u8]| -> Corpus {
    // The first byte chooses whether it is carried to the end: that is far slower than reading.
    let Some((first, text)) = data.split_first() else { return Corpus::Reject };
    let Ok(text) = std::str::from_utf8(text) else { return Corpus::Reject };
    let to_the_end = first.is_ascii_uppercase();
    match formula::read(text, NAMES, &Conventions::default()) {
        Ok((tree, shown)) => {
            drop(tree.to_string());
            if to_the_end {
                evaluated(text, tree, shown);
            }
        }
        Err(error) => {
            assert!(error.advice().is_some_and(|hint| !hint.is_empty()), "{text}: {error}");
            if to_the_end {
                drop(error.render("formula", text));
            }
        }
    }
    Corpus::Keep
});

fn evaluated(text: &str, tree: Expr, shown: Option<(ShownIn, Dimension)>) {
    let mut scenario = SMALL.clone();
    let Some(last) = scenario.quantities.last_mut() else { return };
    let place = tree.place;
    *last = OwnQuantity { formula: tree, shown, place, ..last.clone() };
    let options = Options { samples: Options::LEAST_SAMPLES, ..Options::default() };
    match estimator::explain(&scenario, "small.yaml", &options, "fuzzed") {
        Ok(explanation) => drop(explanation_text(&explanation, &scenario.conventions)),
        Err(error) => drop(error.render("formula", text, &[])),
    }
}
