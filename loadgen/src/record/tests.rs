//! Samples that come while their second is open, and samples that come when it is known.

use proptest::prelude::*;

use super::*;
use crate::measured_time::Look;
use crate::process::MachineTime;

fn at(ms: u64) -> Nanos {
    Nanos::after_start(Duration::from_millis(ms))
}

/// Sent so late, answered 5 ms after that.
fn sample(due_ms: u64, late_ms: u64) -> Sample {
    let (due, sent, last) = (at(due_ms), at(due_ms + late_ms), at(due_ms + late_ms + 5));
    Sample {
        action: 0,
        outcome: Outcome::Good,
        status: 200,
        due,
        possible: due,
        sent,
        reached: sent,
        connected: sent,
        first_byte: last,
        last_byte: last,
        bytes_received: 1,
        bytes_sent: 1,
        reused: true,
    }
}

/// Warm-up until 1 s, then two seconds.
fn time() -> MeasuredTime {
    MeasuredTime::new(at(1_000), Duration::from_secs(2), false, Duration::from_millis(10))
}

fn look(ms: u64, stolen: u64) -> Look {
    Look { at: at(ms), machine: Some(MachineTime::of(stolen, 2)), waited: None }
}

/// What a run recorded that began to measure at once and of which every second counts: these samples, each due within
/// the first minute.
pub(crate) fn recorded(actions: usize, samples: Vec<Sample>) -> Recorder {
    recorded_in(actions, &[], samples)
}

/// The same in parts of these lengths.
pub(crate) fn recorded_in(actions: usize, parts: &[Duration], mut samples: Vec<Sample>) -> Recorder {
    samples.sort_by_key(|sample| sample.due);
    let mut time = MeasuredTime::new(Nanos::ZERO, Duration::from_mins(1), true, Duration::from_millis(10));
    let recorder = Recorder::new(actions, Nanos::ZERO, Vec::new());
    let mut recorder = recorder.with_parts(parts.iter().map(|length| (*length, true)));
    let mut left = samples.as_slice();
    for second in 0..=60 {
        time.look(Look { at: at(second * 1_000), machine: None, waited: None });
        release(&mut recorder, &time);
        let due = left.partition_point(|sample| sample.due < at((second + 1) * 1_000));
        for sample in &left[..due] {
            assert_eq!(recorder.add(sample, &time), Phase::Open);
        }
        left = &left[due..];
    }
    recorder.finish();
    recorder
}

/// What counts for what when the second is known.
fn release(recorder: &mut Recorder, time: &MeasuredTime) -> Option<(Phase, u64)> {
    let mut released = None;
    let seen = |phase, _, portion: &Portion| {
        released = Some((phase, portion.scheduled()));
        Ok::<(), ()>(())
    };
    recorder.release(time, seen).unwrap();
    released
}

#[test]
fn a_request_waits_for_its_second_to_be_known_and_counts_for_that_alone() {
    // The host takes a tenth of the first of the two seconds.
    let (mut time, mut recorder) = (time(), Recorder::new(1, at(1_000), Vec::new()));
    time.look(look(1_000, 0));
    let samples = [sample(900, 0), sample(1_100, 80), sample(1_900, 90), sample(2_100, 0)];
    let phases = samples.map(|sample| recorder.add(&sample, &time));
    assert_eq!(phases, [Phase::Warmup, Phase::Open, Phase::Open, Phase::Ahead]);
    assert_eq!((recorder.warmup, recorder.counted.scheduled(), recorder.every().scheduled), (1, 0, 0));
    assert_eq!(release(&mut recorder, &time), None);
    time.look(look(2_000, 20));
    assert_eq!(release(&mut recorder, &time), Some((Phase::SetAside, 2)));
    // What was ahead of its time is shown again.
    assert_eq!(recorder.add(&samples[3], &time), Phase::Open);
    // One that was due in it and ends late is known at once.
    assert_eq!(recorder.add(&sample(1_990, 70), &time), Phase::SetAside);
    let counted = &recorder.counted;
    assert_eq!((recorder.aside.scheduled, counted.scheduled(), counted.lag.len()), (3, 0, 0));
    time.look(look(3_000, 20));
    assert_eq!(release(&mut recorder, &time), Some((Phase::Sound, 1)));
    recorder.finish();
    assert_eq!((recorder.all.scheduled, recorder.every().scheduled), (1, 4));
    assert!(recorder.counted.lag.max() < FINEST);
    assert!(recorder.every().lag.max() >= 90_000_000 && recorder.all.response.max() < 6_000_000);
    assert_eq!(recorder.seen.ended, 5);
}

#[test]
fn what_is_due_after_the_end_counts_for_nothing() {
    let (mut time, mut recorder) = (time(), Recorder::new(1, at(1_000), Vec::new()));
    time.look(look(1_000, 0));
    time.look(look(2_000, 0));
    assert_eq!(recorder.add(&sample(2_300, 0), &time), Phase::Open);
    // Ctrl-C at 2.5 s.
    time.finish(look(2_500, 0));
    assert_eq!(release(&mut recorder, &time), Some((Phase::Sound, 1)));
    assert_eq!(recorder.add(&sample(2_499, 10), &time), Phase::Sound);
    assert_eq!(recorder.add(&sample(2_500, 0), &time), Phase::Beyond);
    recorder.finish();
    assert_eq!((recorder.all.scheduled, recorder.seconds().len()), (2, 2));
}

fn any_sample() -> impl Strategy<Value = Sample> {
    (0..2_u16, 1_000..2_000_u64, 0..900_u64, 0..Outcome::ALL.len(), any::<bool>()).prop_map(
        |(action, due_ms, late_ms, outcome, reused)| {
            let outcome = Outcome::ALL[outcome];
            Sample { action, outcome, reused, ..sample(due_ms, late_ms) }
        },
    )
}

proptest! {
    #[test]
    fn a_second_that_is_counted_as_a_whole_counts_as_one_by_one(samples in prop::collection::vec(any_sample(), 1..60)) {
        let promises = [None, Some(0)].map(|action| {
            Attainment { action, limit: Some(100_000_000), kept: 0, scheduled: 0 }
        });
        let (mut time, mut whole) = (time(), Recorder::new(2, at(1_000), promises.to_vec()));
        time.look(look(1_000, 0));
        for sample in &samples {
            prop_assert_eq!(whole.add(sample, &time), Phase::Open);
        }
        time.look(look(2_000, 0));
        prop_assert_eq!(release(&mut whole, &time), Some((Phase::Sound, samples.len() as u64)));
        let mut single = Recorder::new(2, at(1_000), promises.to_vec());
        for sample in &samples {
            prop_assert_eq!(single.add(sample, &time), Phase::Sound);
        }
        whole.finish();
        single.finish();
        for (one, other) in whole.counted.actions.iter().chain([&whole.all]).zip(single.counted.actions.iter().chain([&single.all])) {
            prop_assert_eq!((one.scheduled, one.good, one.answers), (other.scheduled, other.good, other.answers));
            prop_assert_eq!(one.censored_from, other.censored_from);
            prop_assert_eq!(one.errors.iter().map(|(_, count)| count).sum::<u64>(), one.scheduled - one.good);
            let mut errors = [one.errors.clone(), other.errors.clone()];
            for errors in &mut errors {
errors.sort_by_key(|((outcome, _), _)| *outcome as u8);
}
            prop_assert_eq!(&errors[0], &errors[1]);
            prop_assert_eq!(&one.response, &other.response);
            prop_assert_eq!(&one.service, &other.service);
            prop_assert_eq!(&one.first_byte, &other.first_byte);
            prop_assert_eq!(one.blocks.above(400_000_000), other.blocks.above(400_000_000));
        }
        prop_assert_eq!(&whole.counted.lag, &single.counted.lag);
        prop_assert_eq!(whole.counted.fresh, single.counted.fresh);
        for (one, other) in whole.counted.attainments.iter().zip(&single.counted.attainments) {
            prop_assert_eq!((one.kept, one.scheduled), (other.kept, other.scheduled));
        }
        let figures = |recorder: &Recorder| {
            recorder.seconds().iter().map(|second| (second.scheduled, second.good, second.p50, second.max)).collect::<Vec<_>>()
        };
        prop_assert_eq!(figures(&whole), figures(&single));
    }
}

proptest! {
    #[test]
    fn a_distribution_that_grows_says_the_same_as_one_that_was_as_large_from_the_beginning(
        values in prop::collection::vec(prop_oneof![0..1_000_000u64, 0..20_000_000_000u64, any::<u64>()], 1..200),
        cut in 0..200usize,
    ) {
        let (mut grown, mut more) = (times(), times());
        let mut whole: Times = Histogram::new_with_bounds(FINEST, longest(), DIGITS).unwrap();
        for (index, value) in values.iter().enumerate() {
            record(if index < cut { &mut grown } else { &mut more }, *value);
            whole.saturating_record(*value);
        }
        add(&mut grown, &more);
        prop_assert_eq!(&grown, &whole);
        prop_assert_eq!((grown.len(), grown.max(), grown.min()), (whole.len(), whole.max(), whole.min()));
        for q in [0.5, 0.9, 0.99, 1.0] {
            prop_assert_eq!(grown.value_at_quantile(q), whole.value_at_quantile(q));
        }
        prop_assert!(fits(&grown) && grown.distinct_values() <= whole.distinct_values());
    }
}
