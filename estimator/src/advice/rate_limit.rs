//! A limit for each user, wherever strangers may write or log in.
//!
//! How it is computed is in `allowance`. That it holds is shown by loading the service with more than it can take: what it
//! does well must not become less.

use scenarios::estimate::{Advice, UnitName};

use crate::allowance::{AT_ONCE, LEAST_A_DAY, MEAN, SUSTAINED, TIMES_THE_MEAN};

use super::Findings;
use super::say::{Threshold, cannot_say, held, outcome, say};

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let Some(traffic) = findings.traffic else { return Vec::new() };
    if traffic.writes.is_none() {
        let mut advice = say("rate limit", outcome(false), "no rate limit needed for writes");
        "0 writes a second: no action writes".clone_into(&mut advice.because);
        "flips above 0 writes: with the first action that writes or logs in".clone_into(&mut advice.flips);
        return vec![advice];
    }
    let (Some(each), Some(sustained), Some(at_once)) =
        (findings.at(MEAN), findings.at(SUSTAINED), findings.at(AT_ONCE))
    else {
        return vec![cannot_say("rate limit", "how many users there are a day")];
    };
    let number = |value| findings.write(value, UnitName::One);
    let what =
        format!("rate limit: each user {} writes a day, {} at once", number(sustained), number(at_once));
    let mut advice = say("rate limit", outcome(true), what);
    advice.because = format!(
        "{TIMES_THE_MEAN} × the mean user's {} a day, at least {LEAST_A_DAY} (assumed): {} times what he writes",
        number(each),
        number(sustained / each)
    );
    // Whoever may write without a limit may write all day, so that any write at all wants one.
    let grows = number(LEAST_A_DAY / TIMES_THE_MEAN);
    advice.flips = format!("flips at 0 writes; the limit grows with the mean user from {grows} a day on");
    advice.figures = vec![held(MEAN, each, Threshold(sustained, "assumed"), UnitName::One)];
    vec![advice]
}
