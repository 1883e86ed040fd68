//! Machines that come and go with the load, when it moves by more than three times and there are machines to spare.
//!
//! A flat load needs none. A small fleet saves nothing: two machines stay for safety, so at a third of the load a fleet
//! of fewer than four has none or one to give back.

use scenarios::estimate::{Advice, UnitName};
use scenarios::scenario::Shape;

use super::Findings;
use super::say::{Threshold, flip, held, outcome, say};

const LEAST_SWING: Threshold = Threshold(3.0, "assumed");
const LEAST_MACHINES: Threshold = Threshold(4.0, "assumed: two stay, one spare");
/// Wikipedia's day goes down to 0.6 of its mean.
const TROUGH: f64 = 0.6;

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let (Some(traffic), Some(servers)) = (findings.traffic, findings.app_servers()) else {
        return Vec::new();
    };
    let factor = findings.ledger.middle(traffic.peak_factor);
    let shape = findings.scenario.traffic.shape;
    let trough = match shape {
        Shape::Flat => 1.0,
        Shape::Office(_) => 0.0,
        Shape::Daily | Shape::Spike { .. } if factor >= 2.0 => TROUGH,
        Shape::Daily | Shape::Spike { .. } => 2.0 - factor,
    };
    let machines = held("application servers", servers.number, LEAST_MACHINES, UnitName::One);
    let mut texts = vec![findings.compare(&machines)];
    // An office's nights are empty: any fleet is idle then.
    let mut swings = true;
    let mut figures = Vec::new();
    if trough > 0.0 {
        let swing = held("peak over trough", factor / trough, LEAST_SWING, UnitName::One);
        swings = swing.margin > 1.0;
        texts.insert(0, findings.compare(&swing));
        figures.push(swing);
    } else {
        texts.insert(0, "nights are empty".to_owned());
    }
    let fires = swings && machines.margin >= 1.0;
    let what = if fires {
        "autoscaling: add and remove application servers with the load"
    } else {
        "no autoscaling needed"
    };
    let mut advice = say("autoscaling", outcome(fires), what);
    advice.because = texts.join("; ");
    if swings {
        advice.flips = format!("flips {} 4 servers", if fires { "below" } else { "at" });
        // Three that are needed and one to spare: more than two are full.
        if let Some(full) = servers.full.filter(|_| !findings.has_spare()) {
            findings.flips_with_load(&mut advice, 2.0 / full);
        }
    } else {
        let also = if machines.margin >= 1.0 { "" } else { " and 4 servers" };
        advice.flips = format!("flips at 3 times the trough{also}");
        if shape == Shape::Daily && machines.margin >= 1.0 {
            // factor ÷ (2 − factor) = 3.
            let times = 1.5 / factor;
            advice.flip = flip("peak factor", times);
            advice.flips =
                format!("flips at a peak of {} times the mean", findings.write(1.5, UnitName::One));
        }
    }
    figures.push(machines);
    advice.figures = figures;
    vec![advice]
}
