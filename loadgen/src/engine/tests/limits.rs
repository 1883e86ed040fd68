//! The cap on connections, the end of the run and the stop: whatever was due is accounted for.

use super::{
    super::simulated::{FINE, Reaction},
    *,
};

#[test]
fn above_the_cap_arrivals_are_shed_and_counted() {
    // 1,000/s of 100 ms each need 100 connections; ten of them serve 100/s, and the rest is shed at once.
    let behaviour = Behaviour { service: Box::new(|_| 100 * MS), ..Behaviour::default() };
    let run = run(behaviour, Visits::constant(1000.0, 1.0), &settings(10));
    assert_eq!(run.outcomes(), [100, 0, 0, 0, 0, 0, 900, 0]);
    assert_eq!((run.offered.peak_in_flight, run.offered.peak_open, run.offered.opened), (10, 10, 10));
    for sample in run.kept.samples.iter().filter(|sample| sample.outcome == Outcome::Shed) {
        assert!(sample.sent.since(sample.due) < Duration::from_micros(1), "{sample:?}");
    }
}

#[test]
fn a_late_engine_reads_what_has_come_before_it_sheds() {
    // The thread does not run for half a second. Then 500 arrivals are overdue and there is one connection, whose
    // server answers at once: as each answer is there before the next arrival is looked at, none is shed.
    let behaviour = Behaviour { pause: Some(200 * MS..700 * MS), ..Behaviour::default() };
    let run = run(behaviour, Visits::constant(1000.0, 1.0), &settings(1));
    assert_eq!(run.outcomes(), [1000, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(run.offered.opened, 1);
}

#[test]
fn idle_connections_are_used_last_in_first_out() {
    // A burst opens five; after it one at a time is enough, and it is always the same one.
    let behaviour = Behaviour { service: Box::new(|_| 5 * MS), ..Behaviour::default() };
    let mut visits = Visits::constant(0.0, 0.0);
    let dues: Vec<u64> = [0; 5].into_iter().chain((1..50).map(|number| number * 20)).collect();
    visits.arrivals = Box::new(dues.into_iter().map(Duration::from_millis));
    let run = run(behaviour, visits, &settings(100));
    assert_eq!((run.offered.opened, run.offered.count(Outcome::Good)), (5, 54));
    assert_eq!(run.kept.samples.iter().filter(|sample| sample.reused).count(), 49);
}

#[test]
fn a_stop_in_mid_run_ends_it_within_the_grace_with_everything_accounted() {
    // Every tenth request hangs. The stop comes with the tick at 2 s; then half a second is waited.
    let reaction = |number| if number % 10 == 0 { Reaction::Hang } else { Reaction::Answer(FINE.to_vec()) };
    let behaviour = Behaviour { reaction: Box::new(reaction), ..Behaviour::default() };
    let settings = Settings { grace_when_stopped: Duration::from_millis(500), ..settings(1000) };
    let mut world = Simulated::new(behaviour);
    let run = run_in(
        &mut world,
        &mut Visits::constant(100.0, 3600.0),
        &settings,
        Some((2 * SECOND, Stop::at_once)),
    );
    // The stop is seen in the turn after the tick, at 2.01 s at the latest: 200 or 201 were due.
    assert!((200..=201).contains(&run.offered.due), "{:?}", run.offered);
    let cut = run.offered.count(Outcome::CutShort);
    assert!((20..=21).contains(&cut), "{cut}");
    assert_eq!(run.offered.count(Outcome::Good) + cut, run.offered.due);
    assert!(run.offered.ended <= Nanos(2520 * MS), "{:?}", run.offered.ended);
    for sample in run.kept.samples.iter().filter(|sample| sample.outcome == Outcome::CutShort) {
        assert!(sample.last_byte >= Nanos(2500 * MS), "cut off, and said to have taken at least as long");
    }
}

#[test]
fn enough_ends_a_run_as_its_schedule_would_and_waits_as_long_for_answers() {
    // Every answer takes 300 ms, and whoever is in a hurry would wait for 10 ms.
    let behaviour = Behaviour { service: Box::new(|_| 300 * MS), ..Behaviour::default() };
    let settings = Settings { grace_when_stopped: Duration::from_millis(10), ..settings(1000) };
    let mut world = Simulated::new(behaviour);
    let run =
        run_in(&mut world, &mut Visits::constant(100.0, 3600.0), &settings, Some((2 * SECOND, Stop::enough)));
    // The tick comes with the first turn after 2 s, and what was asked there is seen in the turn after that.
    assert!((200..=202).contains(&run.offered.due), "{:?}", run.offered);
    assert_eq!(run.offered.count(Outcome::Good), run.offered.due, "none is cut short");
    assert!(run.offered.ended < Nanos(2400 * MS), "{:?}", run.offered.ended);
}

#[test]
fn what_is_due_after_the_end_is_not_offered_and_what_is_due_before_is() {
    // Visits of two steps 1 s apart, from 0 to 2 s at 10/s; the end is at 2 s: of the second steps, those of the
    // first ten visits are due before it.
    let mut visits = Visits::constant(10.0, 10.0);
    (visits.steps, visits.apart) = (2, SECOND);
    let settings = Settings { end: Nanos(2 * SECOND), ..settings(10) };
    let run = run(Behaviour::default(), visits, &settings);
    assert_eq!(run.outcomes(), [30, 0, 0, 0, 0, 0, 0, 0]);
    assert!(run.kept.samples.iter().all(|sample| sample.due < Nanos(2 * SECOND)));
    assert!(run.offered.ended < Nanos(2 * SECOND));
}

#[test]
fn a_backlog_that_the_end_overtakes_is_cut_short_and_not_forgotten() {
    // The thread does not run from 0.5 s until after the end and the grace: 500 were due and never sent.
    let settings = Settings {
        end: Nanos(SECOND),
        grace: Duration::from_millis(100),
        timeout: Duration::from_mins(1),
        ..settings(10)
    };
    let behaviour = Behaviour { pause: Some(499 * MS + 1..2 * SECOND), ..Behaviour::default() };
    let run = run(behaviour, Visits::constant(1000.0, 10.0), &settings);
    assert_eq!(run.offered.due, 1000);
    assert!(run.offered.count(Outcome::CutShort) >= 400, "{:?}", run.outcomes());
    assert_eq!(run.offered.count(Outcome::CutShort) + run.offered.count(Outcome::Good), 1000);
}

#[test]
fn the_sink_hears_the_time_ten_times_a_second_also_when_nothing_happens() {
    let run = run(Behaviour::default(), Visits::constant(0.5, 4.0), &settings(10));
    // Arrivals at 0 and 2 s; ticks from 0 to 2 s, and the one at the end.
    assert_eq!(run.offered.due, 2);
    assert!((21..=22).contains(&run.kept.ticks.len()), "{:?}", run.kept.ticks);
}

#[test]
fn spinning_burns_only_the_last_moments_and_is_accounted() {
    let settings = Settings { spin: Duration::from_micros(50), ..settings(10) };
    let run = run(Behaviour::default(), Visits::constant(100.0, 1.0), &settings);
    assert_eq!(run.offered.count(Outcome::Good), 100);
    // 99 waits for a due time, 50 us each.
    let expected = Duration::from_micros(99 * 50);
    assert!(run.offered.spun.abs_diff(expected) < expected / 50, "{:?}", run.offered.spun);
}

#[test]
fn a_machine_that_wakes_late_is_anticipated() {
    // Each wait ends 60 us late. After a hundred requests this is known, and what is sent then is on time.
    let behaviour = Behaviour { wake_delay: 60_000, ..Behaviour::default() };
    let run = run(behaviour, Visits::constant(100.0, 10.0), &settings(10));
    assert_eq!(run.offered.count(Outcome::Good), 1000);
    let lag = |number: usize| run.kept.samples[number].sent.since(run.kept.samples[number].due);
    assert_eq!(lag(1), Duration::from_micros(60));
    for number in 100..1000 {
        assert!(lag(number) <= Duration::from_micros(1), "{number}: {:?}", lag(number));
    }
    assert!(run.offered.spun < Duration::from_millis(1), "{:?}", run.offered.spun);
}
