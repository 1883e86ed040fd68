//! How numbers are written for people: three significant digits and the unit that keeps them short.

use crate::conventions::{ByteUnits, Conventions, grouped};
use crate::estimate::{ShownIn, Spread, UnitName};
use crate::units::Dimension;

/// A number with its unit: `500 TB`, `1.5 PB`, `12.3/s`, `7.8 ms`, `65 %`, `100 M`.
#[must_use]
pub fn value(value: f64, unit: UnitName, conventions: &Conventions) -> String {
    match unit {
        UnitName::One => count(value),
        UnitName::Share => share(value),
        UnitName::Bytes => bytes(value, conventions),
        UnitName::PerSecond => format!("{}/s", count_in_rate(value)),
        UnitName::BytesPerSecond => format!("{}/s", bytes(value, conventions)),
        // Spans of years are no number of days that anyone could picture.
        UnitName::Seconds if value >= 2.0 * conventions.year_seconds => {
            format!("{} years", digits(value / conventions.year_seconds))
        }
        UnitName::Seconds => seconds(value),
        UnitName::DollarsPerMonth => format!("{} USD/month", money(value)),
        UnitName::Dollars => format!("{} USD", money(value)),
        UnitName::Other(dimension) => other(value, dimension),
    }
}

/// A number of an estimate in the unit that the file asked for, or else as [`value`] writes it.
#[must_use]
pub fn value_in(number: f64, unit: UnitName, shown: Option<&ShownIn>, conventions: &Conventions) -> String {
    match shown {
        Some(ShownIn { unit, factor }) if unit.starts_with('/') => {
            format!("{}{unit}", count_in_rate(number / factor))
        }
        Some(ShownIn { unit, factor }) => format!("{} {unit}", count(number / factor)),
        None => value(number, unit, conventions),
    }
}

/// In base units, with their powers: `0.02 USD/GB`, `3.4 B·s`.
fn other(value: f64, dimension: Dimension) -> String {
    // Nobody pays for single bytes.
    let (value, byte) = if dimension.bytes < 0 {
        (value * GIGABYTE.powi((-dimension.bytes).into()), "GB")
    } else {
        (value, "B")
    };
    let units = [("USD", dimension.money), (byte, dimension.bytes), ("s", dimension.seconds)];
    let (mut above, mut below) = (Vec::new(), String::new());
    for (name, exponent) in units.into_iter().filter(|(_, exponent)| *exponent != 0) {
        let power = match exponent.unsigned_abs() {
            1 => name.to_owned(),
            more => format!("{name}^{more}"),
        };
        if exponent > 0 {
            above.push(power);
        } else {
            below.push('/');
            below.push_str(&power);
        }
    }
    let space = if above.is_empty() { "" } else { " " };
    format!("{}{space}{}{below}", count(value), above.join("·"))
}

const GIGABYTE: f64 = 1e9;

/// A spread as one number when its ends are written alike, as `p10 .. p90` otherwise.
#[must_use]
pub fn spread(spread: Spread, unit: UnitName, conventions: &Conventions) -> String {
    spread_in(spread, unit, None, conventions)
}

/// Likewise in the unit that the file asked for.
#[must_use]
pub fn spread_in(
    spread: Spread,
    unit: UnitName,
    shown: Option<&ShownIn>,
    conventions: &Conventions,
) -> String {
    let write = |number| value_in(number, unit, shown, conventions);
    let (low, high) = (write(spread.p10), write(spread.p90));
    if low == high { write(spread.p50) } else { format!("{low} .. {high}") }
}

/// Two numbers as a range is written in a file, with their unit once where it is the same: `3.84..5.2 KB`,
/// `662 d..8.63 years`.
#[must_use]
pub fn between(low: &str, high: &str) -> String {
    let ((number, unit), (_, other)) = (parted(low), parted(high));
    if unit == other { format!("{number}..{high}") } else { format!("{low}..{high}") }
}

/// A number as written, and its unit with the space before it.
#[must_use]
pub fn parted(text: &str) -> (&str, &str) {
    let is_number = |c: char| c.is_ascii_digit() || ",.".contains(c);
    let unit = text.trim_start_matches(is_number);
    let power = unit.strip_prefix('e').map(|power| power.strip_prefix('-').unwrap_or(power));
    let unit = match power {
        Some(power) if power.starts_with(|c: char| c.is_ascii_digit()) => power.trim_start_matches(is_number),
        _ => unit,
    };
    text.split_at(text.len() - unit.len())
}

/// From here on, and below its inverse, a number is easier to read by its power of ten.
const FIRST_SCIENTIFIC: f64 = 1e7;

/// Three significant digits, without trailing zeros: `1.5`, `976`, `0.0234`; far from one `6.51e24`.
#[must_use]
pub fn digits(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 { "0".to_owned() } else { value.to_string() };
    }
    #[expect(clippy::cast_possible_truncation, reason = "the exponent of a finite number fits")]
    let exponent = value.abs().log10().floor() as i32;
    let places = usize::try_from(2 - exponent).unwrap_or(0);
    if !(1.0 / FIRST_SCIENTIFIC..FIRST_SCIENTIFIC).contains(&value.abs()) {
        let text = format!("{value:.2e}");
        let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{power}", mantissa.trim_end_matches('0').trim_end_matches('.'));
    }
    let text = format!("{value:.places$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Scaled by the largest step that leaves at least one before the point.
fn scaled(value: f64, steps: &[(f64, &str)]) -> String {
    // 999.6 would print as 1000: the next step is due from where three digits round up.
    let chosen = steps.iter().rev().find(|(step, _)| value.abs() >= step * 0.9995).or(steps.first());
    match chosen {
        // Beyond what the largest step is for.
        Some((step, _)) if (value / step).abs() >= FIRST_SCIENTIFIC => {
            let base = steps.iter().find(|(step, _)| *step >= 1.0).map_or("", |(_, name)| name);
            format!("{}{base}", digits(value))
        }
        Some((step, name)) => format!("{}{name}", digits(value / step)),
        None => digits(value),
    }
}

/// A pure number: `20 k`, `100 M`, `1 B` (billion).
#[must_use]
pub fn count(value: f64) -> String {
    if (1_000.0..100_000.0).contains(&value.abs()) {
        return grouped(round_to_three(value));
    }
    scaled(value, &[(1.0, ""), (1e3, " k"), (1e6, " M"), (1e9, " B"), (1e12, " T")])
}

/// Likewise before a slash, where `1 B` would be read as a byte: `1,000 M/day`.
fn count_in_rate(value: f64) -> String {
    const MILLION: f64 = 1e6;
    const BILLION: f64 = 1e9;
    if (0.9995 * BILLION..100_000.0 * BILLION).contains(&value.abs()) {
        return format!("{} M", grouped(round_to_three(value / MILLION)));
    }
    count(value)
}

fn round_to_three(value: f64) -> f64 {
    let step = 10f64.powf(value.abs().log10().floor() - 2.0);
    (value / step).round() * step
}

/// A size: decimal or binary by the file's convention.
#[must_use]
pub fn bytes(value: f64, conventions: &Conventions) -> String {
    match conventions.units {
        ByteUnits::Decimal => scaled(
            value,
            &[
                (1.0, " B"),
                (1e3, " KB"),
                (1e6, " MB"),
                (1e9, " GB"),
                (1e12, " TB"),
                (1e15, " PB"),
                (1e18, " EB"),
            ],
        ),
        ByteUnits::Binary => {
            const K: f64 = 1024.0;
            scaled(
                value,
                &[
                    (1.0, " B"),
                    (K, " KiB"),
                    (K * K, " MiB"),
                    (K * K * K, " GiB"),
                    (K * K * K * K, " TiB"),
                    (K * K * K * K * K, " PiB"),
                ],
            )
        }
    }
}

/// A time: `250 ns`, `85 µs`, `7.8 ms`, `1.2 s`, `2 min`, `3 h`, `30 d`.
#[must_use]
pub fn seconds(value: f64) -> String {
    if value == 0.0 {
        return "0 s".to_owned();
    }
    scaled(
        value,
        &[
            (1e-9, " ns"),
            (1e-6, " µs"),
            (1e-3, " ms"),
            (1.0, " s"),
            (60.0, " min"),
            (3_600.0, " h"),
            (86_400.0, " d"),
        ],
    )
}

/// A share in per cent; close to one it keeps the nines.
#[must_use]
pub fn share(value: f64) -> String {
    let percent = value * 100.0;
    if percent > 99.0 && percent < 100.0 {
        // As many decimals as it takes to show the distance from 100 with two digits.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 9")]
        let places = (1.0 - (100.0 - percent).log10()).ceil().clamp(0.0, 6.0) as usize;
        let text = format!("{percent:.places$}");
        let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
        return format!("{text} %");
    }
    format!("{} %", digits(percent))
}

fn money(value: f64) -> String {
    if (100.0..1e15).contains(&value.abs()) {
        grouped(if value.abs() >= 1_000.0 { round_to_three(value) } else { value })
    } else {
        digits(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_have_their_unit() {
        let decimal = Conventions::default();
        let binary = Conventions { units: ByteUnits::Binary, ..decimal };
        let price_of_bytes = Dimension::MONEY.over(Dimension::BYTES);
        let by_day = ShownIn { unit: "TB/day".to_owned(), factor: 1e12 / 86_400.0 };
        for (expected, found) in [
            ("500 TB", bytes(5e14, &decimal)),
            ("1.5 PB", bytes(1.5e15, &decimal)),
            ("1 TB", bytes(999.99e9, &decimal)),
            ("1.27 KB", bytes(1_271.0, &decimal)),
            ("4 KiB", bytes(4_096.0, &binary)),
            ("0 B", bytes(0.0, &decimal)),
            ("7.8 ms", seconds(0.0078)),
            ("85 µs", seconds(85e-6)),
            ("1.2 s", seconds(1.2)),
            ("1.5 min", seconds(90.0)),
            ("3 h", seconds(10_800.0)),
            ("100 M", count(1e8)),
            ("1 B", count(1e9)),
            ("3,470", count(3_472.2)),
            ("12.3", count(12.34)),
            ("65 %", share(0.65)),
            ("99.98 %", share(0.9998)),
            ("100 %", share(1.0)),
            ("10,000 USD/month", value(10_000.0, UnitName::DollarsPerMonth, &decimal)),
            ("1,000 M/s", value(1e9, UnitName::PerSecond, &decimal)),
            ("3,470/s", value(3_472.2, UnitName::PerSecond, &decimal)),
            ("0.02 USD/GB", value(2e-11, UnitName::Other(price_of_bytes), &decimal)),
            ("3 B·s", value(3.0, UnitName::Other(Dimension::BYTES.times(Dimension::TIME)), &decimal)),
            ("5/s^2", value(5.0, UnitName::Other(Dimension::RATE.times(Dimension::RATE)), &decimal)),
            ("365 d", value(365.0 * 86_400.0, UnitName::Seconds, &decimal)),
            ("4.01 years", value(1_464.0 * 86_400.0, UnitName::Seconds, &decimal)),
            ("40 USD", value(40.0, UnitName::Dollars, &decimal)),
            ("6.51e239/s", value(6.506e239, UnitName::PerSecond, &decimal)),
            ("6.51e239 B", bytes(6.506e239, &decimal)),
            ("1e300 USD", value(1e300, UnitName::Dollars, &decimal)),
            ("1e-12", count(1e-12)),
            ("0.0000586 USD", value(5.86e-5, UnitName::Dollars, &decimal)),
            ("875 TB/day", value_in(875e12 / 86_400.0, UnitName::BytesPerSecond, Some(&by_day), &decimal)),
        ] {
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_range_has_its_unit_once_where_both_ends_have_it() {
        for (low, high, expected) in [
            ("3.84 KB", "5.2 KB", "3.84..5.2 KB"),
            ("987 GB", "1.4 TB", "987 GB..1.4 TB"),
            ("710/s", "1,020/s", "710..1,020/s"),
            ("1", "6", "1..6"),
            ("1.27e267 USD", "7.09e267 USD", "1.27e267..7.09e267 USD"),
        ] {
            assert_eq!(between(low, high), expected);
        }
        // What is written alike is one number.
        let narrow = Spread { p10: 6.949e9, p50: 6.95e9, p90: 6.951e9 };
        assert_eq!(spread(narrow, UnitName::Bytes, &Conventions::default()), "6.95 GB");
    }
}
