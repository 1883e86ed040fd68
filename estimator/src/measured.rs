//! Numbers of a calibration on their way into the ledger, in the place of the file's and of defaults.
//!
//! Only what does not depend on how much was offered is taken over: what a request costs, how large an answer or a row is,
//! what one node holds. A 95 % interval becomes a range whose ends hold nine of ten values, as every range of the ledger;
//! its middle is the measured value.

use scenarios::calendar::Day;
use scenarios::calibration::Calibration;
use scenarios::capacity::Resource;
use scenarios::estimate::{Spread, UnitName};
use scenarios::scenario::Scenario;

/// The names under which the measured node stands in the ledger.
pub(crate) const CAPACITY: &str = "measured capacity of one node";
pub(crate) const MEASURED_CORES: &str = "cores of the measured node";
const CORES: &str = "cores per node";
/// SQL statements that a request cost the measured server, over all requests: used for actions whose file does not say.
pub(crate) const QUERIES: &str = "SQL statements per request";

/// The 95th percentile of the standard normal distribution over its 97.5th: from the half-width of a 95 % interval to
/// that of a range of the ledger.
const NARROWER: f64 = 1.644_853_626_951_472_7 / 1.959_963_984_540_054;

/// One number that was measured.
#[derive(Clone, Debug)]
struct Number {
    name: String,
    unit: UnitName,
    ends: (f64, f64),
}

/// What was measured; nothing in an estimate without a calibration.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measured {
    numbers: Vec<Number>,
    source: String,
    limit: Option<Resource>,
}

impl Measured {
    /// What an estimate of the scenario takes over.
    pub(crate) fn of(scenario: &Scenario, calibration: Option<&Calibration>) -> Measured {
        let Some(calibration) = calibration else { return Measured::default() };
        let Calibration { measured_unix_s, machine, capacity, cores, limit, quantities, .. } = calibration;
        let mut numbers = Vec::new();
        if let Some(capacity) = capacity {
            let (low, high) = capacity.interval.unwrap_or((capacity.per_s, capacity.per_s));
            let rate = Spread { p10: low, p50: capacity.per_s, p90: high };
            numbers.push(number(CAPACITY, UnitName::PerSecond, rate));
        }
        if let Some(cores) = cores {
            numbers.push(number(MEASURED_CORES, UnitName::One, Spread::point(*cores)));
            // What the file says of its machines stands; `holds` converts.
            if scenario.node.and_then(|node| node.cores).is_none() {
                numbers.push(number(CORES, UnitName::One, Spread::point(*cores)));
            }
        }
        // What was found to be nothing was not seen.
        let is_seen = |value: &Spread| value.p50 > 0.0;
        let carried =
            quantities.iter().filter(|measured| is_carried(&measured.quantity) && is_seen(&measured.value));
        numbers.extend(carried.map(|measured| number(&measured.quantity, measured.unit, measured.value)));
        let source = format!("measured {} on {machine}", Day::of_unix(*measured_unix_s));
        Measured { numbers, source, limit: *limit }
    }

    /// The ends of a range for the number of this name and unit, where it was measured.
    pub(crate) fn ends(&self, name: &str, unit: UnitName) -> Option<(f64, f64)> {
        let is_it = |number: &&Number| number.name == name && number.unit.dimension() == unit.dimension();
        self.numbers.iter().find(is_it).map(|number| number.ends)
    }

    /// Whether one node was measured.
    pub(crate) fn has_capacity(&self) -> bool {
        self.numbers.iter().any(|number| number.name == CAPACITY)
    }

    /// Where these numbers are from: `measured 2026-11-23 on AMD EPYC, 2 cores`.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// What ran out on the measured node.
    pub(crate) fn limit(&self) -> Option<Resource> {
        self.limit
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.numbers.iter().map(|number| number.name.as_str())
    }
}

/// Whether a number stays what it is at another load.
pub(crate) fn is_carried(name: &str) -> bool {
    matches!(name, "server CPU per request" | "bytes per response" | "requests per action" | QUERIES)
        || name.ends_with(", each")
}

fn number(name: &str, unit: UnitName, value: Spread) -> Number {
    Number { name: name.to_owned(), unit, ends: ends(value) }
}

/// The ends of a range of the ledger whose middle is the measured value, as wide as the interval on a logarithmic scale.
fn ends(Spread { p10: low, p50: middle, p90: high }: Spread) -> (f64, f64) {
    if low > 0.0 && high > low {
        let half = (high / low).ln() / 2.0 * NARROWER;
        (middle * (-half).exp(), middle * half.exp())
    } else {
        (middle, middle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_becomes_a_narrower_range_around_the_measured_value() {
        // ln(1.21) ÷ 2 = 0.09531 for 95 %, times 1.64485 ÷ 1.95996 = 0.83923 for 90 %: e^±0.079987 = 0.92313, 1.08327.
        let (low, high) = ends(Spread { p10: 1_000.0 / 1.1, p50: 1_000.0, p90: 1_100.0 });
        assert!((low - 923.13).abs() < 0.01 && (high - 1_083.27).abs() < 0.01, "{low} {high}");
        assert_eq!(ends(Spread::point(5.0)), (5.0, 5.0));
        assert_eq!(ends(Spread { p10: 0.0, p50: 1.0, p90: 2.0 }), (1.0, 1.0));
    }

    #[test]
    fn what_depends_on_the_load_is_not_carried() {
        for (name, expected) in [
            ("server CPU per request", true),
            ("question, each", true),
            ("peak requests", false),
            ("cores at peak", false),
            ("requests one node holds", false),
        ] {
            assert_eq!(is_carried(name), expected, "{name}");
        }
    }
}
