//! Queues whose mean waiting time is known: arrivals at random before one worker.

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use rand_distr::Exp1;

use super::*;

const SERVICE: f64 = 0.001;

fn one_worker(service: impl FnMut(u64) -> u64 + 'static) -> Behaviour {
    Behaviour { workers: 1, service: Box::new(service), ..Behaviour::default() }
}

#[test]
fn fixed_service_behind_one_worker_waits_as_the_formula_for_m_d_1_says() {
    // Mean response = s + rho s / (2 (1 - rho)); with s = 1 ms and rho = 0.7: 1 + 0.7 / 0.6 = 2.1667 ms.
    let run = run(one_worker(|_| MS), Visits::new(Process::Poisson, 700.0, 150.0, 11), &settings(2000));
    assert_eq!(run.offered.count(Outcome::Good), run.offered.due);
    let expected = SERVICE + 0.7 * SERVICE / (2.0 * 0.3);
    let found = mean(&run.responses());
    assert!((found / expected - 1.0).abs() < 0.04, "found {found}, expected {expected}");
}

#[test]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "nanoseconds of a few milliseconds"
)]
fn random_service_behind_one_worker_takes_as_long_as_the_formula_for_m_m_1_says() {
    // Mean response = s / (1 - rho); with s = 1 ms and rho = 0.6: 2.5 ms. It is exponential, so the median is
    // ln 2 of the mean and p99 is ln 100 of it.
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let service = move |_| (random.sample::<f64, _>(Exp1) * SERVICE * 1e9) as u64;
    let run = run(one_worker(service), Visits::new(Process::Poisson, 600.0, 200.0, 12), &settings(2000));
    let responses = run.responses();
    let expected = SERVICE / 0.4;
    for (what, found, expected) in [
        ("mean", mean(&responses), expected),
        ("median", quantile(&responses, 500), expected * 2.0_f64.ln()),
        ("p99", quantile(&responses, 990), expected * 100.0_f64.ln()),
    ] {
        assert!((found / expected - 1.0).abs() < 0.05, "{what}: found {found}, expected {expected}");
    }
}
