//! A load balancer, from two servers on.
//!
//! One queue before all servers waits less than a queue before each: at 49 an hour for each server of 55 an hour, M/M/2
//! waits 0.070 h, two M/M/1 0.149 h. Service times of web requests vary more than exponentially, so plain turns
//! (round robin) pile requests up behind slow ones: the least busy server comes next.

use scenarios::estimate::{Advice, UnitName};

use super::Findings;
use super::say::{held, outcome, say};

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let Some(servers) = findings.servers else { return Vec::new() };
    let number = held("servers", findings.ledger.middle(servers.number), 2.0, UnitName::One);
    let fires = number.value >= number.threshold;
    let what = if fires {
        "load balancer: least outstanding requests first, not in turns"
    } else {
        "no load balancer needed"
    };
    let mut advice = say("load balancer", outcome(fires), what);
    advice.because = findings.compare(&number);
    advice.flips = format!("flips {} 2 servers", if fires { "below" } else { "at" });
    // One machine is filled to the CPU limit; a promise asks for the second whatever the load, and so may a full disk.
    let by_cpu = findings.ledger.find("servers for all resources").is_none() && !findings.has_spare();
    if let (true, Some(holds)) = (by_cpu, findings.ledger.find("requests one node holds")) {
        let peak = findings.traffic.map_or(0.0, |traffic| findings.ledger.middle(traffic.peak_requests));
        findings.flips_with_load(&mut advice, findings.ledger.middle(holds) / peak);
    }
    advice.figures = vec![number];
    vec![advice]
}
