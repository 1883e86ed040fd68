//! Servers that refuse, hang, break off and talk nonsense: each has its outcome, and the time it took is not lost.

use super::{
    super::simulated::{Connecting, FINE, Reaction},
    *,
};

fn reacting(reaction: impl FnMut(u64) -> Reaction + 'static) -> Behaviour {
    Behaviour { reaction: Box::new(reaction), ..Behaviour::default() }
}

/// An answer, and what it makes of the ten requests of a run.
#[test]
fn every_way_to_fail_has_its_outcome() {
    let fine = || Reaction::Answer(FINE.to_vec());
    let half = FINE[..FINE.len() - 1].to_vec();
    let failing: [(Reaction, Outcome); 7] = [
        (Reaction::Answer(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n".to_vec()), Outcome::CheckFailed),
        (Reaction::Answer(b"SSH-2.0-OpenSSH\r\n".to_vec()), Outcome::Malformed),
        (Reaction::Answer([FINE, b"x"].concat()), Outcome::Malformed),
        (Reaction::Reset(half.clone()), Outcome::Reset),
        (Reaction::Reset(Vec::new()), Outcome::Reset),
        (Reaction::AnswerAndClose(half), Outcome::Reset),
        (Reaction::Hang, Outcome::TimedOut),
    ];
    for (reaction, outcome) in failing {
        // Not idempotent, so that nothing is tried again.
        let mut visits = Visits::constant(10.0, 1.0);
        visits.idempotent = false;
        let bad = reaction.clone();
        let behaviour = reacting(move |number| if number == 4 { bad.clone() } else { fine() });
        let run = run(behaviour, visits, &settings(10));
        assert_eq!(run.offered.count(Outcome::Good), 9, "{reaction:?}: {:?}", run.offered);
        assert_eq!(run.offered.count(outcome), 1, "{reaction:?}: {:?}", run.offered);
        assert_eq!(run.offered.first_malformed.is_some(), outcome == Outcome::Malformed);
    }
}

#[test]
fn a_hanging_answer_is_given_up_after_the_time_out_and_counts_as_that_long() {
    let settings = Settings { timeout: Duration::from_millis(300), ..settings(100) };
    let run = run(reacting(|_| Reaction::Hang), Visits::constant(100.0, 1.0), &settings);
    assert_eq!(run.offered.count(Outcome::TimedOut), 100);
    for sample in &run.kept.samples {
        let waited = sample.last_byte.since(sample.due);
        assert!((300..301).contains(&waited.as_millis()), "{sample:?}");
    }
    // Those of 300 ms; the one that is due when the first is given up is sent before that.
    assert_eq!(run.offered.peak_open, 31, "their connections are closed, not kept");
}

#[test]
fn a_refused_connection_is_tried_once_per_arrival_and_not_more() {
    for connecting in [Connecting::Refused(0), Connecting::Refused(MS), Connecting::Exhausted] {
        let behaviour = Behaviour { connecting: Box::new(move |_| connecting), ..Behaviour::default() };
        let mut world = Simulated::new(behaviour);
        let run = run_in(&mut world, &mut Visits::constant(100.0, 1.0), &settings(10), None);
        assert_eq!(run.outcomes(), [0, 0, 0, 100, 0, 0, 0, 0], "{connecting:?}");
        assert_eq!((world.connections, run.offered.opened), (100, 100), "{connecting:?}");
        let exhausted = matches!(connecting, Connecting::Exhausted);
        assert_eq!(run.offered.exhausted, if exhausted { 100 } else { 0 });
        assert_eq!(run.offered.scarce, exhausted.then_some(crate::engine::Scarce::Ports));
        assert!(run.offered.first_connect_error.is_some());
        assert!(run.offered.waits < 400, "no spinning: {}", run.offered.waits);
    }
}

#[test]
fn connecting_counts_in_the_response_and_is_told_apart() {
    let behaviour = Behaviour { connecting: Box::new(|_| Connecting::After(7 * MS)), ..Behaviour::default() };
    let run = run(behaviour, Visits::constant(10.0, 1.0), &settings(10));
    assert_eq!(run.offered.count(Outcome::Good), 10);
    for (number, sample) in run.kept.samples.iter().enumerate() {
        let expected = if number == 0 { 7 } else { 0 };
        assert_eq!(sample.reused, number > 0);
        assert_eq!(sample.sent, sample.due);
        assert_eq!(sample.connected.since(sample.sent).as_millis(), expected, "{sample:?}");
        assert_eq!(sample.last_byte.since(sample.due).as_millis(), expected, "{sample:?}");
    }
}

#[test]
fn answers_that_close_are_complete_and_their_connections_are_not_used_again() {
    for answer in [
        &b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"[..],
        b"HTTP/1.1 200 OK\r\n\r\nuntil the end",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    ] {
        let run = run(
            reacting(|_| Reaction::AnswerAndClose(answer.to_vec())),
            Visits::constant(100.0, 1.0),
            &settings(10),
        );
        assert_eq!((run.offered.count(Outcome::Good), run.offered.opened), (100, 100));
        assert!(run.kept.samples.iter().all(|sample| !sample.reused));
        assert_eq!(run.offered.idle_closed, 0);
    }
}

#[test]
fn a_large_answer_that_lasts_until_the_end_is_read_to_the_end() {
    // Five megabytes are read in several turns, although the end of the connection is told once.
    let answer = [&b"HTTP/1.1 200 OK\r\n\r\n"[..], &vec![b'x'; 5_000_000]].concat();
    let length = answer.len();
    let behaviour = reacting(move |_| Reaction::AnswerAndClose(answer.clone()));
    let run = run(behaviour, Visits::constant(10.0, 0.3), &settings(10));
    assert_eq!(run.outcomes(), [3, 0, 0, 0, 0, 0, 0, 0]);
    assert!(run.kept.samples.iter().all(|sample| sample.bytes_received as usize == length));
}

#[test]
fn news_of_what_has_been_read_already_does_not_close_a_connection() {
    // While the first piece is read in several turns, the second comes, and is read in the same turn: the news of it is
    // then of no more use, and the connection rests.
    let one = [&b"HTTP/1.1 200 OK\r\nContent-Length: 2000001\r\n\r\n"[..], &vec![b'x'; 2_000_000]].concat();
    let behaviour = reacting(move |_| Reaction::Pieces(one.clone(), 150, b"x".to_vec()));
    let run = run(behaviour, Visits::constant(10.0, 0.3), &settings(10));
    assert_eq!(run.outcomes(), [3, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!((run.offered.opened, run.offered.idle_closed), (1, 0));
}

#[test]
fn an_idle_connection_that_the_server_closes_is_dropped_without_a_sample() {
    // One request each 100 ms, and the server closes after 30 ms: every request needs a connection of its own.
    let behaviour = Behaviour { idle_limit: Some(30 * MS), ..Behaviour::default() };
    let run = run(behaviour, Visits::constant(10.0, 1.0), &settings(10));
    assert_eq!(run.outcomes(), [10, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!((run.offered.opened, run.offered.idle_closed, run.offered.retried), (10, 9, 0));
}

#[test]
fn a_request_that_meets_a_closing_connection_is_sent_once_more_if_it_may_be() {
    for (idempotent, outcomes, retried) in
        [(true, [10, 0, 0, 0, 0, 0, 0, 0], 3), (false, [7, 0, 0, 0, 3, 0, 0, 0], 0)]
    {
        // Every fourth request that the server reads is dropped with its connection. A second try is the next one
        // that the server reads, and is answered: with it, numbers 3, 7 and 11 of 13 are dropped; without, 3 and 7 of
        // 10 are, and number 9, the first on the third connection.
        let drops = if idempotent { [3, 7, 11] } else { [3, 7, 9] };
        let behaviour = reacting(move |number| {
            if drops.contains(&number) {
                Reaction::Reset(Vec::new())
            } else {
                Reaction::Answer(FINE.to_vec())
            }
        });
        let mut visits = Visits::constant(10.0, 1.0);
        visits.idempotent = idempotent;
        let run = run(behaviour, visits, &settings(10));
        assert_eq!(run.outcomes(), outcomes, "{:?}", run.offered);
        assert_eq!((run.offered.retried, run.offered.sent), (retried, 10));
        assert_eq!(run.offered.opened, 4 - u64::from(!idempotent), "{:?}", run.offered);
    }
}

#[test]
fn a_fresh_connection_that_breaks_is_not_tried_again() {
    let run = run(reacting(|_| Reaction::Reset(Vec::new())), Visits::constant(10.0, 1.0), &settings(10));
    assert_eq!(run.outcomes(), [0, 0, 0, 0, 10, 0, 0, 0]);
    assert_eq!((run.offered.retried, run.offered.opened), (0, 10));
}

#[test]
fn an_answer_in_pieces_is_stamped_at_its_first_and_its_last_byte() {
    let (one, two) = FINE.split_at(10);
    let (one, two) = (one.to_vec(), two.to_vec());
    let behaviour = reacting(move |_| Reaction::Pieces(one.clone(), 3 * MS, two.clone()));
    let run = run(behaviour, Visits::constant(10.0, 1.0), &settings(10));
    for sample in &run.kept.samples {
        // The answer to the request that is due at the start is seen with the first look at the sockets.
        assert!(sample.first_byte.since(sample.due) < Duration::from_micros(1), "{sample:?}");
        assert_eq!(sample.last_byte, Nanos(sample.due.0 + 3 * MS));
        assert_eq!(sample.bytes_received as usize, FINE.len());
    }
}

#[test]
fn a_request_that_does_not_fit_at_once_is_sent_in_parts() {
    let mut world = Simulated::new(Behaviour { send_limit: 7, ..Behaviour::default() });
    let run = run_in(&mut world, &mut Visits::constant(10.0, 1.0), &settings(10), None);
    assert_eq!(run.outcomes(), [10, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(world.seen[3], b"GET /3/0 HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_eq!(run.kept.samples[3].bytes_sent as usize, world.seen[3].len());
}
