//! The key results: which numbers people ask for first, what they vary with, how sure they are, how they grow.
//!
//! The samples of the estimate say the first three. For the growth the whole scenario is computed again for nearer
//! horizons, with fewer samples, so that a formula is written once and everything that it touches grows along; what
//! stands at the end of a curve is the estimate's own number.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use scenarios::Scenario;
use scenarios::estimate::{ClaimCheck, Spread};
use scenarios::outlook::{Curve, CurvePoint, KeyResult, Outlook};

use crate::Options;
use crate::distribution::histogram;
use crate::estimate::{Computed, compute};
use crate::ledger::{Ledger, LineId};
use crate::section::Section;
use crate::sensitivity::{Candidate, drivers};
use crate::uncertain::Uncertain;

/// What people ask for first, after what the file itself claims or defines.
const KEY: &[&str] =
    &["peak requests", "egress at peak", "total, kept", "cores at peak", "servers", "total cost"];
/// More are no longer the key ones.
const MOST_RESULTS: usize = 12;

/// What may change over the horizon, and what it is called at its end; `{}` is the horizon.
const GROWING: &[(&str, &str)] =
    &[("storage", "total in {}"), ("peak requests", "peak requests in {}"), ("total cost", "total cost")];
/// Points of a curve after the first: a year by months, three years by quarters.
const MOST_STEPS: f64 = 12.0;
/// Samples times lines times points: growth takes about as long as the estimate itself.
const MOST_NUMBERS: usize = 2_000_000;
/// Fewer are not worth drawing a range of.
const LEAST_SAMPLES: usize = 200;
/// What changes by less than this share is not called growth.
const LEAST_CHANGE: f64 = 0.01;
/// Now, as a horizon.
const NOW_SECONDS: f64 = 1.0;

/// What stands behind the key results.
pub(crate) fn outlook(
    scenario: &Scenario,
    file: &str,
    options: Options,
    computed: &Computed,
    claims: &[ClaimCheck],
) -> Outlook {
    let ledger = &computed.ledger;
    Outlook {
        results: results(ledger, &key(computed, claims)),
        growth: growth(scenario, file, options, computed).unwrap_or_default(),
    }
}

/// The key results, each once, in the order of a page.
fn key(computed: &Computed, claims: &[ClaimCheck]) -> Vec<LineId> {
    let ledger = &computed.ledger;
    let later = computed.horizon.as_ref().map(|horizon| format!("total in {}", horizon.label));
    let own = ledger.in_order().into_iter().filter(|line| line.section == Section::Own);
    let claimed = claims.iter().map(|claim| claim.resolved.as_str());
    let names = own.map(|line| line.name.as_str()).chain(claimed).chain(later.as_deref());
    let mut found: Vec<LineId> = Vec::new();
    for name in names.chain(KEY.iter().copied()) {
        // What is kept now matters less where the file says for when it plans.
        let is_superseded =
            name == "total, kept" && later.as_ref().is_some_and(|later| ledger.find(later).is_some());
        if let Some(id) = ledger.find(name).filter(|id| !is_superseded && !found.contains(id)) {
            found.push(id);
        }
    }
    found.truncate(MOST_RESULTS);
    found.sort_by_key(|id| (ledger.line(*id).section, *id));
    found
}

fn results(ledger: &Ledger, key: &[LineId]) -> Vec<KeyResult> {
    let read: Vec<BTreeSet<LineId>> = key.iter().map(|id| inputs(ledger, *id)).collect();
    let candidates: BTreeMap<LineId, Candidate<'_>> = read
        .iter()
        .flatten()
        .filter_map(|id| match &ledger.line(*id).value {
            Uncertain::Samples(values) => Some((*id, Candidate::new(&ledger.line(*id).name, values))),
            Uncertain::Point(_) => None,
        })
        .collect();
    key.iter()
        .zip(&read)
        .map(|(id, read)| {
            let line = ledger.line(*id);
            let (drivers, histogram) = match &line.value {
                Uncertain::Samples(values) if !line.spread.is_point() => {
                    let inputs: Vec<&Candidate<'_>> =
                        read.iter().filter_map(|input| candidates.get(input)).collect();
                    // A range that the file gives varies with nothing but itself.
                    let is_input = line.inputs.is_empty();
                    (if is_input { Vec::new() } else { drivers(values, &inputs) }, histogram(values))
                }
                Uncertain::Samples(_) | Uncertain::Point(_) => (Vec::new(), None),
            };
            KeyResult { quantity: line.name.clone(), drivers, histogram }
        })
        .collect()
}

/// The lines without a formula that a number is computed from, through however many steps.
fn inputs(ledger: &Ledger, id: LineId) -> BTreeSet<LineId> {
    let (mut open, mut seen, mut found) = (vec![id], BTreeSet::new(), BTreeSet::new());
    while let Some(id) = open.pop() {
        if seen.insert(id) {
            let line = ledger.line(id);
            open.extend(&line.inputs);
            if line.inputs.is_empty() {
                found.insert(id);
            }
        }
    }
    found
}

/// How the system grows until the horizon; `None` without one, and where it would take too long.
fn growth(scenario: &Scenario, file: &str, options: Options, computed: &Computed) -> Option<Vec<Curve>> {
    let horizon = scenario.horizon?;
    let end = horizon.value.as_secs_f64();
    let conventions = &computed.ledger.conventions;
    let (month, year) = (conventions.month_seconds, conventions.year_seconds);
    let steps =
        [conventions.day_seconds, month, year / 4.0, year / 2.0, year, 2.0 * year, 5.0 * year, 10.0 * year];
    let step = steps.into_iter().find(|step| end / step <= MOST_STEPS)?;
    let label = &computed.horizon.as_ref()?.label;
    let last = read_off(&computed.ledger, label);
    let points = (1..).map(|k| f64::from(k) * step).take_while(|at| *at < end * (1.0 - 1e-9));
    let times: Vec<f64> = [0.0].into_iter().chain(points).collect();
    let samples = (MOST_NUMBERS / (computed.ledger.len() * times.len()).max(1))
        .min(usize::try_from(options.samples).unwrap_or(usize::MAX));
    if samples < LEAST_SAMPLES || last.iter().all(Option::is_none) {
        return None;
    }
    let options = Options { samples: u32::try_from(samples).ok()?, ..options };
    let mut scenario = scenario.clone();
    // They are computed last and may name the horizon.
    scenario.quantities.clear();
    let mut found: Vec<(f64, Vec<Option<Spread>>)> = Vec::new();
    for at in times {
        scenario.horizon = Some(scenarios::scenario::Sourced {
            value: Duration::from_secs_f64(at.max(NOW_SECONDS)),
            ..horizon
        });
        let computed = compute(&scenario, file, options, computed.calibration.as_ref()).ok()?;
        found.push((at, read_off(&computed.ledger, &computed.horizon.as_ref()?.label)));
    }
    found.push((end, last));
    Some(
        GROWING
            .iter()
            .enumerate()
            .filter_map(|(index, of)| curve(computed, label, index, of, &found))
            .collect(),
    )
}

/// The numbers of [`GROWING`] at one horizon.
fn read_off(ledger: &Ledger, label: &str) -> Vec<Option<Spread>> {
    let value =
        |(_, name): &(&str, &str)| ledger.find(&name.replace("{}", label)).map(|id| ledger.line(id).spread);
    GROWING.iter().map(value).collect()
}

fn curve(
    computed: &Computed,
    label: &str,
    index: usize,
    (name, at_end): &(&str, &str),
    found: &[(f64, Vec<Option<Spread>>)],
) -> Option<Curve> {
    let points: Option<Vec<CurvePoint>> = found
        .iter()
        .map(|(seconds, values)| Some(CurvePoint { seconds: *seconds, value: (*values.get(index)?)? }))
        .collect();
    let points = points?;
    let (first, last) = (points.first()?.value.p50, points.last()?.value.p50);
    let id = computed.ledger.find(&at_end.replace("{}", label))?;
    let has_changed = (last - first).abs() > LEAST_CHANGE * first.abs().max(last.abs());
    has_changed.then(|| Curve { name: (*name).to_owned(), unit: computed.ledger.line(id).unit, points })
}
