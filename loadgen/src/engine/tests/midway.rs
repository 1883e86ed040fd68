//! Visits that are under way when the load begins: the mix of steps is that of the middle of a long run.

use std::sync::Arc;

use super::*;
use crate::journey::{Material, Plan, compile};
use crate::schedule::{Arrivals, PerSecond, Segment};
use crate::visits::{Beginning, Visits as Journeys};
use scenarios::Scenario;

/// Pauses of a minute each on average, in a run of 100 s.
const READERS: &str = "name: readers
target: http://localhost:1
actions: { list: { total: 20/s }, read: { total: 20/s }, like: { total: 20/s } }
requests: { list: { GET: /list }, read: { GET: /read }, like: { GET: /like } }
journeys:
  reader: [ list, think exponential 60 s, read, think 30..60 s, think 15 s, like ]
";
const VISITS_PER_S: f64 = 20.0;
const SECONDS: u64 = 100;

fn plan(text: &str) -> Arc<Plan> {
    let scenario = Scenario::from_yaml(text).expect("a scenario");
    let rates = vec![20.0; scenario.actions.len()];
    Arc::new(compile(&scenario, &rates, &Material::default(), "localhost").expect("a plan"))
}

fn visits(plan: &Arc<Plan>, process: Process, warmup_s: u64, is_begun: bool, seed: u64) -> Journeys {
    let rate = PerSecond::new(VISITS_PER_S).expect("a rate");
    let segments = vec![Segment::constant(Duration::from_secs(SECONDS), rate)];
    let visits = Journeys::new(plan.clone(), Arrivals::new(process, segments, seed), seed);
    let warmup = Duration::from_secs(warmup_s);
    if is_begun { visits.begun(&Beginning { rate, process, warmup, seed }) } else { visits }
}

/// Carries them out on four workers that take 1 ms each; requests due by action and ten seconds.
fn offered(visits: &mut Journeys) -> Vec<[u32; 10]> {
    let behaviour = Behaviour { workers: 4, service: Box::new(|_| MS), ..Behaviour::default() };
    let settings = Settings { end: Nanos::after_start(Duration::from_secs(SECONDS)), ..settings(100) };
    let run = run_in(&mut Simulated::new(behaviour), visits, &settings, None);
    let mut counts = vec![[0; 10]; 3];
    for sample in &run.kept.samples {
        assert_eq!(sample.outcome, Outcome::Good);
        let place = sample.due.since(Nanos::ZERO).as_secs() / 10;
        counts[usize::from(sample.action)][usize::try_from(place).expect("small")] += 1;
    }
    counts
}

#[test]
fn each_action_is_offered_at_its_rate_from_the_first_second_on() {
    let plan = plan(READERS);
    let mut begun = visits(&plan, Process::Poisson, 0, true, 5);
    // 20 visits a second that last 60 + 45 + 15 s: 2,400 are under way, give or take four times 49.
    let started = begun.started_midway().expect("visits that last");
    assert!((started.expected - 2_400.0).abs() < 1e-6, "{started:?}");
    assert!((2_204..=2_596).contains(&started.started), "{started:?}");
    assert_eq!((started.caught_up, started.left_out), (0, 0), "they need nothing");
    let offered = offered(&mut begun);
    for (action, counts) in offered.iter().enumerate() {
        // Poisson: 200 in ten seconds, give or take 4 x 14.1, and 2,000 in all, give or take 4 x 44.7.
        assert!(counts.iter().all(|count| (144..=256).contains(count)), "{action}: {counts:?}");
        assert!((1_822..=2_178).contains(&counts.iter().sum::<u32>()), "{action}: {counts:?}");
        // No trend: the first half is as good as the second, 1,000 each, whose difference has a deviation of 44.7.
        let half = |range: std::ops::Range<usize>| counts[range].iter().sum::<u32>();
        assert!(half(0..5).abs_diff(half(5..10)) < 179, "{action}: {counts:?}");
    }
}

#[test]
fn without_them_the_later_steps_come_late() {
    let offered = offered(&mut visits(&plan(READERS), Process::Poisson, 0, false, 5));
    // Within 10 s of its first step, a visit reaches the second with 1 - (1 - e^(-1/6)) 6 = 7.9 %, and none the third.
    assert!(offered[1][0] < 40 && offered[2][0] == 0, "{offered:?}");
}

#[test]
fn evenly_spaced_visits_are_under_way_in_their_mean_number() {
    let mut begun = visits(&plan(READERS), Process::Constant, 0, true, 3);
    assert_eq!(begun.started_midway().expect("visits that last").started, 2_400);
    let offered = offered(&mut begun);
    assert_eq!(offered[0], [200; 10]);
    assert!(offered.iter().flatten().all(|count| (144..=256).contains(count)), "{offered:?}");
}

#[test]
fn the_same_seed_begins_with_the_same_visits() {
    let plan = plan(READERS);
    let fingerprint = |seed| {
        let mut visits = visits(&plan, Process::Poisson, 0, true, seed);
        let mut request = Vec::new();
        let mut dues = Vec::new();
        while let Some(operation) = visits.arrive(&mut request) {
            dues.push(operation.due);
            request.clear();
        }
        assert!(dues.is_sorted(), "in the order in which they are due");
        (visits.fingerprint(), dues)
    };
    assert_eq!(fingerprint(7), fingerprint(7));
    assert_ne!(fingerprint(7).0, fingerprint(8).0);
}

#[test]
fn visits_without_pauses_and_loads_that_begin_at_nothing_begin_at_the_beginning() {
    let short = READERS.replace("think exponential 60 s, ", "").replace("think 30..60 s, think 15 s, ", "");
    assert_eq!(visits(&plan(&short), Process::Poisson, 4, true, 5).started_midway(), None);
    let last = READERS.replace("like ]", "like, think 60 s ]").replace("think exponential 60 s, ", "");
    let started = visits(&plan(&last), Process::Constant, 4, true, 5).started_midway();
    assert_eq!(started.map(|started| started.started), Some(1_200), "nothing comes after the last pause");
    let plan = plan(READERS);
    let none = Beginning {
        rate: PerSecond::default(),
        process: Process::Poisson,
        warmup: Duration::from_secs(4),
        seed: 5,
    };
    let arrivals = Arrivals::new(Process::Poisson, Vec::new(), 5);
    assert_eq!(Journeys::new(plan, arrivals, 5).begun(&none).started_midway(), None);
}

/// A log-in whose token the last step needs, a page in between that nothing needs.
const MEMBERS: &str = "name: members
target: http://localhost:1
cookies: off
actions: { login: { total: 20/s }, list: { total: 20/s }, like: { total: 20/s } }
requests:
  login: { POST: /login, keep: { token: header x-token } }
  list: { GET: /list }
  like: { POST: /like, headers: { authorization: 'Bearer {token}' } }
journeys:
  member: [ login, think 60 s, list, think 60 s, like ]
";

#[test]
fn what_a_visit_would_have_by_then_it_gets_within_the_warm_up() {
    let plan = plan(MEMBERS);
    // 2,400 are under way, and each has to log in again; the load itself makes 20 x 3 requests a second.
    let short = visits(&plan, Process::Constant, 10, true, 5).started_midway().expect("visits that last");
    assert_eq!((short.started, short.caught_up, short.left_out), (600, 600, 1_800));
    let none = visits(&plan, Process::Constant, 0, true, 5).started_midway().expect("visits that last");
    assert_eq!((none.started, none.left_out), (0, 2_400), "without a warm-up nothing can be made up for");
    let mut begun = visits(&plan, Process::Constant, 50, true, 5);
    let started = begun.started_midway().expect("visits that last");
    assert_eq!((started.started, started.caught_up, started.left_out), (2_400, 2_400, 0));

    let answer = b"HTTP/1.1 200 OK\r\nx-token: t1\r\nContent-Length: 2\r\n\r\nok".to_vec();
    let reaction = Box::new(move |_| super::super::simulated::Reaction::Answer(answer.clone()));
    let mut world = Simulated::new(Behaviour { reaction, ..Behaviour::default() });
    let settings = Settings { end: Nanos::after_start(Duration::from_secs(SECONDS)), ..settings(1_000) };
    let run = run_in(&mut world, &mut begun, &settings, None);
    assert_eq!(run.offered.count(Outcome::Good), run.offered.due);
    let seen: Vec<String> =
        world.seen.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
    let likes = || seen.iter().filter(|request| request.starts_with("POST /like"));
    assert!(likes().all(|request| request.contains("Bearer t1")), "nobody likes who is not logged in");
    // 20 a second from the beginning, and after the warm-up no log-in but those of new visits.
    assert!(likes().count().abs_diff(2_000) < 179, "{}", likes().count());
    let late = |action| {
        let dues = run.kept.samples.iter().filter(move |sample| sample.action == action);
        dues.filter(|sample| sample.due >= Nanos::after_start(Duration::from_secs(50))).count()
    };
    assert_eq!(late(0), 1_000);
}
