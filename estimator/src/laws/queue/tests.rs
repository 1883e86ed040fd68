//! M/M/c against hand calculation, against M/M/1, and against its own definition.

use proptest::prelude::*;

use super::*;
use crate::laws::one_server;

fn queue(arrivals: f64, service_rate: f64, servers: u32) -> Queue {
    Queue::new(arrivals, service_rate, servers).unwrap()
}

#[test]
fn two_servers_by_hand() {
    // λ = 98/h, μ = 55/h: a = 1.78182, B(1) = 0.640523, B(2) = 0.363326, C = 0.839580, θ = 12/h.
    let queue = queue(98.0, 55.0, 2);
    for (found, expected) in [
        (queue.utilisation(), 0.890_909),
        (queue.share_waiting(), 0.839_580),
        (queue.mean_wait(), 0.069_965),
        (queue.mean_response(), 0.088_147),
        (queue.mean_waiting(), 6.856_6),
        // C e^(−12 × 0.1) = 0.83958 × 0.301194.
        (queue.wait_tail(0.1), 0.252_877),
        // ln(0.83958 / 0.05) / 12.
        (queue.wait_quantile(0.95).unwrap(), 0.235_074),
        (queue.wait_quantile(0.1).unwrap(), 0.0),
        (queue.wait_tail(-1.0), 1.0),
    ] {
        assert!((found - expected).abs() < 1e-4 * expected.max(0.01), "{found} {expected}");
    }
}

#[test]
fn servers_are_chosen_by_the_tail() {
    // At λ = 98/h and μ = 55/h two servers wait 14 minutes at p95; the next one brings it to under two.
    let within = |minutes: f64| servers_for(Promised::Wait, minutes / 60.0, 0.95, 98.0, 55.0).unwrap();
    assert_eq!([within(15.0), within(14.0), within(2.0), within(0.0)], [2, 3, 3, 5]);
    // At a hundred times the load, 178.2 servers' worth, two more keep the promise: θ = 100/h, e^(−100/30) = 0.036; with
    // one more θ = 45/h and e^(−1.5) = 0.22. A large pool hardly waits.
    assert_eq!(servers_for(Promised::Wait, 2.0 / 60.0, 0.95, 9_800.0, 55.0).unwrap(), 180);
    // Service of mean 1 exceeds 3 in 5 % of cases: 4 can be promised for 95 %, 2.9 cannot.
    assert!(servers_for(Promised::Response, 4.0, 0.95, 100.0, 1.0).is_ok());
    assert_eq!(
        servers_for(Promised::Response, 2.9, 0.95, 100.0, 1.0).unwrap_err().to_string(),
        "the service alone takes longer: make it faster, no server more helps"
    );
    assert_eq!(servers_for(Promised::Wait, 1.0, 0.99, 0.0, 1.0).unwrap(), 1);
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (arrivals, service_rate, servers) in [
        (2.0, 1.0, 2),
        (1.0, 1.0, 0),
        (-1.0, 1.0, 1),
        (1.0, 0.0, 1),
        (f64::NAN, 1.0, 1),
        (1.0, 1e-300, 7),
        (0.0, 1e-310, 1),
    ] {
        assert!(Queue::new(arrivals, service_rate, servers).is_err(), "{arrivals} {service_rate} {servers}");
    }
    assert!(queue(1.0, 1.0, 2).response_quantile(1.0).is_err());
    assert!(servers_for(Promised::Wait, 0.0, 0.9, 1e12, 1.0).is_err(), "ten million servers are the limit");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn one_server_is_m_m_1(utilisation in 0.0_f64..0.999, service_rate in 1e-3_f64..1e6, p in 0.0_f64..0.9999) {
        let (arrivals, one) = (utilisation * service_rate, queue(utilisation * service_rate, service_rate, 1));
        let same = |a: f64, b: f64| (a - b).abs() <= 1e-9 * b.abs().max(1e-9 / service_rate);
        prop_assert!(same(one.mean_wait(), one_server::mean_wait(arrivals, service_rate).unwrap()));
        prop_assert!(same(one.response_quantile(p).unwrap(), one_server::response_quantile(arrivals, service_rate, p).unwrap()));
    }

    #[test]
    fn the_tails_integrate_to_the_means(utilisation in 0.05_f64..0.95, servers in 1_u32..40) {
        let queue = queue(utilisation * f64::from(servers), 1.0, servers);
        // The mean of a time is the area under its tail; midpoints of 20,000 steps up to where it is 1e-9.
        let end = queue.response_quantile(1.0 - 1e-9).unwrap();
        let step = end / 20_000.0;
        let area: f64 = (0..20_000).map(|n| queue.response_tail((f64::from(n) + 0.5) * step) * step).sum();
        prop_assert!((area / queue.mean_response() - 1.0).abs() < 1e-5, "{area} {}", queue.mean_response());
    }

    #[test]
    fn quantiles_invert_tails(utilisation in 0.05_f64..0.999, servers in 1_u32..200, p in 0.5_f64..0.9999) {
        let queue = queue(utilisation * f64::from(servers), 1.0, servers);
        let response = queue.response_quantile(p).unwrap();
        prop_assert!((queue.response_tail(response) - (1.0 - p)).abs() < 1e-9);
        let wait = queue.wait_quantile(p).unwrap();
        prop_assert!(wait == 0.0 || (queue.wait_tail(wait) - (1.0 - p)).abs() < 1e-9);
        prop_assert!(wait <= response);
    }

    #[test]
    fn the_servers_found_are_enough_and_one_less_is_not(load in 0.1_f64..300.0, time in 0.0_f64..3.0, p in 0.5_f64..0.999) {
        let servers = servers_for(Promised::Wait, time, p, load, 1.0).unwrap();
        prop_assert!(queue(load, 1.0, servers).wait_tail(time) <= 1.0 - p);
        let fewer = Queue::new(load, 1.0, servers - 1);
        prop_assert!(fewer.is_err() || fewer.unwrap().wait_tail(time) > 1.0 - p);
    }
}
