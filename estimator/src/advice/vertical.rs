//! One larger machine, or several: several when the largest that can be rented is too small, or one is not there
//! often enough.
//!
//! Evidence: machines of 192 virtual processors are common (AWS m7i.48xlarge); two that fail apart, each there for
//! 99.9 % of the time, are there for 99.9999 %. How far more machines help is the scalability law's to say: until it is
//! measured, a contention of 3 % and a coherency of 0.01 % put the peak at √(0.97 ÷ 0.0001) = 98 machines.

use scenarios::estimate::{Advice, UnitName};

use super::say::{held, outcome, say};
use super::{Findings, MOST_AVAILABLE_ALONE};

/// Virtual processors of the largest common machine.
const LARGEST_CORES: f64 = 192.0;
/// Machines beyond which the default scalability law loses by adding one.
const MOST_MACHINES: f64 = 98.0;

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let Some(servers) = findings.servers else { return Vec::new() };
    let cores = held("cores at peak", findings.ledger.middle(servers.cores), LARGEST_CORES, UnitName::One);
    let promised =
        findings.promised().map(|share| held("availability", share, MOST_AVAILABLE_ALONE, UnitName::Share));
    let by_load = cores.value > LARGEST_CORES;
    let by_promise = promised.as_ref().is_some_and(|held| held.value > held.threshold);
    let machines = findings.ledger.middle(servers.number);
    let mut advice = if by_load && machines > MOST_MACHINES {
        say(
            "scale-out",
            outcome(true),
            "scale out, but remove contention first: more than 98 machines slow each other down",
        )
    } else if by_load {
        say("scale-out", outcome(true), "scale out: the largest machine is too small")
    } else if by_promise {
        say("scale-out", outcome(true), "scale out for availability alone: two machines")
    } else {
        say("scale-out", outcome(false), "no scale-out needed: scale up")
    };
    advice.because = findings.compare(&cores);
    if by_promise && let Some(promised) = &promised {
        advice.because = format!("{}; {}", findings.compare(promised), advice.because);
    }
    if !by_promise {
        findings.flips_with_load(&mut advice, 1.0 / cores.margin);
    }
    advice.figures = [Some(cores), promised].into_iter().flatten().collect();
    vec![advice]
}
