//! The two models before the same server in virtual time: what users who wait do not see of a stall.

use scenarios::report::{ActionReport, Hides};

use super::*;
use crate::both::{Part, compare};
use crate::measured_time::{Look, MeasuredTime};
use crate::record::Recorder;
use crate::summarise;

const SECONDS: u64 = 20;

/// Users who wait for the answer, think for as long each time, and ask again.
struct Users {
    begun: u32,
    count: u32,
    think: u64,
    ended: Nanos,
}

fn request_at(due: u64, visit: u32, request: &mut Vec<u8>) -> Option<Operation> {
    let due = Nanos(due);
    if due.0 >= SECONDS * SECOND {
        return None;
    }
    request.extend_from_slice(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    Some(Operation { due, visit, ..Operation::default() })
}

impl Workload for Users {
    /// They come evenly spread over the first pause.
    fn arrive(&mut self, request: &mut Vec<u8>) -> Option<Operation> {
        let user = self.begun;
        self.begun += 1;
        (user < self.count)
            .then(|| request_at(self.think * u64::from(user) / u64::from(self.count), user, request))?
    }

    fn judge(&mut self, _: &Operation, _: &Answer<'_>) -> Verdict {
        Verdict::Good
    }

    fn ended(&mut self, sample: &Sample) {
        self.ended = sample.last_byte;
    }

    fn follow(&mut self, ended: &Operation, _: Outcome, request: &mut Vec<u8>) -> Option<Operation> {
        request_at(self.ended.0 + self.think, ended.visit, request)
    }
}

/// The figures of a run, as a report has them.
fn figures(run: &Run) -> ActionReport {
    let mut time =
        MeasuredTime::new(Nanos::ZERO, Duration::from_secs(SECONDS), true, Duration::from_millis(10));
    for second in 0..=SECONDS {
        time.look(Look { at: Nanos(second * SECOND), machine: None, waited: None });
    }
    let mut recorder = Recorder::new(1, Nanos::ZERO, Vec::new());
    for sample in &run.kept.samples {
        recorder.add(&Sample { action: 0, ..*sample }, &time);
    }
    recorder.finish();
    summarise::action("all", &recorder.all, 20.0)
}

/// 400 arrivals per second, and 8 users of whom each takes 1 ms for the answer and 19 ms to think: 400/s as well.
fn worlds(stalls: &[(u64, u64)]) -> (ActionReport, ActionReport) {
    let behaviour =
        || Behaviour { service: Box::new(|_| MS), stalls: stalls.to_vec(), ..Behaviour::default() };
    let open = run(behaviour(), Visits::constant(400.0, 20.0), &settings(4_000));
    let mut users = Users { begun: 0, count: 8, think: 19 * MS, ended: Nanos::ZERO };
    let closed = run_in(&mut Simulated::new(behaviour()), &mut users, &settings(8), None);
    (figures(&open), figures(&closed))
}

fn held(open: &ActionReport, closed: &ActionReport) -> (Hides, String) {
    let part = |all| Part { all, limit: None };
    let (_, hides, finding) = compare(part(open), part(closed));
    (hides, finding)
}

fn value(part: &ActionReport, q: f64) -> f64 {
    part.response.quantile(q).unwrap().value_s
}

#[test]
fn one_long_stall_is_hidden_by_users_who_wait_and_the_finding_says_so() {
    // D = 4 s in T = 20 s: x(p) = D - (1 - p) T gives p99 = 3.8 s. Each of the 8 users meets it once: 8 of some 6,400
    // requests, so that p99 of theirs is an answer's own millisecond.
    let (open, closed) = worlds(&[(8 * SECOND, 12 * SECOND)]);
    assert!((value(&open, 0.99) - 3.8).abs() < 0.038, "{}", value(&open, 0.99));
    assert!((value(&closed, 0.99) - 0.001).abs() < 0.000_1, "{}", value(&closed, 0.99));
    assert!(closed.response.max_s > 3.9, "they met it, and asked for nothing meanwhile");
    let (hides, finding) = held(&open, &closed);
    assert_eq!(hides, Hides::Yes, "{finding}");
    // 16 of 20 s at 400/s: 320/s.
    let said = "at 400/s, of which users who wait ask for 320, the closed model hides a p99 of 3.8";
    assert!(finding.starts_with(said), "{finding}");
}

#[test]
fn stalls_that_come_again_and_again_are_hidden_beyond_the_intervals() {
    // 0.5 s of each second: p90 = 0.5 - 0.1 = 0.4 s, p95 = 0.45 s. Of the users' 208 requests a second 8 meet it, which is
    // below a twentieth.
    let stalls: Vec<(u64, u64)> =
        (0..SECONDS).map(|second| (second * SECOND, second * SECOND + 500 * MS)).collect();
    let (open, closed) = worlds(&stalls);
    assert!((value(&open, 0.9) - 0.4).abs() < 0.01 && value(&closed, 0.9) < 0.002);
    assert!(open.response.quantile(0.9).unwrap().interval_s.is_some());
    let (hides, finding) = held(&open, &closed);
    assert_eq!(hides, Hides::Yes, "{finding}");
    assert!(finding.contains("hides a p95 of 45"), "{finding}");
}

#[test]
fn far_from_saturation_there_is_no_gap() {
    let (open, closed) = worlds(&[]);
    for q in [0.5, 0.9, 0.99] {
        assert!((value(&open, q) - value(&closed, q)).abs() < 1e-5, "{q}");
    }
    assert_eq!(
        held(&open, &closed),
        (
            Hides::No,
            "no gap beyond the intervals at 400/s: the server kept up, and users who wait saw what arrivals did"
                .to_owned()
        )
    );
}

#[test]
fn what_cannot_be_compared_is_not() {
    let (open, closed) = worlds(&[]);
    let limited = Part { all: &open, limit: Some("requests left late") };
    let (_, hides, finding) = compare(limited, Part { all: &closed, limit: None });
    assert_eq!(hides, Hides::CannotTell);
    assert!(finding.contains("the limit in the open part (requests left late)"), "{finding}");
    // Half as many users come to half the throughput.
    let fewer = ActionReport { asked_per_s: 200.0, scheduled: 4_000, ..closed.clone() };
    assert_eq!(held(&open, &fewer).0, Hides::CannotTell);
    // A stall in one part alone may be chance, whichever part it is: nothing is said of the model.
    let (open_stalled, closed_stalled) = worlds(&[(8 * SECOND, 10 * SECOND)]);
    assert_eq!(held(&open, &closed_stalled).0, Hides::CannotTell);
    assert_eq!(held(&open_stalled, &closed).0, Hides::CannotTell);
}
