//! What each phase of a shaped load measured: a report of its own, in which promises are judged where there is a level.

use scenarios::report::PhaseReport;
use scenarios::slo::Objective;

use crate::course::Course;
use crate::engine::Nanos;
use crate::measured_time::MeasuredTime;
use crate::record::{Recorder, SecondRecord};
use crate::summarise;

/// What is said of a shaped load, whatever came of it.
pub(crate) const RULE: &str = "promises are judged on phases at one level, and on a day as a whole; a ramp is no level and is shown alone";

/// The phases that the run came to, one by one; none without a shape. `each` is what one of the course's units asks for:
/// requests of a visit, or one user.
pub(crate) fn phases(
    recorder: &Recorder,
    course: &Course,
    time: &MeasuredTime,
    objectives: &[Objective],
    each: f64,
) -> Vec<PhaseReport> {
    let parts = recorder.phases.parts.iter().zip(&course.parts);
    let begun = parts.filter(|(record, _)| record.from < time.ended());
    begun
        .map(|(record, part)| {
            let until = record.until.min(time.ended());
            let counted_s = time.sound_within(record.from, until).as_secs_f64();
            let seconds = |at: Nanos| at.since(time.from()).as_secs_f64();
            let level = |level: Option<&f64>| level.copied().unwrap_or_default() * each;
            PhaseReport {
                name: part.name.clone(),
                kind: part.kind,
                from_s: seconds(record.from),
                until_s: seconds(until),
                level_from: level(part.levels.first()),
                level_to: level(part.levels.last()),
                counted_s,
                all: summarise::action("all", &record.all, counted_s.max(f64::MIN_POSITIVE)),
                slo: if record.is_judged {
                    summarise::slo_of_phase(
                        objectives,
                        &record.attainments,
                        &record.all,
                        seconds_in(recorder, seconds(record.from), seconds(until)),
                    )
                } else {
                    Vec::new()
                },
            }
        })
        .collect()
}

/// The seconds that have a part of this stretch, given in seconds of the measured time.
fn seconds_in(recorder: &Recorder, from: f64, until: f64) -> &[SecondRecord] {
    let all = recorder.seconds();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place, bounded above")]
    let place = |at: f64| (at as usize).min(all.len());
    &all[place(from)..place(until.ceil()).max(place(from))]
}

/// Median responses of the seconds of each stretch in which the server should be the same: of the whole run, or of each
/// level of its shape.
pub(crate) fn medians(recorder: &Recorder, course: &Course) -> Vec<Vec<f64>> {
    let median = |second: &SecondRecord| second.p50 as f64 / 1e9;
    let counted = || (0u32..).zip(recorder.seconds()).filter(|(_, second)| second.p50 > 0);
    if recorder.phases.parts.is_empty() {
        return vec![counted().map(|(_, second)| median(second)).collect()];
    }
    let mut from = 0.0;
    let mut levels = Vec::new();
    for part in &course.parts {
        let until = from + part.length.as_secs_f64();
        if part.kind.is_level() {
            // Whole seconds within it alone: one on a border has a part of its neighbour.
            let inside = |at: u32| f64::from(at) >= from && f64::from(at) + 1.0 <= until;
            levels.push(counted().filter(|(at, _)| inside(*at)).map(|(_, second)| median(second)).collect());
        }
        from = until;
    }
    levels
}
