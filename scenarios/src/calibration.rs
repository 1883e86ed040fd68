//! What a measurement found of a scenario, kept in a file of its own beside it: later estimates use it.
//!
//! It is generated, never written by hand, and holds only what does not depend on how much was offered: the capacity
//! of one node, and numbers such as the processor time of a request. It belongs to one mix of actions and to one set of
//! promises; [`mix`] is the fingerprint of both.

use serde::{Deserialize, Serialize};

use crate::capacity::{CapacityRate, MeasuredQuantity, Resource};
use crate::scenario::{ActionRate, Scenario, Touch};
use crate::slo::Objective;

/// The version of the JSON form of [`Calibration`]; grows when a reader of the old form would be misled.
pub const CALIBRATION_SCHEMA: u32 = 1;

/// What was measured of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// [`CALIBRATION_SCHEMA`] of the writer.
    pub schema: u32,
    /// The scenario's name.
    pub scenario: String,
    /// [`mix`] of the scenario that it is of.
    pub mix: String,
    /// When it was measured, seconds since 1970.
    pub measured_unix_s: u64,
    /// Processor, cores, memory, kernel of the machine that measured.
    pub machine: String,
    /// Who answered.
    pub target: String,
    /// The promises that were measured; at the capacity, where there is one, they held.
    pub promises: Vec<String>,
    /// Requests per second at which they held on one node; `None` where a run was measured and no capacity looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<CapacityRate>,
    /// Processors that the measured server could use, where known.
    pub cores: Option<f64>,
    /// What ran out first, where the measurement says.
    pub limit: Option<Resource>,
    /// Numbers of the estimate that were measured, under the estimate's names.
    pub quantities: Vec<MeasuredQuantity>,
}

/// The fingerprint of what a capacity depends on, sixteen hexadecimal digits: what each action is, which share it has of
/// all actions, what it reads and writes, and what is promised. How many users there are and how they grow is not in it.
#[must_use]
pub fn mix(scenario: &Scenario) -> String {
    let middle = |rate: &ActionRate| match rate {
        ActionRate::PerUser(range) | ActionRate::Total(range) => range.middle(),
    };
    let is_user = |rate: &ActionRate| matches!(rate, ActionRate::PerUser(_));
    let rates = || scenario.actions.iter().map(|action| &action.rate.value);
    // Shares, where all rates are of one kind; otherwise they depend on how many users there are.
    let is_even = rates().all(is_user) || !rates().any(is_user);
    let whole: f64 = if is_even { rates().map(middle).sum() } else { 1.0 };
    let mut hash = Fnv::new();
    for action in &scenario.actions {
        hash.text(&action.name);
        hash.number(middle(&action.rate.value) / whole);
        hash.number(action.requests_each.map_or(0.0, |requests| requests.value.middle()));
        hash.number(action.answer.map_or(0.0, |answer| answer.value.middle()));
        for (word, touches) in [("reads", &action.reads), ("writes", &action.writes)] {
            hash.text(word);
            for touch in touches {
                hash.touch(scenario, touch);
            }
        }
    }
    for promise in promises(&scenario.slo) {
        hash.text(&promise);
    }
    hash.hexadecimal()
}

/// The promises that a measurement can keep or break, as reports write them.
#[must_use]
pub fn promises(slo: &[Objective]) -> Vec<String> {
    slo.iter().filter(|objective| objective.is_measurable()).map(Objective::promise).collect()
}

/// The fingerprint of a scenario's text, as measurements carry it.
#[must_use]
pub fn fingerprint(text: &str) -> String {
    let mut hash = Fnv::new();
    hash.bytes(text.as_bytes());
    hash.hexadecimal()
}

/// FNV-1a of 64 bits: the same on every machine and in every version.
struct Fnv(u64);

impl Fnv {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;

    fn new() -> Fnv {
        Fnv(Fnv::BASIS)
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(Fnv::PRIME);
        }
    }

    /// With an end, so that no two texts run into each other.
    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
        self.bytes(&[0]);
    }

    /// To six digits: shares are quotients, and the last digits are rounding.
    fn number(&mut self, number: f64) {
        self.text(&format!("{number:.5e}"));
    }

    fn touch(&mut self, scenario: &Scenario, touch: &Touch) {
        self.text(scenario.data.get(touch.entity).map_or("", |entity| &entity.name));
        self.number(touch.count.middle());
    }

    fn hexadecimal(&self) -> String {
        format!("{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mix_of(text: &str) -> String {
        mix(&Scenario::from_yaml(text).unwrap())
    }

    const BASE: &str = "name: a\nusers: 20k daily\nactions:\n  read: 30\n  write: 10\nslo: p99 < 250 ms\n";

    #[test]
    fn more_users_are_the_same_mix_and_other_shares_or_promises_another() {
        let base = mix_of(BASE);
        for (from, to, is_same) in [
            ("20k", "90k", true),
            ("name: a", "name: a\nfor: 5 years", true),
            ("read: 30\n  write: 10", "read: 60\n  write: 20", true),
            ("read: 30", "read: 31", false),
            ("read:", "browse:", false),
            ("write: 10", "write: { per user: 10/day, requests: 2 }", false),
            ("write: 10", "write: { per user: 10/day, answer: 9 KB }", false),
            ("250 ms", "200 ms", false),
        ] {
            assert_eq!(mix_of(&BASE.replace(from, to)) == base, is_same, "{to}");
        }
    }

    #[test]
    fn an_availability_is_no_promise_that_a_measurement_keeps() {
        let with = |line: &str| {
            format!("name: a\nactions:\n  get: {{ total: 5/s }}\nslo:\n  all: p99 < 1 s\n{line}")
        };
        assert_eq!(mix_of(&with("")), mix_of(&with("  availability: 99.9% per month\n")));
        let scenario = Scenario::from_yaml(&with("  get: errors < 1%\n")).unwrap();
        assert_eq!(promises(&scenario.slo), ["all p99 < 1 s", "get errors < 1%"]);
    }
}
