//! Calls between services of one's own: how many, what they carry, and the processor time that writing it as JSON takes.
//!
//! A tier with a `payload:` is such a service.
//!
//! ```text
//! calls/s = requests/s x calls x fan-out          traffic = calls/s x payload
//! JSON, share of the CPU = bytes of all calls of a request x 2 / 100 MiB/s / CPU of a request
//! ```
//!
//! Times two, since what one end writes the other reads. What users are sent is not counted: browsers want JSON.

use scenarios::estimate::UnitName;
use scenarios::scenario::Scenario;
use scenarios::tiers::Tier;

use crate::bandwidth::Bandwidth;
use crate::input::Input;
use crate::ledger::{Ledger, LineId};
use crate::section::Section;
use crate::servers::Servers;
use crate::term::Term;
use crate::traffic::Traffic;

/// How fast JSON is written or read on one core, in bytes a second; binary formats manage 1 GiB/s.
pub(crate) const JSON_BYTES_PER_SECOND: f64 = 100.0 * 1_048_576.0;
const JSON_SOURCE: &str = "napkin-math, 2026-03";
/// Written by one end and read by the other.
pub(crate) const ENDS: f64 = 2.0;

/// The names of the lines that advice reads.
pub(crate) const CALLS: &str = "internal calls at peak";
pub(crate) const TRAFFIC: &str = "internal traffic at peak";
pub(crate) const JSON_SHARE: &str = "JSON of internal calls, of the CPU";

/// What services of one's own send one another, as lines of the ledger.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Internal {
    /// Bytes a second in the busiest hour.
    pub(crate) traffic_peak: LineId,
    /// Bytes of all calls of one request.
    each: LineId,
}

/// Enters the calls; `None` where no tier is a service of one's own.
pub(crate) fn internal(scenario: &Scenario, ledger: &mut Ledger, traffic: &Traffic) -> Option<Internal> {
    let services = scenario.tiers.iter().filter_map(|tier| Some((tier, tier.payload?)));
    let (mut calls, mut bytes) = (Vec::new(), Vec::new());
    for (tier, payload) in services {
        let each = calls_each(ledger, tier);
        let of_request = |term: Term| match &each {
            Some(each) => term * each.clone(),
            None => term,
        };
        calls.push(of_request(ledger.term(traffic.peak_requests)));
        let payload = ledger.input(Input::read(format!("{}, payload", tier.name), UnitName::Bytes, payload));
        bytes.push(of_request(ledger.term(payload)));
    }
    let calls = Term::sum(calls)?;
    ledger.derive(Section::Bandwidth, CALLS, UnitName::PerSecond, calls);
    let each = Term::sum(bytes)?;
    let each = ledger.derive(Section::Background, "internal bytes of a request", UnitName::Bytes, each);
    let peak = ledger.term(traffic.peak_requests) * ledger.term(each);
    let traffic_peak = ledger.derive(Section::Bandwidth, TRAFFIC, UnitName::BytesPerSecond, peak);
    Some(Internal { traffic_peak, each })
}

/// Calls of one request, in a row and at once; `None` where it is exactly one.
fn calls_each(ledger: &mut Ledger, tier: &Tier) -> Option<Term> {
    let [calls, fan_out] = calls_of(ledger, tier).map(|id| id.map(|id| ledger.term(id)));
    match (calls, fan_out) {
        (Some(calls), Some(fan_out)) => Some(calls * fan_out),
        (one, other) => one.or(other),
    }
}

/// The calls of a tier, one after the other and at once, where the file says how many.
pub(crate) fn calls_of(ledger: &mut Ledger, tier: &Tier) -> [Option<LineId>; 2] {
    let Tier { name, calls, fan_out, .. } = tier;
    let input = |what: &str, number| Input::read(format!("{name}, {what}"), UnitName::One, number);
    let calls = calls.map(|calls| ledger.shared(input("calls", calls)));
    let fan_out = fan_out.map(|fan_out| ledger.shared(input("fan-out", fan_out).at_least(1.0)));
    [calls, fan_out]
}

/// Bytes a second that machines send in the busiest hour: to users, and to one another.
pub(crate) fn sent(
    ledger: &mut Ledger,
    bandwidth: Option<Bandwidth>,
    internal: Option<Internal>,
) -> Option<LineId> {
    let users = bandwidth.map(|bandwidth| bandwidth.egress_peak);
    let services = internal.map(|internal| internal.traffic_peak);
    let (Some(to_users), Some(to_services)) = (users, services) else { return users.or(services) };
    let sum = ledger.term(to_users) + ledger.term(to_services);
    Some(ledger.derive(Section::Background, "sent at peak", UnitName::BytesPerSecond, sum))
}

/// Enters how much of the processors' time writing and reading these calls as JSON is.
pub(crate) fn json(ledger: &mut Ledger, internal: Internal, servers: Servers) {
    let ends = (JSON_BYTES_PER_SECOND, JSON_BYTES_PER_SECOND);
    let speed = Input::default("JSON on one core", UnitName::BytesPerSecond, ends, JSON_SOURCE);
    let speed = ledger.shared(speed);
    let time = ledger.term(internal.each) * Term::number(ENDS) / ledger.term(speed);
    let share = time / ledger.term(servers.cpu);
    ledger.derive(Section::Servers, JSON_SHARE, UnitName::Share, share);
}
