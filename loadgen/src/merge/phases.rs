//! The phases of shaped loads through all stretches.
//!
//! Folders of the same time that went through the same phases did so together: their requests and their levels add up,
//! phase by phase. Stretches follow each other, and so do their phases: two that bear one name need not have been at one
//! level, and are not made one.

use scenarios::report::PhaseReport;

use super::stretches::Stretch;
use super::{Share, promises, record};
use crate::record::ActionRecord;
use crate::summarise;

/// The phases, where they are the same; why they are left out is said.
pub(super) fn phases(
    shares: &[Share],
    stretches: &[Stretch],
    left_out: &mut Vec<String>,
) -> Vec<PhaseReport> {
    let mut merged = Vec::new();
    for stretch in stretches {
        let members: Vec<&Share> = stretch.members.iter().map(|member| &shares[*member]).collect();
        match together(&members) {
            Ok(phases) => merged.extend(phases.into_iter().map(|phase| later(phase, stretch.offset))),
            Err(why) => {
                left_out.push(format!(
                    "phases are left out: {why}; each folder's own report has them, with the promises judged in them"
                ));
                return Vec::new();
            }
        }
    }
    merged
}

fn later(phase: PhaseReport, offset: u32) -> PhaseReport {
    let offset = f64::from(offset);
    PhaseReport { from_s: phase.from_s + offset, until_s: phase.until_s + offset, ..phase }
}

/// The phases of folders of the same time.
///
/// # Errors
/// They are not the same, or a folder did not keep what is needed to add them.
fn together(members: &[&Share]) -> Result<Vec<PhaseReport>, &'static str> {
    let [first, others @ ..] = members else { return Ok(Vec::new()) };
    let first = &first.report.phases;
    if others.is_empty() {
        return Ok(first.clone());
    }
    for other in others.iter().map(|share| &share.report.phases) {
        let same =
            |(one, other): (&PhaseReport, &PhaseReport)| one.name == other.name && one.kind == other.kind;
        if first.len() != other.len() || !first.iter().zip(other).all(same) {
            return Err("folders of the same time did not go through the same ones");
        }
    }
    if members.iter().any(|share| share.recorded.phases.len() < first.len()) {
        return Err("a folder of an older loadgen has none in its recording.json");
    }
    Ok((0..first.len()).map(|index| one(members, index)).collect())
}

/// One phase of several folders, each of which has it.
fn one(members: &[&Share], index: usize) -> PhaseReport {
    let each = || members.iter().map(move |share| &share.report.phases[index]);
    let sum = |of: fn(&PhaseReport) -> f64| each().map(of).sum::<f64>();
    let mut requests = ActionRecord::new();
    for share in members {
        requests.append(&share.recorded.phases[index], 0);
    }
    let counted_s = sum(|phase| phase.counted_s) / members.len() as f64;
    let mut all = summarise::action("all", &requests, counted_s.max(f64::MIN_POSITIVE));
    all.errors = record::errors(each().map(|phase| phase.all.errors.as_slice()));
    PhaseReport {
        level_from: sum(|phase| phase.level_from),
        level_to: sum(|phase| phase.level_to),
        counted_s,
        all,
        slo: promises(each().flat_map(|phase| &phase.slo)),
        ..members[0].report.phases[index].clone()
    }
}
