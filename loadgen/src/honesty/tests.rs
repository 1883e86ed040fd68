//! The verdict as a function of its evidence.

use super::*;

/// A process that may have few descriptors.
const SHORT: Room = Room { connections: 26, descriptors: Some(90), is_short: true };

fn fine() -> Evidence {
    Evidence {
        due: 10_000,
        sent: 10_000,
        good: 10_000,
        lag_p99: Duration::from_micros(60),
        response_p99: Duration::from_millis(8),
        response_p50: Duration::from_millis(1),
        cpu_share: Some(0.09),
        is_open: true,
        is_one_thread: true,
        medians: vec![vec![0.001; 30]],
        wait_share: Some(0.004),
        stolen_share: Some(0.002),
        asked: Duration::from_secs(20),
        sound: Duration::from_secs(20),
        ..Evidence::default()
    }
}

#[test]
fn each_limit_of_the_generator_is_seen_and_named() {
    type Change = fn(&mut Evidence);
    let cases: [(Change, &str); 12] = [
        (|evidence| evidence.shed = 1, "every connection in use"),
        (
            |evidence| (evidence.shed, evidence.room) = (7, SHORT),
            "not sent; the 90 descriptors of this process leave room for 26: raise the hard limit",
        ),
        (|evidence| evidence.exhausted = 1, "ulimit -Hn"),
        (
            |evidence| (evidence.exhausted, evidence.room) = (1, SHORT),
            "no descriptor in this process left (it may have 90)",
        ),
        (
            |evidence| (evidence.exhausted, evidence.scarce) = (1, Some(Scarce::Ports)),
            "1 requests found no local port towards the target left: a port rests for 60 s",
        ),
        (|evidence| evidence.sent = 9_800, "sent 9800 of 10000"),
        (|evidence| evidence.lag_p99 = Duration::from_micros(1_100), "left late"),
        (|evidence| evidence.cpu_share = Some(0.85), "85 %"),
        (|evidence| evidence.lost = 3, "lost"),
        (|evidence| evidence.wait_share = Some(0.14), "waited for a processor 14 %"),
        (
            |evidence| (evidence.is_one_thread, evidence.wait_share) = (false, Some(0.14)),
            "waited for a processor 14 %",
        ),
        (|evidence| (evidence.is_open, evidence.cpu_share) = (false, Some(0.9)), "90 %"),
    ];
    for (change, word) in cases {
        let mut evidence = fine();
        change(&mut evidence);
        let (verdict, facts) = judge(&evidence);
        assert_eq!(verdict, Honesty::GeneratorLimited, "{word}");
        assert!(facts[0].contains(word), "{facts:?}");
    }
    assert_eq!(judge(&fine()).0, Honesty::Valid);
}

#[test]
fn a_crowded_machine_is_told_from_a_crowded_host() {
    let late = Evidence { lag_p99: Duration::from_millis(3), ..fine() };
    // Waited and stolen, and who is named, if anybody.
    for (wait_share, stolen_share, named) in [
        (Some(0.04), Some(0.0), Some("the generator waited 4 % of the time")),
        (Some(0.14), None, Some("other programs on this machine")),
        (Some(0.004), Some(0.13), Some("the host of this machine")),
        // What waits while the host has the processors waits for the host.
        (Some(0.14), Some(0.13), Some("the host of this machine")),
        (Some(0.004), Some(0.002), None),
        (None, None, None),
    ] {
        let (verdict, facts) = judge(&Evidence { wait_share, stolen_share, ..late.clone() });
        assert_eq!(verdict, Honesty::GeneratorLimited);
        let found = facts.iter().find(|fact| fact.contains("this machine"));
        assert_eq!(found.is_some(), named.is_some(), "{facts:?}");
        assert!(found.is_none_or(|fact| fact.starts_with(named.unwrap_or(""))), "{facts:?}");
    }
}

#[test]
fn a_run_of_which_the_host_left_too_little_cannot_tell_and_names_the_host() {
    let seconds = Duration::from_secs;
    for (sound, set_aside, told) in [
        (20, 0, true),
        (20, 20, true),
        (10, 30, true),
        (9, 31, false),
        (0, 40, false),
        // Cut short after two seconds, one of which counts.
        (1, 1, true),
        (1, 2, false),
        (0, 0, true),
    ] {
        let evidence = Evidence { sound: seconds(sound), set_aside: seconds(set_aside), ..fine() };
        let (verdict, facts) = judge(&evidence);
        assert_eq!(verdict == Honesty::Valid, told, "{sound} {set_aside} {facts:?}");
        assert!(told || facts[0].starts_with("the host of this machine"), "{facts:?}");
    }
}

#[test]
fn lag_that_is_small_beside_the_response_is_allowed() {
    let slow =
        Evidence { lag_p99: Duration::from_millis(5), response_p99: Duration::from_millis(80), ..fine() };
    assert_eq!(judge(&slow).0, Honesty::Valid);
}

#[test]
fn a_server_that_slows_down_or_falls_behind_is_told_apart_from_the_generator() {
    // Three times as slow after 30 s: 2 ms more in all, far from the 10 ms a second that make a queue.
    let slower = |by: fn(u32) -> f64| Evidence { medians: vec![(0..30).map(by).collect()], ..fine() };
    let (verdict, facts) = judge(&slower(|second| 0.001 * (1.0 + f64::from(second) / 15.0)));
    assert_eq!(verdict, Honesty::NotStationary);
    assert!(facts[0].starts_with("the median response of a second went from"), "{facts:?}");
    // 50 ms more in each second: the server does 1 / 1.05 = 95 % of what is offered.
    let (verdict, facts) = judge(&slower(|second| 0.05 * f64::from(second + 1)));
    assert_eq!(verdict, Honesty::ServerLimited);
    assert!(facts[0].starts_with("the server did about 9"), "{facts:?}");
    // Three levels, each slower than the one before, and the same from its beginning to its end.
    let levels = [0.001, 0.004, 0.02].map(|median| vec![median; 15]).to_vec();
    assert_eq!(judge(&Evidence { medians: levels, ..fine() }).0, Honesty::Valid);
    let behind = Evidence { good: 6_000, unanswered: 4_000, ..fine() };
    assert_eq!(judge(&behind).0, Honesty::ServerLimited);
    // A server that refuses quickly has kept up; that it refused is for the SLO to judge.
    let refusing = Evidence { good: 6_000, ..fine() };
    assert_eq!(judge(&refusing).0, Honesty::Valid);
}

#[test]
fn waiting_for_a_processor_counts_by_what_it_adds_to_a_request() {
    let seconds = Duration::from_secs;
    // Rate, share of the time waited, median response in µs, lag at p99 in µs; and whether that spoils the run.
    for (rate, wait, p50, lag, is_limited) in [
        // 14 % of 500 µs is 70 µs for each of 2,000/s: 7 % of a millisecond.
        (2_000, 0.14, 1_000, 800, false),
        // The same beside answers of 0.3 ms is 23 %.
        (2_000, 0.14, 300, 800, true),
        // 14 % of 10 ms is 1.4 ms for each of 100/s.
        (100, 0.14, 1_000, 60, true),
        (100, 0.09, 1_000, 60, false),
        // Who is late as well was kept waiting.
        (2_000, 0.14, 1_000, 1_500, true),
    ] {
        let evidence = Evidence {
            due: rate * 20,
            sent: rate * 20,
            good: rate * 20,
            sound: seconds(20),
            wait_share: Some(wait),
            response_p50: Duration::from_micros(p50),
            lag_p99: Duration::from_micros(lag),
            ..fine()
        };
        let (verdict, facts) = judge(&evidence);
        assert_eq!(verdict == Honesty::GeneratorLimited, is_limited, "{rate} {wait} {p50}: {facts:?}");
        // It is named whenever it is above a tenth.
        let named =
            facts.iter().any(|fact| fact.contains("waited for a processor") && fact.contains("each request"));
        assert_eq!(named, wait > 0.1, "{facts:?}");
    }
}

#[test]
fn a_promise_that_is_open_says_how_many_requests_it_takes() {
    let open = |share, scheduled| {
        let open = vec![Open { promise: "read p99 < 100 ms".to_owned(), share, scheduled }];
        judge(&Evidence { open, ..fine() })
    };
    // 10 / (1 - 0.99) = 1,000, of which 200 in 20 s: five times as long.
    let (verdict, facts) = open(0.99, 200);
    assert_eq!(verdict, Honesty::TooFewSamples);
    assert_eq!(
        facts[0],
        "200 requests are too few for read p99 < 100 ms, which takes 1,000: some 100 s at this rate"
    );
    // With enough of them it is open for another reason.
    assert_eq!(open(0.99, 1_000).0, Honesty::Valid);
    assert_eq!(open(0.999, 9_999).0, Honesty::TooFewSamples);
    assert!(open(0.99, 0).1[0].ends_with("which takes 1,000"));
}
