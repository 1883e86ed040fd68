//! Visits of several steps, and that a run can be repeated.

use super::*;

/// Everything that the server reads in a run of this seed.
fn requests(seed: u64, call_cost: u64) -> Vec<Vec<u8>> {
    let behaviour =
        Behaviour { service: Box::new(|number| number % 7 * MS), call_cost, ..Behaviour::default() };
    let mut visits = Visits::new(Process::Poisson, 50.0, 5.0, seed);
    (visits.steps, visits.apart) = (3, 400 * MS);
    let mut world = Simulated::new(behaviour);
    let run = run_in(&mut world, &mut visits, &settings(100), None);
    assert_eq!(run.offered.count(Outcome::Good), run.offered.due);
    world.seen
}

#[test]
fn the_same_seed_sends_the_same_bytes_in_the_same_order() {
    let first = requests(7, 0);
    assert!(first.len() > 500);
    assert_eq!(first, requests(7, 0));
    assert_eq!(first, requests(7, 100), "a slower generator is late, but offers the same");
    assert_ne!(first, requests(8, 0));
}

#[test]
fn steps_follow_each_other_at_their_intended_times() {
    let mut visits = Visits::constant(10.0, 1.0);
    (visits.steps, visits.apart) = (5, 30 * MS);
    let run = run(Behaviour::default(), visits, &settings(10));
    assert_eq!(run.offered.count(Outcome::Good), 50);
    let mut dues: Vec<u64> = run.kept.samples.iter().map(|sample| sample.due.0 / MS).collect();
    assert!(dues.is_sorted(), "whatever is due first goes first, be it a new visit or a further step");
    dues.sort_unstable();
    let mut expected: Vec<u64> =
        (0..10).flat_map(|visit| (0..5).map(move |step| visit * 100 + step * 30)).collect();
    expected.sort_unstable();
    assert_eq!(dues, expected);
}

/// A number of connections without think time: each asks again as soon as it is answered.
struct Fixed {
    visits: Visits,
    ended: Nanos,
    left: u32,
}

impl Workload for Fixed {
    fn arrive(&mut self, request: &mut Vec<u8>) -> Option<Operation> {
        self.visits.arrive(request)
    }

    fn judge(&mut self, operation: &Operation, answer: &Answer<'_>) -> Verdict {
        self.visits.judge(operation, answer)
    }

    fn ended(&mut self, sample: &Sample) {
        self.ended = sample.last_byte;
    }

    fn follow(&mut self, ended: &Operation, _: Outcome, request: &mut Vec<u8>) -> Option<Operation> {
        self.left = self.left.checked_sub(1)?;
        Some(self.visits.operation(self.ended, ended.visit, 0, request))
    }
}

#[test]
fn connections_without_think_time_are_a_workload_like_any_other() {
    // Four connections, one worker, 1 ms each: one request per millisecond, each of which takes 4 ms.
    let behaviour = Behaviour { workers: 1, service: Box::new(|_| MS), ..Behaviour::default() };
    let mut visits = Visits::constant(0.0, 0.0);
    visits.arrivals = Box::new([Duration::ZERO; 4].into_iter());
    let mut fixed = Fixed { visits, ended: Nanos::ZERO, left: 996 };
    let run = run_in(&mut Simulated::new(behaviour), &mut fixed, &settings(4), None);
    assert_eq!((run.offered.count(Outcome::Good), run.offered.opened), (1000, 4));
    assert_eq!(run.offered.ended.0 / MS, 1000);
    assert!((quantile(&run.responses(), 500) - 0.004).abs() < 1e-6);
}

#[test]
fn a_late_step_has_the_patience_of_a_visitor_who_could_not_ask_earlier() {
    // The first step times out after 1 s; the second was intended 10 ms after it. Its patience begins when the first
    // is given up, so it is answered, and its response counts from the due time nevertheless.
    let reaction = |number| {
        if number == 0 {
            super::super::simulated::Reaction::Hang
        } else {
            super::super::simulated::Reaction::Answer(super::super::simulated::FINE.to_vec())
        }
    };
    let mut visits = Visits::constant(1.0, 1.0);
    (visits.steps, visits.apart) = (2, 10 * MS);
    let settings = Settings { timeout: Duration::from_secs(1), ..settings(10) };
    let run = run(Behaviour { reaction: Box::new(reaction), ..Behaviour::default() }, visits, &settings);
    assert_eq!(run.outcomes(), [1, 0, 1, 0, 0, 0, 0, 0]);
    let second = run.kept.samples[1];
    assert_eq!(second.last_byte.since(second.due).as_millis(), 990);
}
