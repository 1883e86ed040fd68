//! Published exercises in the scenario format alone: each figure to 1e-9 of its own formula, and the score against
//! what the sources print.
//!
//! A file of `tests/examples`, or one that ships, holds the source's inputs and conventions; its `expect:` lines are
//! what the source prints, with the room of `about`. The values here are worked out by hand from the same inputs.

use std::fmt::Write;

use estimator::{Options, estimate};
use scenarios::Scenario;
use scenarios::shipped::shipped;
use scenarios::verdict::Finding;

const DAY: f64 = 86_400.0;

/// A figure and its exact value in base units.
type Figure = (&'static str, f64);

#[rustfmt::skip]
const EXERCISES: &[(&str, &[Figure])] = &[
    ("mint", &[
        ("transaction size", 50.0), ("import transaction", 2_000.0), ("read budget", 200.0),
        ("growth per month", 250e9), ("disk in 3 years", 9e12),
    ]),
    ("query-cache", &[
        ("result size", 270.0), ("search", 4_000.0), ("cached per month", 2.7e12),
    ]),
    ("sales-rank", &[
        ("sale size", 42.0), ("sell", 400.0), ("read ranks", 40_000.0), ("growth per month", 42e9),
        ("disk in 3 years", 42e9 * 36.0),
    ]),
    ("scaling-aws", &[
        ("write", 400.0), ("read", 40_000.0), ("growth per month", 1e12), ("disk in 3 years", 36e12),
    ]),
    ("social-graph", &[
        ("friendships", 5e9), ("searches", 400.0),
    ]),
    ("primer-crawler", &[
        ("crawl", 1_600.0), ("search", 40_000.0), ("growth per month", 2e15), ("disk in 3 years", 72e15),
    ]),
    ("xu-url-shortener", &[
        ("shorten", 1e8 / DAY), ("follow", 1e9 / DAY), ("url count in 10 years", 365e9),
        ("disk in 10 years", 36.5e12),
    ]),
    ("xu-youtube", &[
        ("uploaded", 150e12 / DAY), ("delivery cost per day", 5e6 * 5.0 * 0.3 * 0.02),
    ]),
    ("google-drive", &[
        ("space promised", 500e15), ("mean qps", 2e7 / DAY), ("peak qps", 4e7 / DAY),
    ]),
    ("proximity", &[
        ("search nearby", 5_000.0),
    ]),
    ("nearby-friends", &[
        ("online", 1e7), ("location updates", 1e7 / 30.0), ("forwarded", 1e7 / 30.0 * 40.0),
    ]),
    ("google-maps", &[
        ("positions", 1e9 * 300.0 / 1e5 / 15.0), ("positions at peak", 1e9 * 300.0 / 1e5 / 3.0),
    ]),
    ("metrics", &[
        ("metrics", 1e7),
    ]),
    ("ad-clicks", &[
        ("mean qps", 1e4), ("peak qps", 5e4), ("growth per day", 100e9), ("growth per month", 3e12),
    ]),
    ("hotel", &[
        ("reservations", 7e5 / 3.0 / 1e5), ("reservations a second", 3.0), ("booking pages", 30.0),
        ("room pages", 300.0),
    ]),
    ("email", &[
        ("sent", 1e5), ("metadata per year", 1e9 * 40.0 * 50e3 * 365.0),
        ("attachments per year", 1e9 * 8.0 * 500e3 * 365.0),
    ]),
    ("object-storage", &[
        ("objects", 40e15 / 59.3e6), ("metadata", 40e15 / 59.3e6 * 1e3),
    ]),
    ("leaderboard", &[
        ("players a second", 50.0), ("players at peak", 250.0), ("scores", 500.0),
        ("scores at peak", 2_500.0), ("top ten", 50.0), ("memory", 650e6),
        ("memory of 100 times as many", 65e9),
    ]),
    ("payment", &[
        ("payments", 10.0),
    ]),
    ("wallet", &[
        ("operations", 2e6), ("nodes", 2_000.0),
    ]),
    ("stock-exchange", &[
        ("mean qps", 1e9 / 23_400.0), ("peak qps", 5e9 / 23_400.0), ("downtime allowed", 8.64),
    ]),
    ("chat", &[
        ("connections", 1e10),
    ]),
    ("xu-twitter", &[
        ("daily users", 150e6), ("tweets", 3e8 / DAY), ("tweets at peak", 6e8 / DAY),
        ("media", 30e12 / DAY), ("media in 5 years", 54.75e15), ("text per day", 364_089_600_000.0),
        ("text in 5 years", 664_463_520_000_000.0),
    ]),
    ("units", &[
        ("kilo", 1e3), ("mega", 1e6), ("giga", 1e9), ("tera", 1e12), ("peta", 1e15),
    ]),
    ("karan-url-shortener", &[
        ("shorten", 1e8 / (30.0 * DAY)), ("follow", 1e10 / (30.0 * DAY)),
        ("data written, mean", 5e10 / (30.0 * DAY)), ("data read, mean", 5e12 / (30.0 * DAY)),
        ("url count in 10 years", 12e9), ("disk in 10 years", 6e12), ("cache", 0.2 * 1e10 / 30.0 * 500.0),
    ]),
    ("whatsapp", &[
        ("messages", 2e9 / DAY), ("files", 1e8 / DAY), ("text", 200e9 / DAY), ("media", 10e12 / DAY),
        ("in 10 years", 10.2e12 * 3_650.0), ("ingress", 10.2e12 / DAY),
    ]),
    ("karan-twitter", &[
        ("tweets", 1e9 / DAY), ("files", 1e8 / DAY), ("text", 100e9 / DAY), ("media", 5e12 / DAY),
        ("in 10 years", 5.1e12 * 3_650.0), ("ingress", 5.1e12 / DAY),
    ]),
    ("netflix", &[
        ("watched", 1e9 / DAY), ("uploaded", 5e6 / DAY), ("stored", 500e12 / DAY),
        ("in 10 years", 500e12 * 3_650.0), ("ingress", 500e12 / DAY),
    ]),
    ("uber", &[
        ("requests", 1e9 / DAY), ("stored", 400e9 / DAY), ("in 10 years", 400e9 * 3_650.0),
        ("ingress", 400e9 / DAY),
    ]),
    ("grokking-tinyurl", &[
        ("shortened", 5e8 / (30.0 * DAY)), ("followed", 5e10 / (30.0 * DAY)), ("records", 30e9),
        ("storage", 15e12), ("ingress", 1e5), ("egress", 9.5e6), ("followed per day", 19e3),
        ("cache", 170e9),
    ]),
];

/// Wrong at the source: a number of tweets taken for bytes, and what follows from it.
const SUSPECT: &[(&str, &str)] = &[("xu-twitter", "text per day"), ("xu-twitter", "text in 5 years")];

/// How far a published figure may be from its formula when the conventions are ours, not the source's.
const ROUNDED_BY_SOURCES: f64 = 0.17;

fn text_of(name: &str) -> String {
    shipped(name).map_or_else(
        || {
            let path = format!("{}/tests/examples/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
        },
        |shipped| shipped.text.to_owned(),
    )
}

/// Name, published figure, computed figure and verdict of every `expect:` line.
fn figures(name: &str, settings: &[String]) -> Vec<(String, f64, f64, Finding)> {
    let text = text_of(name);
    let scenario = Scenario::with_settings(&text, settings)
        .unwrap_or_else(|error| panic!("{}", error.render(name, &text)));
    // No input here has a range, so few samples are as good as many.
    let options = Options { samples: Options::LEAST_SAMPLES, ..Options::default() };
    let estimate = estimate(&scenario, name, &options).unwrap_or_else(|error| panic!("{name}: {error}"));
    let claims = scenario.expect.iter().zip(&estimate.claims);
    claims
        .map(|(claim, check)| {
            // `about 50 B` is 40 to 60 B.
            let published = f64::midpoint(claim.low, claim.high);
            let computed = check.estimated.map_or(f64::NAN, |spread| spread.p50);
            (claim.quantity.clone(), published, computed, check.verdict)
        })
        .collect()
}

fn is_suspect(exercise: &str, figure: &str) -> bool {
    SUSPECT.contains(&(exercise, figure))
}

#[test]
fn every_figure_is_its_formula_and_what_contradicts_it_is_refuted() {
    for (name, exact) in EXERCISES {
        let found = figures(name, &[]);
        let names: Vec<&str> = found.iter().map(|(figure, ..)| figure.as_str()).collect();
        assert_eq!(names, exact.iter().map(|(figure, _)| *figure).collect::<Vec<_>>(), "{name}");
        for ((figure, published, value, verdict), (_, exact)) in found.iter().zip(*exact) {
            assert!((value / exact - 1.0).abs() < 1e-9, "{name}: {figure} is {value}, expected {exact}");
            let due = if is_suspect(name, figure) { Finding::Refuted } else { Finding::Confirmed };
            assert_eq!(*verdict, due, "{name}: {figure}: {published} against {value}");
        }
    }
}

#[test]
fn published_figures_are_within_what_their_rounding_explains() {
    let mut report = String::new();
    // A settings line without a value takes `conventions:` out of the file.
    for (conventions, settings) in [("the source's", vec![]), ("our", vec!["conventions=".to_owned()])] {
        let mut within = [0; 3];
        let mut figures_tried = 0;
        for (name, _) in EXERCISES {
            let takes_out = text_of(name).contains("\nconventions:");
            let settings: &[String] = if takes_out { &settings } else { &[] };
            for (figure, published, value, _) in figures(name, settings) {
                if is_suspect(name, &figure) {
                    continue;
                }
                let off = (value / published - 1.0).abs();
                assert!(off <= ROUNDED_BY_SOURCES, "{name}: {figure} is {value}, published {published}");
                figures_tried += 1;
                for (count, limit) in within.iter_mut().zip([0.01, 0.05, ROUNDED_BY_SOURCES]) {
                    *count += usize::from(off <= limit);
                }
            }
        }
        let [one, five, all] = within;
        let _ = writeln!(
            report,
            "with {conventions} conventions: {figures_tried} figures, {one} within 1 %, {five} within 5 %, {all} within 17 %"
        );
    }
    let _ = writeln!(report, "{} refuted", SUSPECT.len());
    insta::assert_snapshot!(report);
}

#[test]
fn every_example_file_is_scored() {
    let folder = std::fs::read_dir(format!("{}/tests/examples", env!("CARGO_MANIFEST_DIR"))).unwrap();
    for file in folder {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(EXERCISES.iter().any(|(scored, _)| *scored == name), "{name} has no figures here");
    }
}
