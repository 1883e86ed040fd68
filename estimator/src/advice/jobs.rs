//! Background jobs, for work of more than a tenth of a second that the answer does not need: mail, renditions of an image,
//! an index for searching.
//!
//! A tenth of a second is what people take for at once (J. Nielsen, "Usability Engineering", 1993, chapter 5).

use scenarios::estimate::{Advice, UnitName};

use super::Findings;
use super::say::{Threshold, cannot_say, flip, held, outcome, say};

const MOST_SECONDS: Threshold = Threshold(0.1, "Nielsen 1993: seems instant");

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let Some(traffic) = findings.traffic else { return Vec::new() };
    let acting = traffic.actions.iter().map(|action| &findings.scenario.actions[action.index]);
    let longest = acting
        .filter_map(|action| Some((action.name.as_str(), action.background?.value.middle())))
        .max_by(|(_, one), (_, other)| one.total_cmp(other));
    let Some((name, time)) = longest else {
        if traffic.writes.is_none() {
            return Vec::new();
        }
        return vec![cannot_say("background jobs", "which work no answer waits for: `background: 300 ms`")];
    };
    let work = held(&format!("background work of `{name}`"), time, MOST_SECONDS, UnitName::Seconds);
    let fires = work.margin > 1.0;
    let what = if fires {
        format!("background jobs: answer `{name}` before its work is done, and let workers do it")
    } else {
        "no background jobs needed: the work is done before anyone notices".to_owned()
    };
    let mut advice = say("background jobs", outcome(fires), what);
    advice.because = findings.compare(&work);
    if let Some(cores) = findings.at(crate::jobs::CORES) {
        let cores = findings.write(cores, UnitName::One);
        advice.because = format!("{}; it takes {cores} cores at peak", advice.because);
    }
    let limit = findings.write(MOST_SECONDS.0, UnitName::Seconds);
    advice.flips = format!("flips {} {limit} of work", if fires { "below" } else { "above" });
    advice.flip = flip(&work.figure, 1.0 / work.margin);
    advice.figures = vec![work];
    vec![advice]
}
