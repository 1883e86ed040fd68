//! How much is under way at once, by Little's law, and how long a request takes over all that it passes.
//!
//! `N = X × R`: the rate of calls times the time of one. The mean latency is the sum over the tiers; calls made at once
//! count once. A request that waits for n calls is within its p99 only if each is within the quantile `0.99^(1/n)`
//! (Dean and Barroso, "The Tail at Scale", 2013). Where the file gives no tiers, a promise bounds what is under way: if
//! every request took as long as promised.

use scenarios::estimate::UnitName;
use scenarios::scenario::{Origin, Scenario};
use scenarios::slo::Goal;
use scenarios::tiers::Tier;

use crate::fleet::round_up;
use crate::input::Input;
use crate::internal::calls_of;
use crate::ledger::{Ledger, LineId};
use crate::section::Section;
use crate::term::Term;
use crate::traffic::Traffic;

/// Connections in use at the peak; the rest is for its fluctuations. Assumption, as for processors and disks.
const POOL_LIMIT: f64 = 0.7;
const POOL_LIMIT_SOURCE: &str = "assumption: room for bursts";
/// The quantile that a request is to keep over all calls it waits for.
const QUANTILE: f64 = 0.99;

/// Enters what is under way at the peak.
pub(crate) fn in_flight(scenario: &Scenario, ledger: &mut Ledger, traffic: &Traffic) {
    let times: Vec<LineId> =
        scenario.tiers.iter().map(|tier| enter(ledger, tier, traffic.peak_requests)).collect();
    let times: Vec<Term> = times.into_iter().map(|id| ledger.term(id)).collect();
    match Term::sum(times) {
        Some(sum) => {
            let mean = ledger.derive(Section::Servers, "latency, mean", UnitName::Seconds, sum);
            if let Some(promised) = promised(scenario, ledger) {
                let used = ledger.term(mean) / ledger.term(promised);
                ledger.derive(Section::Servers, "latency budget used", UnitName::Share, used);
            }
        }
        None => bound(scenario, ledger, traffic.peak_requests),
    }
}

/// Enters one tier; the time that a request spends there.
fn enter(ledger: &mut Ledger, tier: &Tier, peak: LineId) -> LineId {
    let Tier { name, time, hold, .. } = tier;
    let time = ledger.input(Input::read(format!("{name}, one call"), UnitName::Seconds, *time));
    let (mut rate, mut spent) = (ledger.term(peak), ledger.term(time));
    let [calls, fan_out] = calls_of(ledger, tier);
    if let Some(calls) = calls {
        rate = rate * ledger.term(calls);
        spent = ledger.term(calls) * spent;
    }
    if let Some(fan_out) = fan_out {
        rate = rate * ledger.term(fan_out);
        let each = ledger.term(fan_out).apply("0.99^1/", |calls| QUANTILE.powf(1.0 / calls));
        ledger.derive(Section::Servers, format!("{name}, quantile for p99"), UnitName::Share, each);
    }
    let busy = rate.clone() * ledger.term(time);
    ledger.derive(Section::Servers, format!("{name}, in flight at peak"), UnitName::One, busy);
    if let Some(hold) = hold {
        let hold = ledger.input(Input::read(format!("{name}, hold"), UnitName::Seconds, *hold));
        let ends = (POOL_LIMIT, POOL_LIMIT);
        let limit = Input::default("pool limit", UnitName::Share, ends, POOL_LIMIT_SOURCE);
        let limit = ledger.shared(limit);
        let pool = rate * ledger.term(hold) / ledger.term(limit);
        let pool = pool.apply("round up", round_up);
        ledger.derive(Section::Servers, format!("{name}, pool"), UnitName::One, pool);
    }
    ledger.derive(Section::Background, format!("{name}, time"), UnitName::Seconds, spent)
}

/// What is under way if every request takes as long as the slowest promise about all of them allows.
fn bound(scenario: &Scenario, ledger: &mut Ledger, peak: LineId) {
    let Some(limit) = promised(scenario, ledger) else { return };
    let term = ledger.term(peak) * ledger.term(limit);
    let id = ledger.derive(Section::Servers, "in flight at peak, at most", UnitName::One, term);
    ledger.cite(id, "upper bound by the SLO");
}

/// The slowest promise about all requests.
fn promised(scenario: &Scenario, ledger: &mut Ledger) -> Option<LineId> {
    let promised = scenario.slo.iter().filter(|objective| objective.action.is_none());
    let limit = promised.filter_map(|objective| match objective.goal {
        Goal::Within { limit, .. } => Some((limit.as_secs_f64(), objective.line)),
        _ => None,
    });
    let (limit, line) = limit.max_by(|(one, _), (other, _)| one.total_cmp(other))?;
    Some(ledger.input(Input::between(
        "promised latency",
        UnitName::Seconds,
        (limit, limit),
        Origin::File(line),
    )))
}
