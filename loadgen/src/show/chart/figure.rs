//! Numbers as a report writes them, whatever they are: a report may hold a number that is none, or one so large or
//! small that its digits would fill a line.

use scenarios::conventions::Conventions;
use scenarios::estimate::{Spread, UnitName};
use scenarios::report::Latency;
use scenarios::show;

/// From here on digits say less than the power of ten.
const HUGE: f64 = 1e15;
/// Times below a picosecond are none.
const INSTANT_S: f64 = 1e-12;
/// Ratios below a millionth are none.
const NOTHING: f64 = 1e-6;
/// What stands for a number that is none.
pub(crate) const NONE: &str = "–";

/// A time: `7.8 ms`.
pub(crate) fn time(seconds: f64) -> String {
    if seconds.abs() < INSTANT_S { "0 s".to_owned() } else { value(seconds, UnitName::Seconds) }
}

/// A size: `5.8 KB`.
pub(crate) fn bytes(bytes: f64) -> String {
    value(bytes, UnitName::Bytes)
}

/// A pure number: `9,270`.
pub(crate) fn count(number: f64) -> String {
    value(number, UnitName::One)
}

/// A share: `99.98 %`.
pub(crate) fn share(share: f64) -> String {
    value(share, UnitName::Share)
}

/// A multiple: `4.7`.
pub(crate) fn multiple(ratio: f64) -> String {
    if ratio.abs() < NOTHING { "0".to_owned() } else { count(ratio) }
}

/// A quantile as a word in a sentence: `≥` where waits were given up, `few` where no sample lies beyond it.
pub(crate) fn quantile(latency: &Latency, q: f64) -> String {
    let Some(quantile) = latency.quantile(q) else { return NONE.to_owned() };
    if latency.count as f64 * (1.0 - q) < 1.0 - 1e-9 {
        return "few".to_owned();
    }
    let at_least = if quantile.censored { "≥ " } else { "" };
    format!("{at_least}{}", time(quantile.value_s))
}

/// A number with its unit.
pub(crate) fn value(value: f64, unit: UnitName) -> String {
    if !value.is_finite() {
        return NONE.to_owned();
    }
    // Bytes have names for more: a petabyte is 10¹⁵.
    let limit = if unit == UnitName::Bytes { HUGE * 1e6 } else { HUGE };
    if value.abs() >= limit {
        return format!("{value:.2e} {}", name(unit)).trim_end().to_owned();
    }
    if value.abs() > 0.0 && value.abs() < f64::MIN_POSITIVE.sqrt() {
        return show::value(0.0, unit, &Conventions::default());
    }
    show::value(value, unit, &Conventions::default())
}

/// A spread: its middle when its ends are equal, both ends otherwise.
pub(crate) fn spread(spread: Spread, unit: UnitName) -> String {
    if spread.is_point() {
        return value(spread.p50, unit);
    }
    format!("{} .. {}", value(spread.p10, unit), value(spread.p90, unit))
}

fn name(unit: UnitName) -> &'static str {
    match unit {
        UnitName::One | UnitName::Share => "",
        UnitName::Bytes => "B",
        UnitName::PerSecond => "/s",
        UnitName::BytesPerSecond => "B/s",
        UnitName::Seconds => "s",
        UnitName::DollarsPerMonth => "USD/month",
        UnitName::Dollars => "USD",
        UnitName::Other(_) => "in base units",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_short() {
        for (expected, found) in [
            ("7.8 ms", time(0.0078)),
            ("0 s", time(f64::MIN_POSITIVE)),
            ("–", time(f64::NAN)),
            ("–", time(f64::INFINITY)),
            ("1.00e300 s", time(1e300)),
            ("1.5 PB", bytes(1.5e15)),
            ("9,270", count(9_267.0)),
            ("1.00e20", count(1e20)),
            ("0", count(1e-310)),
            ("0", multiple(1e-9)),
            ("4.7", multiple(4.7)),
            ("99.98 %", share(0.9998)),
            (
                "5 .. 6 ms",
                spread(Spread { p10: 0.005, p50: 0.005, p90: 0.006 }, UnitName::Seconds)
                    .replacen(" ms", "", 1),
            ),
        ] {
            assert_eq!(found, expected);
        }
    }
}
