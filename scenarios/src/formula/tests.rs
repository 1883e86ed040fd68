//! What is read as what, and what is refused where.

use std::fmt::Write;

use crate::Scenario;
use crate::conventions::Conventions;
use crate::error::Place;
use crate::formula;
use crate::units::Dimension;

use super::{ExprKind, Words, parse, split};

fn read(text: &str) -> String {
    let place = |at: std::ops::Range<usize>| Place { start: at.start, end: at.end };
    let odd_names = ["song, 3 copies", "storage 5y", "read/write", "cost in GB"];
    match parse(text, &place, Words { conventions: &Conventions::default(), odd_names: &odd_names }) {
        Ok(tree) => tree.to_string(),
        Err(refusal) => format!("{}: {} ({})", &text[refusal.at], refusal.message, refusal.hint),
    }
}

#[test]
fn a_formula_reads_as_people_mean_it() {
    for (text, tree) in [
        ("users x 40%..60% x 35 min/day", "users × 40%..60% × 35 min/day"),
        ("minutes watched * 50 MB/min", "minutes watched × 50 MB/min"),
        ("a + b x c - d / e", "a + b × c − d ÷ e"),
        ("(a + b) x c", "(a + b) × c"),
        ("a - (b - c)", "a − (b − c)"),
        ("a / (b x c)", "a ÷ (b × c)"),
        ("a / b / c", "a ÷ b ÷ c"),
        ("2 ^ 3 ^ 2", "2^(3^2)"),
        ("1.3 ** 3", "1.3^3"),
        ("max(a, ceil(b / 2 TB), 3)", "max(a, ceil(b ÷ 2 TB), 3)"),
        ("sum(data, count x size) + sum(actions, rate)", "sum(data, count × size) + sum(actions, rate)"),
        ("\"song, 3 copies\" x 2", "song, 3 copies × 2"),
        ("`total in 3 years` / 3", "total in 3 years ÷ 3"),
        ("minutes / day", "minutes ÷ day"),
        ("min(a, b) + 5 min", "min(a, b) + 5 min"),
        ("5 MB +/- 20% x 3", "5 MB +/- 20% × 3"),
        ("10M per month x 3", "10M per month × 3"),
        ("12k/day/2", "12k/day ÷ 2"),
        ("100 / day length", "100 ÷ day length"),
        ("2x + 1", "2x + 1"),
        ("1e6 x 1_000", "1e6 × 1_000"),
        ("read-only users − xs", "read-only users − xs"),
        ("views × 3.5÷2", "views × 3.5 ÷ 2"),
        ("sum(a, b)", "sum(a, b)"),
        ("max(1,2) + min(10,20,3)", "max(1, 2) + min(10, 20, 3)"),
        ("song, 3 copies x 2 + storage 5y", "song, 3 copies × 2 + storage 5y"),
        ("read/write x 3", "read/write × 3"),
        ("users x read/write", "users × read/write"),
        ("30% of users x 2", "30% × users × 2"),
        ("size of song x 2", "size of song × 2"),
        ("cost in GB x 2", "cost in GB × 2"),
        ("5 Gbps / 100 QPS", "5 Gbps ÷ 100 QPS"),
    ] {
        assert_eq!(read(text), tree, "{text}");
    }
}

#[test]
fn a_number_keeps_its_unit_and_its_range() {
    let place = |at: std::ops::Range<usize>| Place { start: at.start, end: at.end };
    let day = 86_400.0;
    for (text, low, high, dimension) in [
        ("3..8 MB", 3e6, 8e6, Dimension::BYTES),
        ("35 min/day", 35.0 * 60.0 / day, 35.0 * 60.0 / day, Dimension::NONE),
        ("10M/day", 1e7 / day, 1e7 / day, Dimension::RATE),
        ("1B", 1e9, 1e9, Dimension::NONE),
        ("1 B", 1.0, 1.0, Dimension::BYTES),
        ("0.02 USD/GB", 2e-11, 2e-11, Dimension::MONEY.over(Dimension::BYTES)),
        ("8 Mb/s", 1e6, 1e6, Dimension::BANDWIDTH),
        ("40%", 0.4, 0.4, Dimension::NONE),
        ("day", day, day, Dimension::TIME),
    ] {
        let words = Words { conventions: &Conventions::default(), odd_names: &[] };
        let tree = parse(text, &place, words).unwrap();
        let ExprKind::Number(number) = tree.kind else { panic!("{text} is no number: {:?}", tree.kind) };
        assert!((number.low - low).abs() <= low * 1e-12, "{text}: {}", number.low);
        assert!((number.high - high).abs() <= high * 1e-12, "{text}: {}", number.high);
        assert_eq!(number.dimension, dimension, "{text}");
    }
}

#[test]
fn what_makes_no_sense_is_refused_at_its_place() {
    let deep = format!("{}a{}", "(".repeat(40), ")".repeat(40));
    let long = "a + ".repeat(400);
    let cases = [
        "",
        "users x",
        "x 3",
        "users 3",
        "3 users",
        "(a + b",
        "a + b)",
        "a, b",
        "max()",
        "ceil(a, b)",
        "avg(a)",
        "sqrt(data, size)",
        "a & b",
        "5 Mb x 3",
        "5m",
        "\"song",
        "\"\" x 2",
        "a ++ b",
        "3..",
        "8..3 MB",
        "1,5 x 2",
        "86,400 x 2",
        "a ^",
        "total in 3 years",
        &deep,
        &long,
    ];
    let mut out = String::new();
    for text in cases {
        let shown = if text.len() > 60 { "..." } else { text };
        let found = read(text);
        let found = if text.len() > 60 { found.split(": ").last().unwrap_or("").to_owned() } else { found };
        let _ = writeln!(out, "{shown:24} {found}");
    }
    insta::assert_snapshot!(out);
}

#[test]
fn the_tail_says_how_it_is_shown_and_by_which_convention() {
    let defaults = Conventions::default();
    let tail = |text| {
        let words = Words { conventions: &defaults, odd_names: &["cost in GB"] };
        let split = split(text, words).unwrap();
        (split.formula.trim().to_owned(), split.shown.map(|(shown, _)| shown), split.conventions)
    };
    let (formula, shown, conventions) = tail("watched x 50 MB/min in TB/day");
    assert_eq!((formula.as_str(), conventions), ("watched x 50 MB/min", defaults));
    let shown = shown.unwrap();
    assert_eq!((shown.unit.as_str(), shown.factor), ("TB/day", 1e12 / 86_400.0));
    let (formula, shown, conventions) = tail("10M/month in /day with day = 100000 s, month = 25 days");
    assert_eq!(formula, "10M/month");
    assert_eq!((conventions.day_seconds, conventions.month_seconds), (1e5, 2.5e6));
    assert_eq!(shown.unwrap().factor, 1.0 / 1e5, "the unit follows the line's convention");
    let (formula, shown, _) = tail("a with month = 30 days in GB");
    assert_eq!((formula.as_str(), shown.unwrap().unit.as_str()), ("a", "GB"));
    let (formula, shown, _) = tail("total in three years");
    assert_eq!((formula.as_str(), shown), ("total in three years", None), "no unit, so a part of the name");
    for (text, formula) in [
        ("a in GB x 2", "a in GB x 2"),
        ("2 x cost in GB", "2 x cost in GB"),
        ("cost in GB in TB", "cost in GB"),
    ] {
        assert_eq!(tail(text).0, formula, "{text}");
    }
    let (formula, _, conventions) = tail("users with premium");
    assert_eq!((formula.as_str(), conventions), ("users with premium", defaults));
    for text in ["a with week = 3 days", "a with month = 30..31 days", "a with month = 3 MB"] {
        let refusal = split(text, Words { conventions: &defaults, odd_names: &[] }).unwrap_err();
        assert!(refusal.at.start >= 7 && refusal.at.end <= text.len(), "{text}: {refusal:?}");
    }
}

#[test]
fn an_error_points_into_the_file() {
    let file = "name: a\nquantities:\n  one: users x 3\n  two: 5 MB & 3\n  \"three\": \"2 x avg(one)\"\n";
    let error = Scenario::from_yaml(file).unwrap_err();
    let place = error.place().unwrap();
    assert_eq!(&file[place.start..place.end], "&");
    let file = file.replace("& 3", "x 3");
    let error = Scenario::from_yaml(&file).unwrap_err();
    let place = error.place().unwrap();
    assert_eq!(&file[place.start..place.end], "avg");
}

#[test]
fn a_thing_called_like_a_sign_does_not_take_the_sign_away() {
    let text = "name: a\ndata:\n  x: { size: 1 B, count: 5 }\nquantities:\n  a: 3 x 2 + \"x\" x 2\n";
    let scenario = Scenario::from_yaml(text).unwrap();
    assert_eq!(scenario.quantities[0].formula.to_string(), "3 × 2 + x × 2");
}

#[test]
fn a_name_of_the_file_comes_before_the_unit_it_is_called_like() {
    let text = "name: a\nquantities:\n  months: 36\n  qps: 3500\n  total: qps x months + 100/month x 1 month + 12 / months\n  months of it: months x 2\n";
    let scenario = Scenario::from_yaml(text).unwrap();
    let written: Vec<String> = scenario.quantities.iter().map(|own| own.formula.to_string()).collect();
    assert_eq!(written[2], "qps × months + 100/month × 1 month + 12 ÷ months");
    let ExprKind::Binary(_, _, last) = &scenario.quantities[2].formula.kind else { panic!("a sum") };
    assert!(
        matches!(&last.kind, ExprKind::Binary(super::Sign::Over, _, name) if name.kind == ExprKind::Name("months".into()))
    );
    assert_eq!(written[3], "months × 2");
}

#[test]
fn a_formula_that_ends_with_a_letter_of_several_bytes_is_refused_at_it() {
    for text in ["users −", "users ÷", "users ×", "(users −"] {
        let error = formula::read(text, &[], &Conventions::default()).unwrap_err();
        let place = error.place().unwrap();
        assert!(["−", "÷", "×"].contains(&&text[place.start..place.end]), "{text}: {place:?}");
        assert!(error.render("formula", text).contains('^'), "{text}");
    }
}
