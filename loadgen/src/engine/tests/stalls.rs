//! Stalls, whose effect on the response is known in closed form: a stall of D in a run of T at a constant rate gives
//! the quantile x(p) = D - (1 - p) T for p > 1 - D / T, when everything that came meanwhile is answered at its end.

use super::*;

/// Within one per cent.
fn assert_close(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= expected / 100.0, "{what}: found {found}, expected {expected}");
}

#[test]
fn a_stall_of_the_server_shows_in_the_response_as_the_closed_form_says() {
    // D = 2 s, T = 10 s, 1,000/s: 2,000 of 10,000 wait.
    let stalls = vec![(4 * SECOND, 6 * SECOND)];
    let run =
        run(Behaviour { stalls, ..Behaviour::default() }, Visits::constant(1000.0, 10.0), &settings(4000));
    assert_eq!(run.outcomes(), [10_000, 0, 0, 0, 0, 0, 0, 0]);
    let responses = run.responses();
    assert!(quantile(&responses, 790) < 1e-6, "four fifths do not wait");
    for (per_mille, expected) in [(900, 1.0), (990, 1.9), (999, 1.99)] {
        assert_close(quantile(&responses, per_mille), expected, "response");
    }
    assert_eq!(run.offered.peak_in_flight, 2000);
}

#[test]
fn a_stall_of_one_second_in_every_ten_shows_alike() {
    // D = 1 s in every T = 10 s, 30 s at 2,000/s: p95 = 0.5, p99 = 0.9, p99.9 = 0.99, at most 1 s.
    let stalls = [2, 12, 22].map(|start| (start * SECOND, (start + 1) * SECOND)).to_vec();
    let run =
        run(Behaviour { stalls, ..Behaviour::default() }, Visits::constant(2000.0, 30.0), &settings(4000));
    let responses = run.responses();
    assert!(quantile(&responses, 500) < 1e-6);
    for (per_mille, expected) in [(950, 0.5), (990, 0.9), (999, 0.99), (1000, 1.0)] {
        assert_close(quantile(&responses, per_mille), expected, "response");
    }
}

#[test]
fn a_stall_of_the_generator_counts_in_the_response_and_not_in_the_service() {
    // The engine's own thread does not run for 2 s of 10: the same closed form, but the server is not to blame.
    let behaviour = Behaviour { pause: Some(4 * SECOND..6 * SECOND), ..Behaviour::default() };
    let run = run(behaviour, Visits::constant(1000.0, 10.0), &settings(4000));
    assert_eq!(run.offered.count(Outcome::Good), 10_000);
    let (responses, services) = (run.responses(), run.services());
    for (per_mille, expected) in [(900, 1.0), (990, 1.9), (999, 1.99)] {
        assert_close(quantile(&responses, per_mille), expected, "response");
    }
    assert!(quantile(&services, 1000) < 0.001, "{}", quantile(&services, 1000));
    // The schedule did not move: the last one was due and sent at 9.999 s.
    let last = run.kept.samples.last().unwrap();
    assert_eq!((last.due, last.sent), (Nanos(9999 * MS), Nanos(9999 * MS)));
}

#[test]
fn a_stall_in_the_first_step_shows_in_the_second() {
    // Visits of two steps, the second intended 100 ms after the first. Those that come in the stall from 1 s to 3 s
    // are answered at 3 s, and their second steps are up to 1.9 s late.
    let stalls = vec![(SECOND, 3 * SECOND)];
    let mut visits = Visits::constant(100.0, 4.0);
    (visits.steps, visits.apart) = (2, 100 * MS);
    let run = run(Behaviour { stalls, ..Behaviour::default() }, visits, &settings(1000));
    assert_eq!(run.offered.count(Outcome::Good), 800);
    for sample in run.kept.samples.iter().filter(|sample| sample.action == 1) {
        let first_due = sample.due.0 - 100 * MS;
        let expected = match first_due {
            // The first step was answered when the stall ended; until then the second could not be sent.
            due if (SECOND..3 * SECOND).contains(&due) => (3 * SECOND).saturating_sub(sample.due.0),
            // The first step was answered at once, the second came into the stall.
            due if (SECOND..3 * SECOND).contains(&(due + 100 * MS)) => 3 * SECOND - sample.due.0,
            _ => 0,
        };
        let response = sample.last_byte.since(sample.due);
        let difference = response.abs_diff(Duration::from_nanos(expected));
        assert!(difference < Duration::from_micros(10), "{sample:?}: expected {expected}");
    }
}

#[test]
fn a_flood_of_answers_does_not_hold_up_what_is_due() {
    // 2,000 answers become ready at once and cost 10 us each to read, 20 ms in all, while one request is due each
    // millisecond: it leaves after the answer that is being read, and its own call.
    let behaviour =
        Behaviour { stalls: vec![(SECOND, 3 * SECOND)], call_cost: 10_000, ..Behaviour::default() };
    let run = run(behaviour, Visits::constant(1000.0, 4.0), &settings(4000));
    assert_eq!(run.offered.count(Outcome::Good), 4000);
    let latest = run.kept.samples.iter().map(|sample| sample.sent.since(sample.due)).max().unwrap();
    assert!(latest <= Duration::from_micros(20), "{latest:?}");
}
