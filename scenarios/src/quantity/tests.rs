//! What people write, and what it means.

use super::*;
use proptest::prelude::*;

fn read(text: &str, expected: Dimension) -> Result<(f64, f64), Complaint> {
    parse(text, Some(expected), &Conventions::default()).map(|quantity| (quantity.low, quantity.high))
}

#[test]
fn people_s_numbers_are_understood() {
    let point = |value: f64| (value, value);
    for (text, dimension, expected) in [
        ("12", Dimension::NONE, point(12.0)),
        ("20k", Dimension::NONE, point(20e3)),
        ("1B", Dimension::NONE, point(1e9)),
        ("1 B", Dimension::NONE, point(1e9)),
        ("1 billion", Dimension::NONE, point(1e9)),
        ("1 B", Dimension::BYTES, point(1.0)),
        ("500B", Dimension::BYTES, point(500.0)),
        ("1e6", Dimension::NONE, point(1e6)),
        ("1_000", Dimension::NONE, point(1e3)),
        ("2x", Dimension::NONE, point(2.0)),
        ("40%", Dimension::NONE, point(0.4)),
        ("5 MB", Dimension::BYTES, point(5e6)),
        ("1 KiB", Dimension::BYTES, point(1024.0)),
        ("3..8 MB", Dimension::BYTES, (3e6, 8e6)),
        ("20k..30k", Dimension::NONE, (20e3, 30e3)),
        ("20 KB +/- 50%", Dimension::BYTES, (10e3, 30e3)),
        ("5 MB ± 1 MB", Dimension::BYTES, (4e6, 6e6)),
        ("about 5 MB", Dimension::BYTES, (4e6, 6e6)),
        ("5 x 12 B", Dimension::BYTES, point(60.0)),
        ("5 x 10..20 B", Dimension::BYTES, (50.0, 100.0)),
        ("86400/day", Dimension::RATE, point(1.0)),
        ("100 per second", Dimension::RATE, point(100.0)),
        ("18..25/day", Dimension::RATE, (18.0 / 86_400.0, 25.0 / 86_400.0)),
        ("30%..60%/year", Dimension::RATE, (0.3 / 31_536_000.0, 0.6 / 31_536_000.0)),
        ("200 ms", Dimension::TIME, point(0.2)),
        ("5m", Dimension::TIME, point(300.0)),
        ("3 years", Dimension::TIME, point(3.0 * 31_536_000.0)),
        ("100 Mb/s", Dimension::BANDWIDTH, point(12.5e6)),
        ("1 Gbit/s", Dimension::BANDWIDTH, point(125e6)),
        ("50 MB/min", Dimension::BANDWIDTH, point(50e6 / 60.0)),
        ("86.4 USD/day", Dimension::PRICE, point(0.001)),
    ] {
        let (low, high) = read(text, dimension).unwrap_or_else(|complaint| panic!("{text}: {complaint:?}"));
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-12 * b.abs();
        assert!(close(low, expected.0) && close(high, expected.1), "{text}: {low} {high}");
    }
}

#[test]
fn what_is_wrong_or_ambiguous_is_refused_with_a_hint() {
    for (text, dimension, message, hint) in [
        ("5 Mb", Dimension::BYTES, "is bits", "MB or MiB"),
        ("5 Kb", Dimension::BYTES, "is bits", "KB or KiB"),
        ("5", Dimension::BYTES, "expected a size", "`5 KB`"),
        ("5 s", Dimension::BYTES, "expected a size", "write"),
        ("5 M", Dimension::BYTES, "not a unit of size", "`MB`"),
        ("5m", Dimension::NONE, "minutes", "`M`"),
        ("-3", Dimension::NONE, "must not be negative", "zero or more"),
        ("8..3 MB", Dimension::BYTES, "upside down", "smaller"),
        ("20..30k", Dimension::NONE, "lower end", "20k..30k"),
        ("5 mb", Dimension::BYTES, "unknown unit `mb`", "`MB`"),
        ("1,500", Dimension::NONE, "comma", "1_500_000"),
        ("many", Dimension::NONE, "does not start with a number", "20k"),
        ("", Dimension::NONE, "does not start with a number", "20k"),
        ("5 parsecs", Dimension::TIME, "unknown unit", "times:"),
        ("1e308 x 100", Dimension::NONE, "is too large", "up to 1e308"),
        ("1e300 x 1e300 x 0", Dimension::NONE, "is too large", "up to 1e308"),
        ("1e300 EB", Dimension::BYTES, "is too large", "up to 1e308"),
        ("5 MB +/- 200%", Dimension::BYTES, "larger than the value", "100 %"),
    ] {
        let complaint = read(text, dimension).expect_err(text);
        assert!(complaint.message.contains(message), "{text}: {complaint:?}");
        assert!(complaint.hint.contains(hint), "{text}: {complaint:?}");
    }
}

#[test]
fn the_file_s_conventions_give_the_length_of_a_day() {
    let book = Conventions { day_seconds: 1e5, ..Conventions::default() };
    assert_eq!(parse("1M/day", Some(Dimension::RATE), &book).unwrap().low, 10.0);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,40}") {
        let _ = parse(&text, Some(Dimension::BYTES), &Conventions::default());
        let _ = parse(&text, None, &Conventions::default());
    }

    #[test]
    fn a_printed_size_is_read_back_within_its_three_digits(value in 1.0f64..1e17) {
        let printed = crate::show::bytes(value, &Conventions::default());
        let (read, _) = read(&printed, Dimension::BYTES).unwrap();
        prop_assert!((read - value).abs() <= value * 0.005_1, "{value} {printed} {read}");
    }
}
