//! The table to memorise: units, sizes, latencies, prices, nines and our own defaults, each with its source and date.
//!
//! What the arithmetic uses is read from where it is used, so that this table cannot say something else. Figures that are
//! only here are in `facts`.

mod facts;

use scenarios::conventions::Conventions;
use scenarios::show;
use serde::Serialize;

use crate::prices::{PRICE_SOURCE, listed_prices};
use crate::{servers, sizes, traffic, users};

/// A part of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// What a day, a month and a kilobyte are.
    Units,
    /// Powers of two beside powers of ten.
    Powers,
    /// How large things are.
    Sizes,
    /// How long things take.
    Latencies,
    /// What things cost.
    Prices,
    /// How long a system may be away.
    Nines,
    /// What is assumed where a scenario is silent.
    Defaults,
}

impl Topic {
    /// All, in reading order.
    pub const ALL: [Topic; 7] = [
        Topic::Units,
        Topic::Powers,
        Topic::Sizes,
        Topic::Latencies,
        Topic::Prices,
        Topic::Nines,
        Topic::Defaults,
    ];

    /// Its heading.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Topic::Units => "Units",
            Topic::Powers => "Powers of two",
            Topic::Sizes => "Sizes",
            Topic::Latencies => "Latencies",
            Topic::Prices => "Prices",
            Topic::Nines => "Nines",
            Topic::Defaults => "Defaults",
        }
    }

    /// Its rows.
    #[must_use]
    pub fn facts(self) -> Vec<Fact> {
        match self {
            Topic::Units => units(),
            Topic::Powers => powers(),
            Topic::Sizes => facts::sizes(),
            Topic::Latencies => facts::latencies(),
            Topic::Prices => prices(),
            Topic::Nines => nines(),
            Topic::Defaults => defaults(),
        }
    }
}

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// What it is about.
    pub name: String,
    /// With its unit.
    pub value: String,
    /// What else is worth knowing; may be empty.
    pub note: String,
    /// Who says so, and when.
    pub source: String,
}

fn fact(name: impl Into<String>, value: impl Into<String>, note: impl Into<String>, source: &str) -> Fact {
    Fact { name: name.into(), value: value.into(), note: note.into(), source: source.to_owned() }
}

const DEFINITION: &str = "by definition";

fn units() -> Vec<Fact> {
    let Conventions { day_seconds, month_seconds, year_seconds, units: _ } = Conventions::default();
    let seconds = |seconds: f64| format!("{} s", scenarios::conventions::grouped(seconds));
    let own = "our default";
    vec![
        fact("KB, MB, GB, TB, PB", "1000 B each step", "10³ to 10¹⁵ B", DEFINITION),
        fact("KiB, MiB, GiB, TiB, PiB", "1024 B each step", "2¹⁰ to 2⁵⁰ B", DEFINITION),
        fact("bit", "1/8 B", "only in rates: 100 Mb/s = 12.5 MB/s", DEFINITION),
        fact("day", seconds(day_seconds), "some books: 100,000 s", own),
        fact("month", seconds(month_seconds), "30.44 days; others: 30 days, 2.5 M s", own),
        fact("year", seconds(year_seconds), "365 days", own),
        fact("1 M a day", format!("{}/s", show::count(1e6 / day_seconds)), "", "1 M ÷ day"),
        fact("1 a second", format!("{} a day", show::count(day_seconds)), "", "day ÷ 1 s"),
    ]
}

fn powers() -> Vec<Fact> {
    let near = ["thousand (K)", "million (M)", "billion (G)", "trillion (T)", "quadrillion (P)"];
    (1..)
        .zip(near)
        .map(|(step, near)| power(step * 10, near))
        .chain([power(32, "4.29 billion"), power(64, "")])
        .collect()
}

fn power(exponent: i32, near: &str) -> Fact {
    let value = 2f64.powi(exponent);
    let more = value / 10f64.powi(exponent / 10 * 3) - 1.0;
    let note = match (exponent % 10, near) {
        (0, near) => format!("{near} and {} more", show::share(more)),
        (_, near) => near.to_owned(),
    };
    fact(format!("2^{exponent}"), scenarios::conventions::grouped(value), note, DEFINITION)
}

fn prices() -> Vec<Fact> {
    let note = "`--prices FILE` replaces it";
    let rows = listed_prices().into_iter();
    rows.map(|(name, dollars, per)| fact(name, format!("{dollars} USD {per}"), note, PRICE_SOURCE)).collect()
}

fn nines() -> Vec<Fact> {
    let Conventions { month_seconds, year_seconds, .. } = Conventions::default();
    [0.9, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999, 0.999_999]
        .into_iter()
        .map(|share| {
            // Ten digits: 1 - 0.999 must be 0.001.
            let away = ((1.0 - share) * 1e10_f64).round() / 1e10;
            let time = |period: f64| show::seconds(away * period);
            let note = format!("{} a month", time(month_seconds));
            fact(show::share(share), format!("{} a year", time(year_seconds)), note, "(1 − share) × period")
        })
        .collect()
}

fn defaults() -> Vec<Fact> {
    let (low, high) = servers::CPU_PER_REQUEST_SECONDS;
    let cpu = format!("{} .. {}", show::seconds(low), show::seconds(high));
    let bytes = |value: f64| show::bytes(value, &Conventions::default());
    vec![
        fact(
            "peak factor",
            format!("{}x", traffic::PEAK_FACTOR),
            "busiest hour over mean",
            traffic::PEAK_FACTOR_SOURCE,
        ),
        fact(
            "daily share",
            show::share(users::DAILY_SHARE),
            "of registered users",
            users::DAILY_SHARE_SOURCE,
        ),
        fact("server CPU per request", cpu, "", servers::CPU_PER_REQUEST_SOURCE),
        fact("CPU limit", show::share(servers::CPU_LIMIT), "in the busiest hour", servers::CPU_LIMIT_SOURCE),
        fact("cores per node", show::count(servers::CORES_PER_NODE), "", "a small machine"),
        fact("row overhead", bytes(sizes::ROW_OVERHEAD_BYTES), "", sizes::POSTGRES),
        fact("page fill", show::share(sizes::PAGE_FILL), "", sizes::POSTGRES),
        fact("index pointer", bytes(sizes::INDEX_POINTER_BYTES), "for each row and index", sizes::POSTGRES),
        fact("blobs begin at", bytes(sizes::BLOB_BYTES), "then object storage is advised", "our rule"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(topic: Topic, name: &str) -> String {
        topic.facts().into_iter().find(|fact| fact.name == name).map(|fact| fact.value).unwrap()
    }

    #[test]
    fn every_row_has_a_value_and_a_source_and_its_name_once() {
        for topic in Topic::ALL {
            let facts = topic.facts();
            assert!(facts.len() >= 5, "{}", topic.name());
            for (index, fact) in facts.iter().enumerate() {
                assert!(!fact.value.is_empty() && !fact.source.is_empty(), "{fact:?}");
                assert!(facts[..index].iter().all(|other| other.name != fact.name), "{fact:?}");
            }
        }
    }

    #[test]
    fn computed_rows_are_right() {
        // 2^30; 0.1 % of 365 days is 8.76 h; 1 M ÷ 86,400 s is 11.6/s.
        assert_eq!(value(Topic::Powers, "2^30"), "1,073,741,824");
        assert_eq!(value(Topic::Nines, "99.9 %"), "8.76 h a year");
        assert_eq!(value(Topic::Units, "1 M a day"), "11.6/s");
    }
}
