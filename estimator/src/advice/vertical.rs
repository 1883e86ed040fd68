//! One larger application server, or several: several when the largest that can be rented is too small, or one is not
//! there often enough. How many machines the rows take is for `sharding` to say.
//!
//! Evidence: the largest machines of the common families have 192 virtual processors (AWS, the ...48xlarge of 2025); one
//! machine is promised for 99.5 % of a month (AWS Compute SLA, 2022), and two that fail apart, each there for 99.9 %, for
//! 99.9999 %. How far more machines help is the scalability law's to say: until it is measured, a contention of 3 % and a
//! coherency of 0.01 % put the peak at √(0.97 ÷ 0.0001) = 98 machines.

use scenarios::estimate::{Advice, UnitName};

use super::say::{Threshold, held, outcome, say};
use super::{Findings, MOST_AVAILABLE_ALONE};
use crate::servers::MOST_MACHINES;

/// Virtual processors of the largest common machine.
const LARGEST_CORES: Threshold = Threshold(192.0, "AWS x48xlarge, 2025");

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let (Some(servers), Some(machines)) = (findings.servers, findings.app_servers()) else {
        return Vec::new();
    };
    let cores = held("cores at peak", findings.ledger.middle(servers.cores), LARGEST_CORES, UnitName::One);
    let promised =
        findings.promised().map(|share| held("availability", share, MOST_AVAILABLE_ALONE, UnitName::Share));
    let by_load = cores.margin > 1.0;
    let by_promise = promised.as_ref().is_some_and(|held| held.margin > 1.0);
    let mut advice = if by_load && machines.number > MOST_MACHINES {
        say(
            "scale-out",
            outcome(true),
            "scale out, but how many servers it takes beyond 98 cannot be told: measure it (`estimator fit`)",
        )
    } else if by_load {
        say("scale-out", outcome(true), "scale out: the largest application server is too small")
    } else if by_promise {
        say("scale-out", outcome(true), "scale out for availability alone: two application servers")
    } else {
        say("scale-out", outcome(false), "no scale-out of application servers needed: a larger one would do")
    };
    advice.because = findings.compare(&cores);
    if by_promise && let Some(promised) = &promised {
        advice.because = format!("{}; {}", findings.compare(promised), advice.because);
    }
    match &promised {
        Some(promised) if by_promise && !by_load => {
            findings.flips_with_downtime(&mut advice, promised.value, promised.threshold);
        }
        _ if by_promise => "flips with a lower promise and a smaller load".clone_into(&mut advice.flips),
        _ => findings.flips_with_load(&mut advice, 1.0 / cores.margin),
    }
    advice.figures = [Some(cores), promised].into_iter().flatten().collect();
    vec![advice]
}
