//! What several folders make together, against one recording of everything.

mod carried;

use std::time::Duration;

use proptest::prelude::*;
use scenarios::report::{Honesty, Report};
use scenarios::verdict::{Attained, Finding};

use super::over_time::PerSecond;
use super::{Refused, Share, merge};
use crate::engine::{Nanos, Outcome, Sample};
use crate::record::tests::recorded_in;
use crate::record::{Recorder, times};
use crate::recording;
use crate::show::html::sample;

/// Due at a second and answered after so many microseconds; action, second, lag, service.
type Row = (u16, u64, u64, u64);

fn recorder(rows: impl Iterator<Item = Row>) -> Recorder {
    recorder_in(&[], rows)
}

/// The same in parts of these lengths.
fn recorder_in(parts: &[Duration], rows: impl Iterator<Item = Row>) -> Recorder {
    let sample = |(action, second, lag, service): Row| {
        let at =
            |micros: u64| Nanos::after_start(Duration::from_secs(second) + Duration::from_micros(micros));
        Sample {
            action,
            outcome: if service.is_multiple_of(17) { Outcome::TimedOut } else { Outcome::Good },
            status: 200,
            due: at(0),
            possible: at(0),
            sent: at(lag),
            reached: at(lag),
            connected: at(lag),
            first_byte: at(lag + service / 2),
            last_byte: at(lag + service),
            bytes_received: 100,
            bytes_sent: 1,
            reused: true,
        }
    };
    recorded_in(2, parts, rows.map(sample).collect())
}

/// A folder with this recording, written and read back, and a report that began at this second.
fn share(name: &str, recorder: &Recorder, began: u64, change: impl FnOnce(&mut Report)) -> Share {
    let text = recording::written(recorder, &["read question", "ask"]).unwrap();
    let mut report = sample::met();
    report.provenance.started_unix_s += began;
    report.all.scheduled = recorder.counted.actions.iter().map(|action| action.scheduled).sum();
    change(&mut report);
    Share {
        name: name.to_owned(),
        report,
        recorded: recording::read(&text).unwrap(),
        users: None,
        seconds: PerSecond::new(),
    }
}

fn nothing() -> Recorder {
    recorder(std::iter::empty())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn four_shares_are_the_single_recording_bucket_by_bucket(
        rows in proptest::collection::vec((0_u16..2, 0_u64..60, 0_u64..5_000, 20_u64..40_000_000), 0..200)
    ) {
        let whole = recorder(rows.iter().copied());
        let shares: Vec<Share> = (0..4)
            .map(|part| {
                let rows = rows.iter().enumerate().filter(|(index, _)| index % 4 == part).map(|(_, row)| *row);
                share(&part.to_string(), &recorder(rows), 0, |_| {})
            })
            .collect();
        let stretches = super::stretches(&shares);
        prop_assert_eq!(stretches.len(), 1);
        let sum = super::record::sum(&shares, &stretches);
        for (merged, single) in sum.actions.iter().map(|(_, record, _)| record).chain([&sum.all]).zip(
            whole.counted.actions.iter().chain([&whole.all]),
        ) {
            prop_assert!(merged.response == single.response);
            prop_assert!(merged.service == single.service);
            prop_assert!(merged.first_byte == single.first_byte);
            prop_assert_eq!((merged.scheduled, merged.good, merged.answers), (single.scheduled, single.good, single.answers));
            prop_assert_eq!(merged.censored_from, single.censored_from);
            prop_assert_eq!(merged.parts.response, single.parts.response);
            for (merged, single) in merged.parts.each.iter().zip(&single.parts.each) {
                prop_assert!(merged.sum == single.sum && merged.times == single.times);
            }
            for nanos in [100_000, 1_000_000, 10_000_000_000] {
                prop_assert_eq!(merged.blocks.above(nanos), single.blocks.above(nanos));
            }
        }
        prop_assert!(sum.lag == whole.counted.lag);
        let every = whole.every();
        prop_assert!(sum.every.response == every.response && sum.every.lag == every.lag);
    }
}

#[test]
fn rates_add_up_within_a_stretch_and_are_averaged_over_stretches() {
    // 30 s each of 600 requests: 20/s.
    let record = || recorder((0..600).map(|number| (0, number % 30, 10, 1_000)));
    let merged = |starts: [u64; 2]| {
        let shares = starts.map(|began| share(&began.to_string(), &record(), began, |_| {}));
        merge(&shares, false).unwrap().unwrap()
    };
    // Two seconds apart, 28 of 30 s are shared: 40/s for 30 s.
    let together = merged([0, 2]);
    assert_eq!((together.all.asked_per_s, together.offered.measured_s), (40.0, 30.0));
    // 412/s asked of each.
    assert_eq!(together.offered.actions_per_s, Some(824.0));
    assert_eq!(together.seconds.len(), 30);
    assert_eq!(together.seconds[3].scheduled, 824);
    // A minute apart: 1,200 in 60 s.
    let after = merged([0, 60]);
    assert_eq!((after.all.asked_per_s, after.offered.measured_s), (20.0, 60.0));
    assert_eq!(after.offered.actions_per_s, Some(412.0));
    assert_eq!((after.seconds.len(), after.seconds[59].at_s), (60, 59));
    assert_eq!(after.seconds[33].p99_s, sample::met().seconds[3].p99_s);
    assert_eq!(after.merged.unwrap().stretches, 2);
}

#[test]
fn a_second_of_several_shares_has_the_quantiles_of_all_its_requests() {
    let of = |millis: u64| {
        let mut seconds = PerSecond::new();
        let mut second = times();
        second.record_n(millis * 1_000_000, 100).unwrap();
        seconds.insert(3, second);
        seconds
    };
    let mut shares = [share("a", &nothing(), 0, |_| {}), share("b", &nothing(), 0, |_| {})];
    (shares[0].seconds, shares[1].seconds) = (of(1), of(9));
    let report = merge(&shares, false).unwrap().unwrap();
    // Half took 1 ms and half 9 ms: the median is the one, p99 the other, and no mean of the two is either.
    let second = report.seconds[3];
    assert!((second.p50_s - 0.001).abs() < 1e-5 && (second.p99_s - 0.009).abs() < 1e-5, "{second:?}");
}

#[test]
fn promises_are_judged_on_all_and_the_worst_generator_stands() {
    // 0.025^(1/368): 367 without a miss cannot show 99 %; twice as many can.
    let promise = |report: &mut Report| {
        report.slo.truncate(1);
        (report.slo[0].verdict, report.slo[0].scheduled) = (Attained::CannotTell, 367);
        (report.slo[0].attained_share, report.slo[0].promised_share) = (Some(1.0), 0.99);
    };
    let one = share("a", &nothing(), 0, promise);
    let other = share("b", &nothing(), 0, |report| {
        promise(report);
        report.generator.verdict = Honesty::GeneratorLimited;
        report.generator.evidence = vec!["lag p99 12 ms".to_owned()];
        report.predictions[0].finding = Finding::Refuted;
    });
    let report = merge(&[one, other], false).unwrap().unwrap();
    assert_eq!((report.slo[0].verdict, report.slo[0].scheduled), (Attained::Met, 734));
    assert_eq!(report.generator.verdict, Honesty::GeneratorLimited);
    assert_eq!(report.generator.evidence, ["folder 2: lag p99 12 ms"]);
    assert_eq!(report.predictions[0].finding, Finding::Refuted);
    let note = &sample::met().notes[0];
    assert_eq!(report.notes.last(), Some(&format!("folders 1, 2: {note}")));
    assert_eq!(crate::answer::exit_code(&report), 3);
}

#[test]
fn what_is_not_the_same_is_not_merged() {
    let one = share("a", &nothing(), 0, |_| {});
    let other = share("b", &nothing(), 0, |report| report.provenance.scenario_hash = "0".to_owned());
    let closed = share("c", &nothing(), 0, |report| report.offered.model = "users".to_owned());
    let shares = [one, other];
    let refused = merge(&shares, false).unwrap_err();
    assert!(
        matches!(&refused, Refused::Scenarios { one, other, .. } if one == "a" && other == "b"),
        "{refused}"
    );
    assert!(merge(&shares, true).unwrap().unwrap().merged.unwrap().forced);
    let [one, _] = shares;
    assert!(matches!(merge(&[one, closed], true), Err(Refused::Models { .. })));
}
