//! The answer of a run as an exit code: did what the user claimed hold?

use scenarios::report::{Honesty, Report};
use scenarios::verdict::{Attained, EXIT_NO, EXIT_UNKNOWN, EXIT_YES, Finding};

/// Yes, no, or cannot tell. Only `slo:` and `expect:` can make a no; a default that the run refuted is news.
#[must_use]
pub fn exit_code(report: &Report) -> u8 {
    if report.generator.verdict == Honesty::GeneratorLimited {
        return EXIT_UNKNOWN;
    }
    let missed = report.slo.iter().any(|slo| slo.verdict == Attained::Missed);
    let refuted = report.predictions.iter().any(|claim| claim.claimed && claim.finding == Finding::Refuted);
    if missed || refuted {
        return EXIT_NO;
    }
    if report.offered.aborted.is_some() && report.slo.is_empty() {
        return EXIT_UNKNOWN;
    }
    // Too few samples to be certain are marked in the report; only a share below the promise leaves the question open.
    let open = report.slo.iter().any(|slo| {
        // What was promised and never asked for is as open as it was.
        let short = slo.attained_share.map_or(slo.measurable, |share| share < slo.promised_share);
        slo.verdict == Attained::CannotTell && short
    });
    let untold = matches!(report.generator.verdict, Honesty::ServerLimited | Honesty::NotStationary)
        && !report.slo.is_empty();
    if open || untold || report.all.scheduled == 0 { EXIT_UNKNOWN } else { EXIT_YES }
}
