//! Plans that were computed on paper, and the laws that every plan keeps.

use estimator::plan::{Asked, answer, plan};
use estimator::{Options, estimate, estimate_calibrated};
use proptest::prelude::*;
use scenarios::Scenario;
use scenarios::calendar::Day;
use scenarios::capacity::{Capacity, Limit, Resource};
use scenarios::estimate::{Kind, Spread, UnitName};
use scenarios::plan::{Moment, Plan};

/// 864 k × 10 ÷ 86,400 s = 100/s, 200/s at the peak.
const SHOP: &str = "name: shop
for: 2 years
users: { daily: 864k, growth: 50%/year }
actions:
  buy: { per user: 10/day, writes: order, answer: 1 KB }
data:
  order: { size: 1 KB }
traffic: { peak: 2x }
choices: { replicas: 2 }
node: { cores: 2, memory: 8 GB, disk: 100 TB, price: 50 USD/month }
limits: { capacity: 50%, spare: 1 }
prices: { egress: 0.1 USD/GB }
slo: p99 < 250 ms
";

/// As measured: the sample of the scenarios crate, made to fit the shop; exactly 240/s.
fn measured(per_s: f64) -> Capacity {
    let text = include_str!("../../scenarios/tests/data/capacity-1.json");
    let mut capacity: Capacity = serde_json::from_str(text).expect("the sample");
    "shop".clone_into(&mut capacity.scenario);
    capacity.promises = vec!["all p99 < 250 ms".to_owned()];
    capacity.levels.clear();
    capacity.measured.clear();
    if let Some(rate) = &mut capacity.rate {
        rate.per_s = per_s;
        rate.interval = None;
    }
    capacity
}

fn options(samples: u32) -> Options {
    Options { samples, ..Options::default() }
}

fn planned(text: &str, capacity: &Capacity, samples: u32) -> Plan {
    let scenario = Scenario::from_yaml(text).expect("a scenario");
    let from: Day = "2026-12-01".parse().expect("a day");
    let asked = Asked { capacity, from: Some(from), text };
    plan(&scenario, "shop.yaml", &options(samples), asked).unwrap_or_else(|error| panic!("{error}"))
}

fn on<'a>(plan: &'a Plan, day: &str) -> &'a Moment {
    plan.moments
        .iter()
        .find(|moment| moment.day == day)
        .unwrap_or_else(|| panic!("{day}: {:?}", plan.moments))
}

#[test]
fn servers_of_each_year_are_those_on_paper() {
    // One node is planned with 240/s × 50 % = 120/s.
    let plan = planned(SHOP, &measured(240.0), 101);
    assert_eq!(plan.basis.planned, Spread::point(120.0));
    for (day, peak, servers) in [
        ("2026-12-01", 200.0, 3.0), // 200 ÷ 120 = 1.67: 2, and 1 spare
        ("2027-12-01", 300.0, 4.0), // 300 ÷ 120 = 2.5: 3
        ("2028-12-01", 450.0, 5.0), // 450 ÷ 120 = 3.75: 4
    ] {
        let moment = on(&plan, day);
        assert!((moment.peak_requests.p50 - peak).abs() < 1e-6 * peak, "{day}: {moment:?}");
        assert_eq!((moment.servers, moment.spares), (Spread::point(servers), Spread::point(1.0)), "{day}");
        // Several servers: one database beside them, and its two replicas.
        assert_eq!(moment.database_nodes, Spread::point(3.0), "{day}");
    }
    assert_eq!((plan.from.as_str(), plan.until.as_str()), ("2026-12-01", "2028-12-01"));
}

#[test]
fn the_bill_of_each_year_is_that_on_paper() {
    let plan = planned(SHOP, &measured(240.0), 101);
    let line =
        |name: &str| plan.bill.iter().find(|line| line.name == name).unwrap_or_else(|| panic!("{name}"));
    // 50 USD each; memory and disk are in the price of a machine.
    assert!(
        (line("server cost").now.p50 - 150.0).abs() < 1e-6
            && (line("server cost").then.p50 - 250.0).abs() < 1e-6
    );
    assert!((line("database cost").now.p50 - 150.0).abs() < 1e-6);
    // 100/s × 1 KB × 30.44 d × 86,400 s = 263.0 GB, at 0.1 USD; × 2.25 then.
    let egress = line("egress cost");
    assert!((egress.now.p50 - 26.30).abs() < 0.01 && (egress.then.p50 - 59.18).abs() < 0.01, "{egress:?}");
    assert_eq!(plan.bill.len(), 3, "{:?}", plan.bill);
    let sum: f64 = plan.bill.iter().map(|line| line.then.p50).sum();
    assert!((plan.moments.last().unwrap().cost.p50 - sum).abs() < 1e-6);
}

#[test]
fn the_day_on_which_the_servers_of_today_are_full_is_that_on_paper() {
    let plan = planned(SHOP, &measured(240.0), 101);
    let full =
        plan.runs_out.iter().find(|resource| resource.resource == "capacity of today's servers").unwrap();
    // 2 × 120 ÷ 200 = 1.2; ln 1.2 ÷ ln 1.5 = 0.44966 years = 164 days from 2026-12-01.
    assert_eq!(full.days, [const { Some("2027-05-14") }; 3].map(|day| day.map(str::to_owned)));
    assert!(full.is_within && full.has == "2 × 120/s", "{full:?}");
}

#[test]
fn a_range_of_growth_becomes_a_range_of_servers() {
    // Log-normal with 5 % below 20 % and 5 % above 45 %: the median is √(0.2 × 0.45) = 30 %, p10 and p90 are
    // 30 % × e^∓(1.28155 ÷ 1.64485 × ln(2.25) ÷ 2) = 21.87 % and 41.15 %. Two years of them: 1.4853, 1.69, 1.9922.
    let text = SHOP.replace("50%/year", "20%..45%/year");
    let plan = planned(&text, &measured(240.0), 20_001);
    let last = plan.moments.last().unwrap();
    for (found, expected) in [(last.growth.p10, 1.4853), (last.growth.p50, 1.69), (last.growth.p90, 1.9922)] {
        assert!((found / expected - 1.0).abs() < 0.01, "{found} for {expected}");
    }
    // 297 ÷ 120 = 2.48, 338 ÷ 120 = 2.82, 398 ÷ 120 = 3.32, and a spare.
    assert_eq!(last.servers, Spread { p10: 4.0, p50: 4.0, p90: 5.0 });
}

#[test]
fn the_interval_of_the_capacity_is_carried() {
    let mut capacity = measured(240.0);
    if let Some(rate) = &mut capacity.rate {
        rate.interval = Some((200.0, 288.0));
    }
    // 95 % between 240 ÷ 1.2 and 240 × 1.2, half planned: p10 and p90 are 120 × e^∓(1.28155 ÷ 1.95996 × ln 1.2) =
    // 106.5 and 135.2.
    let planned = planned(SHOP, &capacity, 20_001).basis.planned;
    for (found, expected) in [(planned.p10, 106.5), (planned.p50, 120.0), (planned.p90, 135.2)] {
        assert!((found / expected - 1.0).abs() < 0.01, "{found} for {expected}");
    }
}

#[test]
fn without_a_limit_of_its_own_a_node_is_planned_with_four_fifths() {
    let text = SHOP.replace("limits: { capacity: 50%, spare: 1 }\n", "");
    assert_eq!(planned(&text, &measured(240.0), 101).basis.planned, Spread::point(192.0));
    // A limit on the processors that the file gives holds beside it: 2 × 10 % ÷ 2 ms = 100/s.
    let text = SHOP
        .replace("limits: { capacity: 50%", "limits: { cpu: 10%, capacity: 50%")
        .replace("node: {", "node: { cpu per request: 2 ms,");
    assert!((planned(&text, &measured(240.0), 101).basis.planned.p50 - 100.0).abs() < 1e-9);
}

#[test]
fn more_cores_count_where_processors_ran_out_and_not_where_something_else_did() {
    let text = SHOP.replace("cores: 2", "cores: 8");
    let mut capacity = measured(240.0);
    assert!((planned(&text, &capacity, 101).basis.planned.p50 - 480.0).abs() < 1e-9);
    capacity.limit = Some(Limit { resource: Resource::DatabaseWriter, evidence: vec![] });
    let by_writer = planned(&text, &capacity, 101);
    assert!((by_writer.basis.planned.p50 - 120.0).abs() < 1e-9);
    assert!(
        by_writer.notes.iter().any(|note| note.contains("more cores were not counted")),
        "{:?}",
        by_writer.notes
    );
    // Fewer cores hold less, whatever ran out.
    let half = planned(&SHOP.replace("cores: 2", "cores: 1"), &capacity, 101);
    assert!((half.basis.planned.p50 - 60.0).abs() < 1e-9);
}

#[test]
fn what_the_measurement_replaced_is_named_with_its_ratio() {
    let mut capacity = measured(240.0);
    capacity.measured = vec![scenarios::capacity::MeasuredQuantity {
        quantity: "server CPU per request".to_owned(),
        value: Spread::point(0.2e-3),
        unit: UnitName::Seconds,
        how: "clocks".to_owned(),
    }];
    let plan = planned(SHOP, &capacity, 10_001);
    let cpu = plan.replaced.iter().find(|replaced| replaced.quantity == "server CPU per request").unwrap();
    // The default is 1 ms, a third to three times as much: 5 times the measured one.
    assert_eq!((cpu.kind, cpu.measured), (Kind::Default, Spread::point(0.2e-3)));
    assert!((cpu.ratio - 5.0).abs() < 0.05, "{cpu:?}");
    let holds = plan.replaced.iter().find(|replaced| replaced.quantity == "requests one node holds").unwrap();
    // 2 × 65 % ÷ 1 ms = 1,300/s, against 120/s.
    assert!((holds.ratio - 1_300.0 / 120.0).abs() < 0.1, "{holds:?}");
}

#[test]
fn a_number_that_was_found_to_be_nothing_replaces_nothing() {
    let mut capacity = measured(240.0);
    let none = |quantity: &str| scenarios::capacity::MeasuredQuantity {
        quantity: quantity.to_owned(),
        value: Spread::point(0.0),
        unit: UnitName::Seconds,
        how: "clocks".to_owned(),
    };
    capacity.measured = vec![none("server CPU per request"), none("requests one node holds")];
    let plan = planned(SHOP, &capacity, 101);
    assert!(
        plan.replaced.iter().all(|replaced| replaced.quantity != "server CPU per request"),
        "{:?}",
        plan.replaced
    );
    assert!(plan.notes.iter().all(|note| !note.contains("not carried over")), "{:?}", plan.notes);
}

#[test]
fn claims_are_held_against_the_measured_numbers_and_make_the_answer() {
    // The guess says 2 × 65 % ÷ 1 ms = 1,300/s for a node (433 to 3,900), and one server; measured are 120/s and 3.
    for (claim, code) in [("servers: 3", 0), ("servers: 1", 1), ("requests one node holds: 110..130/s", 0)] {
        let text = format!("{SHOP}expect: {{ {claim} }}\n");
        assert_eq!(answer(&planned(&text, &measured(240.0), 101)), code, "{claim}");
    }
    // A growth between 20 % and 45 % leaves open whether there are 600/s by then.
    let text = SHOP.replace("50%/year", "20%..45%/year");
    let text = format!("{text}expect: {{ peak requests in 2 years: 0..340/s }}\n");
    assert_eq!(answer(&planned(&text, &measured(240.0), 1_001)), 3);
}

#[test]
fn a_calibration_changes_the_numbers_it_is_about_and_no_other() {
    let scenario = Scenario::from_yaml(SHOP).unwrap();
    let calibration = estimator::calibration::calibrate(&scenario, &measured(240.0)).unwrap();
    let guessed = estimate(&scenario, "shop.yaml", &options(101)).unwrap();
    let known = estimate_calibrated(&scenario, "shop.yaml", &options(101), Some(&calibration)).unwrap();
    let find = |estimate: &scenarios::estimate::Estimate, name: &str| {
        estimate.quantities.iter().find(|quantity| quantity.name == name).cloned()
    };
    let capacity = find(&known, "measured capacity of one node").unwrap();
    assert_eq!((capacity.kind, capacity.value), (Kind::Measured, Spread::point(240.0)));
    // The day and the machine of the sample.
    assert_eq!(capacity.source, "measured 2026-11-23 on AMD EPYC, 2 cores, 24 GiB, Linux 6.18");
    assert_eq!(known.calibrated.clone().unwrap().quantities, ["measured capacity of one node"]);
    assert_eq!(find(&known, "servers").unwrap().value, Spread::point(3.0));
    assert_eq!(find(&known, "peak requests"), find(&guessed, "peak requests"));
    assert_eq!(find(&known, "total, kept"), find(&guessed, "total, kept"));
    assert!(guessed.calibrated.is_none() && find(&guessed, "measured capacity of one node").is_none());
}

#[test]
fn a_calibration_of_another_scenario_or_mix_or_form_is_refused() {
    let scenario = Scenario::from_yaml(SHOP).unwrap();
    let calibration = estimator::calibration::calibrate(&scenario, &measured(240.0)).unwrap();
    let fits = |text: &str, calibration: &scenarios::calibration::Calibration| {
        estimator::calibration::fits(&Scenario::from_yaml(text).unwrap(), calibration)
            .map_err(|error| error.to_string())
    };
    assert_eq!(fits(SHOP, &calibration), Ok(()));
    assert_eq!(fits(&SHOP.replace("864k", "9M"), &calibration), Ok(()), "more users are the same mix");
    let other = fits(&SHOP.replace("name: shop", "name: mall"), &calibration).unwrap_err();
    assert!(other.contains("`shop`") && other.contains("`mall`"), "{other}");
    assert!(fits(&SHOP.replace("answer: 1 KB", "answer: 9 KB"), &calibration).unwrap_err().contains("mix"));
    assert!(fits(&SHOP.replace("250 ms", "90 ms"), &calibration).unwrap_err().contains("promises"));
    let newer = scenarios::calibration::Calibration { schema: 2, ..calibration.clone() };
    assert!(fits(SHOP, &newer).unwrap_err().contains("schema 2"));
    let mut negative = calibration;
    negative.capacity.as_mut().expect("the sample has one").per_s = -1.0;
    assert!(fits(SHOP, &negative).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn more_capacity_never_needs_more_servers(low in 10.0_f64..5_000.0, more in 1.0_f64..10.0) {
        let servers = |per_s| planned(SHOP, &measured(per_s), 100).moments.into_iter().map(|moment| moment.servers.p50);
        for (with_less, with_more) in servers(low).zip(servers(low * more)) {
            prop_assert!(with_more <= with_less, "{with_more} > {with_less} at {low} and {more} times that");
        }
    }

    #[test]
    fn more_growth_never_needs_less(slow in 0_u32..100, more in 0_u32..100) {
        let with = |growth: u32| {
            let text = SHOP.replace("50%/year", &format!("{growth}%/year"));
            planned(&text, &measured(240.0), 100).moments
        };
        for (slower, faster) in with(slow).iter().zip(with(slow + more)) {
            prop_assert!(faster.servers.p50 >= slower.servers.p50 && faster.cost.p50 >= slower.cost.p50 * (1.0 - 1e-9));
            // Within the first year the estimate counts growth by whole years: see `growth`.
            if slower.after_s >= 365.0 * 86_400.0 {
                let bytes = |moment: &Moment| moment.database_bytes.unwrap().p50;
                prop_assert!(bytes(&faster) >= bytes(slower) * (1.0 - 1e-9));
            }
        }
    }

    #[test]
    fn no_day_needs_less_than_one_before_it(growth in 0_u32..200, per_s in 10.0_f64..1_000.0) {
        let text = SHOP.replace("50%/year", &format!("{growth}%/year"));
        let moments = planned(&text, &measured(per_s), 100).moments;
        for pair in moments.windows(2) {
            prop_assert!(pair[0].servers.p50 <= pair[1].servers.p50 && pair[0].day < pair[1].day);
        }
    }
}
