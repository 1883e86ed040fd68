//! The names of units and multipliers, and what was probably meant by one that is none.

use crate::conventions::Conventions;
use crate::error::nearest;
use crate::units::Dimension;

use super::{Complaint, complain};

/// A unit: how many base units it is, and what it measures.
pub(super) type Factored = (f64, Dimension);

pub(super) fn multiplier_named(word: &str) -> Option<f64> {
    Some(match word {
        "k" | "K" | "thousand" => 1e3,
        "M" | "million" => 1e6,
        "billion" => 1e9,
        "T" | "trillion" => 1e12,
        _ => return None,
    })
}

const KIBI: f64 = 1024.0;

pub(super) fn unit_named(word: &str, conventions: &Conventions) -> Option<Factored> {
    let factor = match word {
        "byte" | "bytes" => 1.0,
        "KB" | "kB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        "TB" => 1e12,
        "PB" => 1e15,
        "EB" => 1e18,
        "KiB" => KIBI,
        "MiB" => KIBI.powi(2),
        "GiB" => KIBI.powi(3),
        "TiB" => KIBI.powi(4),
        "PiB" => KIBI.powi(5),
        "EiB" => KIBI.powi(6),
        _ => 0.0,
    };
    if factor > 0.0 {
        return Some((factor, Dimension::BYTES));
    }
    let seconds = match word {
        "ns" => 1e-9,
        "us" | "µs" | "μs" => 1e-6,
        "ms" => 1e-3,
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "min" | "mins" | "minute" | "minutes" => 60.0,
        "h" | "hr" | "hour" | "hours" => 3_600.0,
        "d" | "day" | "days" => conventions.day_seconds,
        "week" | "weeks" => 7.0 * conventions.day_seconds,
        "month" | "months" => conventions.month_seconds,
        "y" | "yr" | "year" | "years" => conventions.year_seconds,
        _ => 0.0,
    };
    if seconds > 0.0 {
        return Some((seconds, Dimension::TIME));
    }
    match word {
        "%" | "percent" => Some((0.01, Dimension::NONE)),
        "x" | "times" => Some((1.0, Dimension::NONE)),
        "USD" | "dollars" => Some((1.0, Dimension::MONEY)),
        "qps" | "QPS" | "rps" | "RPS" | "tps" | "TPS" => Some((1.0, Dimension::RATE)),
        "bps" => Some((1.0 / 8.0, Dimension::BANDWIDTH)),
        "Kbps" | "kbps" => Some((1e3 / 8.0, Dimension::BANDWIDTH)),
        "Mbps" => Some((1e6 / 8.0, Dimension::BANDWIDTH)),
        "Gbps" => Some((1e9 / 8.0, Dimension::BANDWIDTH)),
        "Tbps" => Some((1e12 / 8.0, Dimension::BANDWIDTH)),
        _ => None,
    }
}

/// Whether a word behind a number belongs to the number.
pub(crate) fn is_unit(word: &str, conventions: &Conventions) -> bool {
    unit_named(word, conventions).is_some()
        || is_multiplier(word)
        || bits_named(word).is_some()
        || matches!(word, "B" | "m")
}

/// Whether a word by itself is one of a unit: `day`, `GB`; a single letter is rather a name.
pub(crate) fn is_unit_alone(word: &str, conventions: &Conventions) -> bool {
    word == "%" || (word.len() > 1 && unit_named(word, conventions).is_some())
}

/// Whether a word stands for a number: `k`, `million`.
pub(crate) fn is_multiplier(word: &str) -> bool {
    multiplier_named(word).is_some()
}

pub(super) fn bits_named(word: &str) -> Option<f64> {
    Some(match word {
        "b" | "bit" | "bits" => 1.0,
        "Kb" | "kb" | "Kbit" | "kbit" => 1e3,
        "Mb" | "Mbit" => 1e6,
        "Gb" | "Gbit" => 1e9,
        "Tb" | "Tbit" => 1e12,
        _ => return None,
    })
}

pub(super) fn byte_twin(bits: &str) -> &'static str {
    match bits.chars().next() {
        Some('K' | 'k') => "KB or KiB",
        Some('M') => "MB or MiB",
        Some('G') => "GB or GiB",
        Some('T') => "TB or TiB",
        _ => "B",
    }
}

/// Every unit, for the nearest-name hint.
const UNITS: &[&str] = &[
    "B", "KB", "MB", "GB", "TB", "PB", "EB", "KiB", "MiB", "GiB", "TiB", "PiB", "ns", "us", "ms", "s", "min",
    "hour", "day", "week", "month", "year", "%", "x", "USD", "k", "M", "billion", "Mb/s", "Gbit/s",
];

pub(super) fn unknown_unit<T>(word: &str, conventions: &Conventions) -> Result<T, Complaint> {
    let same_letters = UNITS.iter().find(|unit| unit.eq_ignore_ascii_case(word)).copied();
    let hint = match same_letters.or_else(|| nearest(word, UNITS.iter().copied())) {
        Some(unit) if unit_named(unit, conventions).is_some() || unit.len() > 1 => format!("did you mean `{unit}`?"),
        _ => "sizes: B KB MB GB TB PB KiB MiB GiB; times: ms s min hour day month year; also %, x, USD, k, M, B".to_owned(),
    };
    complain(format!("unknown unit `{word}`"), hint)
}
