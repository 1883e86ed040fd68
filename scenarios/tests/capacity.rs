//! A capacity, a calibration and a plan that were written by the first version can still be read.

use scenarios::calibration::{CALIBRATION_SCHEMA, Calibration};
use scenarios::capacity::{CAPACITY_SCHEMA, Capacity, Outcome, Resource};
use scenarios::plan::{PLAN_SCHEMA, Plan};
use scenarios::verdict::{Attained, Finding};

#[test]
fn the_first_form_of_a_capacity_is_still_read() {
    let capacity: Capacity =
        serde_json::from_str(include_str!("data/capacity-1.json")).expect("a capacity of schema 1");
    assert!(capacity.schema <= CAPACITY_SCHEMA);
    assert_eq!((capacity.scenario.as_str(), capacity.outcome), ("forum", Outcome::Found));
    let rate = capacity.rate.expect("a rate");
    assert_eq!((rate.per_s, rate.interval), (2_560.0, Some((2_480.0, 2_640.0))));
    assert_eq!(capacity.limit.expect("a limit").resource, Resource::ServerCpu);
    assert_eq!(capacity.levels.iter().filter(|level| level.verdict == Attained::Missed).count(), 2);
}

#[test]
fn the_first_form_of_a_calibration_is_still_read() {
    let calibration: Calibration =
        serde_json::from_str(include_str!("data/calibration-1.json")).expect("a calibration of schema 1");
    assert!(calibration.schema <= CALIBRATION_SCHEMA);
    let rate = calibration.capacity.map(|capacity| capacity.per_s);
    assert_eq!((calibration.scenario.as_str(), rate), ("forum", Some(2_560.0)));
}

#[test]
fn the_first_form_of_a_plan_is_still_read() {
    let plan: Plan = serde_json::from_str(include_str!("data/plan-1.json")).expect("a plan of schema 1");
    assert!(plan.schema <= PLAN_SCHEMA);
    assert_eq!((plan.scenario.as_str(), plan.from.as_str()), ("forum", "2026-12-01"));
    assert_eq!(plan.moments.first().map(|moment| moment.servers.p50), Some(1.0));
    assert_eq!(plan.claims[0].verdict, Finding::Confirmed);
}
