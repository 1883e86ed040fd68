//! Adding what was recorded: histograms bucket by bucket, counts by action, failures by kind.

use scenarios::report::{ErrorCount, TimeParts};

use super::Share;
use super::stretches::Stretch;
use crate::record::{ActionRecord, Every, Times, add, times};

/// All shares together.
#[derive(Debug)]
pub(super) struct Sum {
    /// By name, with what failed.
    pub(super) actions: Vec<(String, ActionRecord, Vec<ErrorCount>)>,
    pub(super) all: ActionRecord,
    pub(super) lag: Times,
    pub(super) every: Every,
}

/// Adds them up; blocks of time are moved to where their stretch begins.
pub(super) fn sum(shares: &[Share], stretches: &[Stretch]) -> Sum {
    let mut sum = Sum {
        actions: Vec::new(),
        all: ActionRecord::new(),
        lag: times(),
        every: Every { scheduled: 0, response: times(), lag: times() },
    };
    let members =
        stretches.iter().flat_map(|stretch| stretch.members.iter().map(|member| (*member, stretch.offset)));
    for (member, offset) in members {
        let recorded = &shares[member].recorded;
        for (name, record) in &recorded.actions {
            let known = sum.actions.iter().position(|(known, ..)| known == name);
            let place = known.unwrap_or_else(|| {
                sum.actions.push((name.clone(), ActionRecord::new(), Vec::new()));
                sum.actions.len() - 1
            });
            sum.actions[place].1.append(record, offset as usize);
            sum.all.append(record, offset as usize);
        }
        add(&mut sum.lag, &recorded.lag);
        sum.every.scheduled += recorded.every.scheduled;
        add(&mut sum.every.response, &recorded.every.response);
        add(&mut sum.every.lag, &recorded.every.lag);
    }
    for (name, _, failed) in &mut sum.actions {
        let of = |share: &'_ Share| {
            share
                .report
                .actions
                .iter()
                .find(|action| action.name == *name)
                .map(|action| action.errors.clone())
        };
        let found: Vec<Vec<ErrorCount>> = shares.iter().filter_map(of).collect();
        *failed = errors(found.iter().map(Vec::as_slice));
    }
    sum
}

/// Failures by kind, the most frequent first.
pub(super) fn errors<'a>(all: impl Iterator<Item = &'a [ErrorCount]>) -> Vec<ErrorCount> {
    let mut merged: Vec<ErrorCount> = Vec::new();
    for error in all.flatten() {
        match merged.iter_mut().find(|known| known.kind == error.kind) {
            Some(known) => known.count += error.count,
            None => merged.push(error.clone()),
        }
    }
    merged.sort_by(|one, other| other.count.cmp(&one.count).then(one.kind.cmp(&other.kind)));
    merged
}

/// The parts of an action, or of all, with what the servers said of their own time.
pub(super) fn with_server_timing(
    shares: &[Share],
    name: Option<&str>,
    parts: Option<TimeParts>,
) -> Option<TimeParts> {
    let of = |share: &'_ Share| {
        let action = match name {
            Some(name) => share.report.actions.iter().find(|action| action.name == name)?,
            None => &share.report.all,
        };
        action.parts.clone()
    };
    timed(parts, shares.iter().filter_map(of))
}

/// Parts with what was said in all of these: counts add up, and means are weighted by them.
pub(super) fn timed(parts: Option<TimeParts>, all: impl Iterator<Item = TimeParts>) -> Option<TimeParts> {
    let mut parts = parts?;
    for said in all.flat_map(|parts| parts.server_timing) {
        let Some(known) = parts.server_timing.iter_mut().find(|known| known.name == said.name) else {
            parts.server_timing.push(said);
            continue;
        };
        let count = known.count + said.count;
        let sum = known.mean_s * known.count as f64 + said.mean_s * said.count as f64;
        (known.mean_s, known.count) = (sum / count.max(1) as f64, count);
        known.max_s = known.max_s.max(said.max_s);
    }
    Some(parts)
}
