//! A limit for each user, wherever strangers may write or log in.
//!
//! The limit is ten times what a mean user does, so that nobody honest meets it; what may come at once is an hour of it
//! in the busiest hour, and one at least. Both are assumptions of ours until a run shows how people really act.

use scenarios::estimate::{Advice, UnitName};

use super::Findings;
use super::say::{cannot_say, outcome, say};

/// Above the mean user; the product's own notes.
const TIMES_THE_MEAN: f64 = 10.0;
const HOUR_SECONDS: f64 = 3_600.0;

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let Some(traffic) = findings.traffic else { return Vec::new() };
    let Some((mean, _)) = findings.writes() else {
        let mut advice = say("rate limit", outcome(false), "no rate limit needed for writes");
        "no action writes".clone_into(&mut advice.because);
        "flips with the first action that writes or logs in".clone_into(&mut advice.flips);
        return vec![advice];
    };
    let Some(users) = findings.ledger.find("daily users") else {
        return vec![cannot_say("rate limit", "how many users there are a day")];
    };
    let day = findings.ledger.conventions.day_seconds;
    let each = mean / findings.ledger.middle(users) * day;
    let sustained = TIMES_THE_MEAN * each;
    let peak = findings.ledger.middle(traffic.peak_factor);
    let burst = (sustained / day * HOUR_SECONDS * peak).ceil().max(1.0);
    let number = |value| findings.write(value, UnitName::One);
    let what = format!("rate limit: each user {} writes a day, {} at once", number(sustained), number(burst));
    let mut advice = say("rate limit", outcome(true), what);
    advice.because = format!("anyone may write; {TIMES_THE_MEAN} × the mean user's {} a day", number(each));
    "flips without writes".clone_into(&mut advice.flips);
    vec![advice]
}
