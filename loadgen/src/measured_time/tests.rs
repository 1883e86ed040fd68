//! Runs as a list of readings: what the host took in each second, and when somebody looked.

use super::*;

const TICK: Duration = Duration::from_millis(10);
const WARMUP: u64 = 4_000;

fn ms(at: u64) -> Nanos {
    Nanos::after_start(Duration::from_millis(at))
}

fn look(at_ms: u64, stolen: u64) -> Look {
    let machine = Some(MachineTime::of(stolen, 2));
    Look { at: ms(at_ms), machine, waited: Some(Duration::from_millis(stolen)) }
}

fn time(asked_ms: u64) -> MeasuredTime {
    MeasuredTime::new(ms(WARMUP), Duration::from_millis(asked_ms), false, TICK)
}

/// Ten looks a second on a machine of two cores, until the measured time is over; `stolen` has the ticks of each
/// tenth of a second after the warm-up.
fn watched(asked_ms: u64, stolen: impl Fn(u64) -> u64) -> MeasuredTime {
    let mut time = time(asked_ms);
    let mut total = 7;
    for tenth in 0.. {
        let at = tenth * 100;
        if at > WARMUP {
            total += stolen((at - WARMUP) / 100 - 1);
        }
        time.look(look(at, total));
        if ms(at) >= time.end() {
            break;
        }
    }
    time
}

#[test]
fn a_second_is_disturbed_by_more_than_a_hundredth_of_the_processors_time() {
    let second = Duration::from_secs(1);
    for (cores, length, most) in [
        (2, second, 2),
        (1, second, 1),
        (8, second, 8),
        (64, second, 64),
        // A single tick is not enough, however short the time.
        (1, second / 2, 1),
        (2, second / 4, 1),
        (8, second / 2, 4),
    ] {
        assert!(!is_disturbed(most, cores, length, TICK), "{cores} cores, {length:?}");
        assert!(is_disturbed(most + 1, cores, length, TICK), "{cores} cores, {length:?}");
    }
}

#[test]
fn disturbed_seconds_are_set_aside_and_made_up_for_up_to_a_limit() {
    // Which seconds the host takes 40 ticks of; sound, set aside and the length of the run in seconds.
    type Robbed = fn(u64) -> bool;
    let cases: [(Robbed, u64, u64, &[u32]); 6] = [
        (|_| false, 5, 0, &[]),
        (|second| second == 2, 5, 1, &[2]),
        // The last second is the one that is made up for.
        (|second| second == 4, 5, 1, &[4]),
        // What makes up may be disturbed itself.
        (|second| (3..6).contains(&second), 5, 3, &[3, 4, 5]),
        // No longer than as much again.
        (|second| second >= 2, 2, 8, &[2, 3, 4, 5, 6, 7, 8, 9]),
        (|_| true, 0, 10, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ];
    for (robbed, sound, set_aside, at) in cases {
        let time = watched(5_000, |tenth| if robbed(tenth / 10) { 4 } else { 0 });
        assert_eq!(time.sound(), Duration::from_secs(sound), "{at:?}");
        assert_eq!(time.set_aside(), Duration::from_secs(set_aside), "{at:?}");
        assert_eq!(time.set_aside_at(), at);
        assert_eq!(time.end(), ms(WARMUP).plus(Duration::from_secs(sound + set_aside)));
    }
}

#[test]
fn a_request_counts_by_its_due_time() {
    let mut time = watched(3_000, |tenth| u64::from(tenth / 10 == 1));
    for (due, phase) in [
        (0, Phase::Warmup),
        (3_999, Phase::Warmup),
        (4_000, Phase::Sound),
        (4_999, Phase::Sound),
        (5_000, Phase::SetAside),
        (5_999, Phase::SetAside),
        (6_000, Phase::Sound),
        (7_999, Phase::Sound),
        (8_000, Phase::Ahead),
    ] {
        assert_eq!(time.phase(ms(due)), phase, "{due}");
    }
    time.finish(look(8_010, 30));
    assert_eq!((time.phase(ms(7_999)), time.phase(ms(8_000))), (Phase::Sound, Phase::Beyond));
    // 10 of 200 ticks in the one, none in the others.
    assert!(time.stolen_share(true).is_some_and(|share| (share - 0.05).abs() < 1e-9));
    assert_eq!(time.stolen_share(false), Some(0.0));
}

#[test]
fn what_the_warm_up_lost_to_the_host_is_of_no_interest() {
    let mut time = time(1_000);
    for (at, stolen) in [(0, 0), (3_900, 900), (4_000, 1_000), (5_000, 1_002)] {
        time.look(look(at, stolen));
    }
    assert_eq!((time.sound(), time.set_aside()), (Duration::from_secs(1), Duration::ZERO));
}

#[test]
fn ticks_that_a_late_look_cannot_place_count_on_both_sides() {
    // Nobody looked between 4.9 and 5.3 s, and five ticks were taken in between.
    let mut late = time(3_000);
    for (at, stolen) in [(4_000, 0), (4_900, 0), (5_300, 5), (6_000, 5), (7_000, 5), (8_000, 5), (9_000, 5)] {
        late.look(look(at, stolen));
    }
    assert_eq!(late.set_aside_at(), [0, 1]);
    // Within a tick of the border they belong to the second before it.
    let mut punctual = time(3_000);
    for (at, stolen) in [(4_000, 0), (4_900, 0), (5_010, 5), (6_000, 5), (7_000, 5), (8_000, 5)] {
        punctual.look(look(at, stolen));
    }
    assert_eq!(punctual.set_aside_at(), [0]);
    // Nobody looked for seconds: they cannot be told apart.
    let mut blind = time(3_000);
    for (at, stolen) in [(4_000, 0), (6_500, 9), (7_000, 9), (8_000, 9), (9_000, 9), (10_000, 9)] {
        blind.look(look(at, stolen));
    }
    assert_eq!(blind.set_aside_at(), [0, 1, 2]);
}

#[test]
fn a_time_that_is_no_whole_number_of_seconds_is_measured_to_its_end() {
    let quiet = watched(2_500, |_| 0);
    assert_eq!((quiet.sound(), quiet.end()), (Duration::from_millis(2_500), ms(WARMUP + 2_500)));
    // The second from 1 to 2 s is made up for: from 2 to 3 s and half a second more.
    let robbed = watched(2_500, |tenth| if tenth / 10 == 1 { 4 } else { 0 });
    assert_eq!((robbed.sound(), robbed.set_aside()), (Duration::from_millis(2_500), Duration::from_secs(1)));
    assert_eq!(robbed.end(), ms(WARMUP + 3_500));
}

#[test]
fn a_run_that_is_cut_short_is_judged_as_far_as_it_came() {
    let mut cut = time(60_000);
    for (at, stolen) in [(4_000, 0), (5_000, 0), (5_400, 9)] {
        cut.look(look(at, stolen));
    }
    cut.finish(look(5_500, 9));
    assert_eq!((cut.sound(), cut.set_aside()), (Duration::from_secs(1), Duration::from_millis(500)));
    assert!(!cut.look(look(9_000, 9)), "what comes after does not count");
    let mut early = time(60_000);
    early.look(look(1_000, 0));
    early.finish(look(2_000, 0));
    assert_eq!((early.sound(), early.set_aside()), (Duration::ZERO, Duration::ZERO));
}

#[test]
fn without_a_figure_or_on_demand_every_second_counts() {
    let mut blind = time(2_000);
    let mut all = MeasuredTime::new(ms(WARMUP), Duration::from_secs(2), true, TICK);
    for at in [4_000, 5_000, 6_000] {
        blind.look(Look { machine: None, waited: None, ..look(at, 0) });
        all.look(look(at, at));
    }
    for time in [&blind, &all] {
        assert_eq!((time.sound(), time.set_aside()), (Duration::from_secs(2), Duration::ZERO));
        assert_eq!(time.end(), ms(6_000));
    }
    assert_eq!((blind.stolen_share(false), blind.wait_share()), (None, None));
    assert_eq!(all.stolen_share(false), Some(1.0));
}

#[test]
fn waiting_is_summed_over_the_seconds_that_count() {
    // `look` says that so many milliseconds were waited as ticks were stolen: 40 in the second that is set aside, and
    // 2 in one of the two others.
    let time = watched(2_000, |tenth| match tenth / 10 {
        0 => 4,
        1 => u64::from(tenth % 10 < 2),
        _ => 0,
    });
    assert_eq!(time.set_aside_at(), [0]);
    assert!(time.wait_share().is_some_and(|share| (share - 0.001).abs() < 1e-9), "{:?}", time.wait_share());
}
