//! Machines that come and go with the load, when it moves by more than three times and there are machines to spare.
//!
//! A flat load needs none. A small fleet saves nothing: two machines stay for safety, so at a third of the load a fleet
//! of fewer than four has none or one to give back.

use scenarios::estimate::{Advice, UnitName};
use scenarios::scenario::Shape;

use super::Findings;
use super::say::{held, outcome, say};

const LEAST_SWING: f64 = 3.0;
const LEAST_MACHINES: f64 = 4.0;
/// Wikipedia's day goes down to 0.6 of its mean.
const TROUGH: f64 = 0.6;

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let (Some(traffic), Some(servers)) = (findings.traffic, findings.servers) else { return Vec::new() };
    let factor = findings.ledger.middle(traffic.peak_factor);
    let trough = match findings.scenario.traffic.shape {
        Shape::Flat => 1.0,
        Shape::Office(_) => 0.0,
        Shape::Daily | Shape::Spike { .. } if factor >= 2.0 => TROUGH,
        Shape::Daily | Shape::Spike { .. } => 2.0 - factor,
    };
    let machines = held("servers", findings.ledger.middle(servers.number), LEAST_MACHINES, UnitName::One);
    let mut texts = vec![findings.compare(&machines)];
    // An office's nights are empty: any fleet is idle then.
    let mut swings = true;
    let mut figures = Vec::new();
    if trough > 0.0 {
        let swing = held("peak over trough", factor / trough, LEAST_SWING, UnitName::One);
        swings = swing.value > swing.threshold;
        texts.insert(0, findings.compare(&swing));
        figures.push(swing);
    } else {
        texts.insert(0, "nights are empty".to_owned());
    }
    let fires = swings && machines.margin >= 1.0;
    let what =
        if fires { "autoscaling: add and remove servers with the load" } else { "no autoscaling needed" };
    let mut advice = say("autoscaling", outcome(fires), what);
    advice.because = texts.join("; ");
    advice.flips = if swings {
        format!("flips at {LEAST_MACHINES} servers")
    } else {
        format!("flips at {LEAST_SWING} times the trough and {LEAST_MACHINES} servers")
    };
    figures.push(machines);
    advice.figures = figures;
    vec![advice]
}
