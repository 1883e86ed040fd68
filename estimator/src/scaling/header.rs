//! What a column holds and in which unit, by its name.
//!
//! `n`, `clients`, `throughput`, `queries/s`, `scripts per hour`, `latency_ms`, `latency (ms)`: the words that load
//! generators and papers use. A column of another name is left alone; its name is reported.

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Concurrency,
    Throughput,
    Latency,
    Weight,
}

impl Role {
    pub(super) fn name(self) -> &'static str {
        match self {
            Role::Concurrency => "concurrency",
            Role::Throughput => "throughput",
            Role::Latency => "latency",
            Role::Weight => "weight",
        }
    }
}

/// A recognised column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Column {
    pub(super) role: Role,
    /// Seconds of the unit in its name: of a latency, or of the time that a throughput counts in.
    pub(super) seconds: Option<f64>,
}

const CONCURRENCY: &[&str] = &[
    "n",
    "concurrency",
    "concurrent",
    "clients",
    "client",
    "connections",
    "threads",
    "users",
    "load",
    "processors",
    "cpus",
    "cores",
    "nodes",
    "servers",
    "workers",
    "size",
    "in flight",
    "active sessions",
    "aas",
];
const THROUGHPUT: &[&str] = &[
    "x",
    "throughput",
    "tput",
    "goodput",
    "rate",
    "requests",
    "queries",
    "transactions",
    "operations",
    "completed",
    "done",
];
/// Throughputs that have their second in the name.
const PER_SECOND: &[&str] = &["qps", "rps", "tps", "ops", "iops"];
const LATENCY: &[&str] = &["r", "latency", "response", "response time", "residence time", "rt"];
const WEIGHT: &[&str] = &["w", "weight", "weights"];
/// Words that do not change what a column holds.
const MEANS: &[&str] = &["mean", "avg", "average"];

/// Seconds of a unit of time, by its name.
pub(super) fn seconds(unit: &str) -> Option<f64> {
    Some(match unit {
        "ns" => 1e-9,
        "us" | "µs" | "μs" => 1e-6,
        "ms" | "msec" | "millis" | "milliseconds" => 1e-3,
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "min" | "minute" | "minutes" => 60.0,
        "h" | "hour" | "hours" => 3_600.0,
        "d" | "day" | "days" => 86_400.0,
        _ => return None,
    })
}

/// What a column of this name holds.
pub(super) fn column(name: &str) -> Option<Column> {
    let name = name.to_lowercase();
    let plain = name.replace(['_', '(', ')', '[', ']', '-', ','], " ").replace(" per ", "/");
    // What a throughput counts in stands behind a slash: `queries/s`, `throughput (req/s)`.
    let (before, per) = match plain.rsplit_once('/') {
        Some((before, unit)) => (before, Some(seconds(unit.trim())?)),
        None => (plain.as_str(), None),
    };
    let mut words: Vec<&str> = before.split_whitespace().filter(|word| !MEANS.contains(word)).collect();
    let unit = words.last().filter(|_| words.len() > 1 && per.is_none()).and_then(|word| seconds(word));
    if unit.is_some() {
        words.pop();
    }
    let is = |names: &[&str], words: &[&str]| names.contains(&words.join(" ").as_str());
    let known = |role, seconds| Some(Column { role, seconds });
    if let Some(per) = per {
        // Whatever is counted by a time is a throughput.
        return known(Role::Throughput, Some(per));
    }
    if is(LATENCY, &words) {
        known(Role::Latency, unit)
    } else if unit.is_some() {
        None
    } else if is(CONCURRENCY, &words) {
        known(Role::Concurrency, None)
    } else if is(THROUGHPUT, &words) {
        known(Role::Throughput, None)
    } else if is(PER_SECOND, &words) {
        known(Role::Throughput, Some(1.0))
    } else if is(WEIGHT, &words) {
        known(Role::Weight, None)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_known_by_the_names_that_people_give_them() {
        use Role::{Concurrency, Latency, Throughput, Weight};
        for (name, expected) in [
            ("n", Some((Concurrency, None))),
            ("Clients", Some((Concurrency, None))),
            ("in_flight", Some((Concurrency, None))),
            ("throughput", Some((Throughput, None))),
            ("X", Some((Throughput, None))),
            ("queries/s", Some((Throughput, Some(1.0)))),
            ("throughput (req/s)", Some((Throughput, Some(1.0)))),
            ("Scripts per hour", Some((Throughput, Some(3_600.0)))),
            ("throughput/min", Some((Throughput, Some(60.0)))),
            ("QPS", Some((Throughput, Some(1.0)))),
            ("latency", Some((Latency, None))),
            ("latency_ms", Some((Latency, Some(1e-3)))),
            ("mean latency (µs)", Some((Latency, Some(1e-6)))),
            ("response-time [s]", Some((Latency, Some(1.0)))),
            ("weight", Some((Weight, None))),
            ("latency p99", None),
            ("errors", None),
            ("ms", None),
            ("requests/box", None),
            ("", None),
        ] {
            let expected = expected.map(|(role, seconds)| Column { role, seconds });
            assert_eq!(column(name), expected, "{name}");
        }
    }
}
