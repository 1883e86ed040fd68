//! A load balancer, from two application servers on.
//!
//! One queue before all servers waits less than a queue before each: at 49 an hour for each server of 55 an hour, M/M/2
//! waits 0.070 h, two M/M/1 0.149 h. Service times of web requests vary more than exponentially, so plain turns
//! (round robin) pile requests up behind slow ones: the least busy server comes next.

use scenarios::estimate::{Advice, UnitName};

use super::Findings;
use super::say::{Threshold, held, outcome, say};

const LEAST_SERVERS: Threshold = Threshold(2.0, "");

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let Some(servers) = findings.app_servers() else { return Vec::new() };
    let number = held("application servers", servers.number, LEAST_SERVERS, UnitName::One);
    let fires = number.margin >= 1.0;
    let what = if fires {
        "load balancer: least outstanding requests first, not in turns"
    } else {
        "no load balancer needed"
    };
    let mut advice = say("load balancer", outcome(fires), what);
    advice.because = findings.compare(&number);
    advice.flips = format!("flips {} 2 servers", if fires { "below" } else { "at" });
    findings.flips_with_machines(&mut advice);
    advice.figures = vec![number];
    vec![advice]
}
