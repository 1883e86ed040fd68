//! The numbers of a sweep are those of the estimates, and its turning points are where they turn.

use super::*;
use crate::{Options, estimate};

/// 1,000 requests a second take one core of 65 %, so a node of two holds 1,300 a second.
const FILE: &str = "
name: a
users: 1M daily
actions: { get: { per user: 8.64/day } }
node: { cores: 2 }
limits: { spare: 0 }
traffic: { peak: 1x }
";

/// Samples matter only for the default CPU time, whose median is a millisecond.
fn swept(vary: &str, of: &[&str]) -> Result<Sweep, Box<dyn std::error::Error>> {
    let vary = Vary::parse(vary, 5, None)?;
    let of: Vec<String> = of.iter().map(|name| (*name).to_owned()).collect();
    sweep(&vary, &of, |setting| {
        let scenario = scenarios::Scenario::with_settings(FILE, &[setting.to_owned()])?;
        Ok(estimate(&scenario, "a.yaml", &Options::default())?)
    })
}

#[test]
fn each_step_has_its_numbers() {
    let sweep = swept("users.daily=1M..100M", &["mean qps"]).unwrap();
    let found: Vec<f64> = sweep.points.iter().map(|point| point.values[0].unwrap().p50.round()).collect();
    // 1 M × 8.64/day is 100 a second; five steps over a hundredfold are half a power of ten apart.
    assert_eq!(found, [100.0, 316.0, 1_000.0, 3_162.0, 10_000.0]);
    assert_eq!(sweep.quantities[0].name, "mean actions");
}

#[test]
fn the_place_where_a_count_steps_is_found_between_the_steps() {
    let sweep = swept("users.daily=10M..16M", &["servers"]).unwrap();
    let turn = sweep.turns.iter().find(|turn| turn.about == "servers").unwrap();
    assert_eq!((turn.before.as_str(), turn.after.as_str()), ("1", "2"));
    // One node holds 1,300 a second: 13 M users.
    assert!(turn.located && (turn.input / 13e6 - 1.0).abs() < 0.002, "{turn:?}");
}

#[test]
fn a_number_that_no_step_has_is_refused() {
    let error = swept("users.daily=1M..2M", &["severs"]).unwrap_err().to_string();
    assert!(error.contains("no quantity `severs`\n  hint: did you mean `servers`?"), "{error}");
}
