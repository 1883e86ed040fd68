//! The generator's verdict on itself: can its numbers be believed?
//!
//! A run in which the generator was the limit tells nothing about the server; whatever the SLO says, the answer is
//! then "cannot tell". The verdict is a pure function of the evidence, and every figure behind it is printed.

use std::time::Duration;

use scenarios::report::Honesty;
use scenarios::show;

use crate::statistics::{median, rank_sum_z};

/// Sent, of due: below it the generator did not offer what it was asked to.
const SENT_SHARE: f64 = 0.99;
/// Lag that is always allowed at p99.
const LAG_ALLOWED: Duration = Duration::from_millis(1);
/// Lag that is allowed at p99 as a share of the response at p99: what is small beside it does not distort it.
const LAG_SHARE: f64 = 0.1;
/// Of its one core that the engine's thread may use.
const CPU_SHARE: f64 = 0.8;
/// Of the time that the generator may be ready to run and wait for a processor.
const WAIT_SHARE: f64 = 0.1;
/// What takes more of the time than this makes more than one request in a hundred late by itself, and is named where
/// requests left late.
const WORTH_NAMING: f64 = 0.01;
/// Of what was asked for: with less that counts, a run has not measured it.
const SOUND_SHARE: f64 = 0.5;
/// Of all cores that the closed model's threads may use.
const CLOSED_CPU_SHARE: f64 = 0.8;
/// Answered well, of due, where no error explains it: below it the server did not keep up.
const KEPT_UP: f64 = 0.95;
/// The middle of the second half over that of the first: above it (or below its inverse) the server was not the same.
const DRIFT: f64 = 2.0;
/// Standard deviations of the rank-sum test that make a drift certain: one in a thousand by chance.
const DRIFT_Z: f64 = 3.29;
/// Seconds without which no drift can be seen.
const DRIFT_SECONDS: usize = 8;

/// What is known about a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Evidence {
    pub(crate) due: u64,
    pub(crate) sent: u64,
    pub(crate) good: u64,
    pub(crate) shed: u64,
    /// Connections that could not be tried: no descriptors or ports left here.
    pub(crate) exhausted: u64,
    /// Samples that found no place on their way to be counted.
    pub(crate) lost: u64,
    pub(crate) lag_p99: Duration,
    pub(crate) response_p99: Duration,
    /// Of one core (open model), or of all cores (closed model).
    pub(crate) cpu_share: Option<f64>,
    pub(crate) is_open: bool,
    /// Whether it is the engine's one thread that offers the load.
    pub(crate) is_one_thread: bool,
    /// Of the time that counts, in which the generator waited for a processor of its own machine.
    pub(crate) wait_share: Option<f64>,
    /// Of the processors' time, in what counts, that the host of the machine took away.
    pub(crate) stolen_share: Option<f64>,
    /// Time that was asked for, that counts, and that was set aside because of the host.
    pub(crate) asked: Duration,
    pub(crate) sound: Duration,
    pub(crate) set_aside: Duration,
    /// Median response of each second.
    pub(crate) medians: Vec<f64>,
    /// Requests that timed out or were never answered.
    pub(crate) unanswered: u64,
}

/// The verdict and the figures behind it, the deciding one first.
pub(crate) fn judge(evidence: &Evidence) -> (Honesty, Vec<String>) {
    let limits = generator_limits(evidence);
    if !limits.is_empty() {
        return (Honesty::GeneratorLimited, limits);
    }
    let mut facts = plain_facts(evidence);
    if evidence.due == 0 {
        facts.insert(0, "nothing was due in the measured time".to_owned());
        return (Honesty::TooFewSamples, facts);
    }
    let share = evidence.good as f64 / evidence.due as f64;
    if share < KEPT_UP && evidence.unanswered > 0 {
        facts.insert(0, format!("the server answered {} of what was due in time", show::share(share)));
        return (Honesty::ServerLimited, facts);
    }
    if let Some(drift) = drift(&evidence.medians) {
        facts.insert(0, drift);
        return (Honesty::NotStationary, facts);
    }
    (Honesty::Valid, facts)
}

fn generator_limits(evidence: &Evidence) -> Vec<String> {
    let Evidence { due, sent, shed, exhausted, lost, lag_p99, response_p99, cpu_share, is_open, .. } =
        evidence;
    let mut limits: Vec<String> = disturbed_too_often(evidence).into_iter().collect();
    if *exhausted > 0 {
        limits.push(format!(
            "{exhausted} requests found no descriptor or port left on this machine (raise `ulimit -n`)"
        ));
    }
    if *shed > 0 {
        limits.push(format!("{shed} arrivals found every connection in use and were not sent"));
    }
    if *lost > 0 {
        limits.push(format!("{lost} samples were lost on the way to be counted"));
    }
    if *due > 0 && (*sent as f64) < *due as f64 * SENT_SHARE && *exhausted == 0 && *shed == 0 && *is_open {
        limits.push(format!("sent {sent} of {due} requests that were due"));
    }
    let allowed = LAG_ALLOWED.max(response_p99.mul_f64(LAG_SHARE));
    if *is_open && *lag_p99 > allowed {
        limits.push(format!(
            "requests left late: lag p99 {}, allowed {}",
            show::seconds(lag_p99.as_secs_f64()),
            show::seconds(allowed.as_secs_f64())
        ));
    }
    let is_kept_waiting = evidence.wait_share.is_some_and(|share| share > WAIT_SHARE);
    if let Some(share) = evidence.wait_share.filter(|_| is_kept_waiting) {
        limits.push(format!(
            "the generator waited for a processor {} of the time, allowed {}",
            show::share(share),
            show::share(WAIT_SHARE)
        ));
    }
    if is_kept_waiting || (*is_open && *lag_p99 > allowed) {
        limits.extend(who_crowds(evidence));
    }
    let most = if *is_open { CPU_SHARE } else { CLOSED_CPU_SHARE };
    if let Some(share) = cpu_share.filter(|share| *share > most) {
        limits.push(format!(
            "the generator used {} of its processor time, allowed {}",
            show::share(share),
            show::share(most)
        ));
    }
    limits
}

/// Whether too little is left of the run to judge by.
fn disturbed_too_often(evidence: &Evidence) -> Option<String> {
    let Evidence { asked, sound, set_aside, .. } = evidence;
    let ran = *sound + *set_aside;
    // A run that was cut short is held against what it had run by then.
    let needed = (*asked).min(ran).mul_f64(SOUND_SHARE);
    (*sound < needed && !set_aside.is_zero()).then(|| {
        format!(
            "the host of this machine took its processors away in {} of {} s, and of the time asked for at least {} must be sound",
            show::digits(set_aside.as_secs_f64()),
            show::digits(ran.as_secs_f64()),
            show::share(SOUND_SHARE)
        )
    })
}

/// Who had the processors when the generator was late: the host, so that nobody on this machine can be blamed, or
/// other programs on it. Waiting in the machine's own queue while the host takes its processors is the host's doing.
fn who_crowds(evidence: &Evidence) -> Option<String> {
    let Evidence { wait_share, stolen_share, .. } = evidence;
    if let Some(stolen) = stolen_share.filter(|stolen| *stolen > WORTH_NAMING) {
        return Some(format!(
            "the host of this machine took its processors away for {} of the time",
            show::share(stolen)
        ));
    }
    let wait = wait_share.filter(|wait| *wait > WORTH_NAMING)?;
    // Up to the limit, being woken takes as much as waiting for others: 50 µs each time on an idle virtual processor.
    Some(if wait > WAIT_SHARE {
        "other programs on this machine (the server, if it runs here) had its processors".to_owned()
    } else {
        format!(
            "the generator waited {} of the time for a processor of this machine: to be woken, or for other programs",
            show::share(wait)
        )
    })
}

fn plain_facts(evidence: &Evidence) -> Vec<String> {
    let mut facts = Vec::new();
    if evidence.is_open {
        facts.push(format!("lag p99 {}", show::seconds(evidence.lag_p99.as_secs_f64())));
    }
    if let Some(share) = evidence.cpu_share {
        facts.push(format!(
            "{} of its {}",
            show::share(share),
            if evidence.is_one_thread { "core" } else { "cores" }
        ));
    }
    facts.push("nothing shed".to_owned());
    facts
}

/// Whether the second half of the run was slower or faster than the first.
fn drift(medians: &[f64]) -> Option<String> {
    if medians.len() < DRIFT_SECONDS {
        return None;
    }
    let (first, second) = medians.split_at(medians.len() / 2);
    let ratio = median(second) / median(first).max(f64::MIN_POSITIVE);
    let certain = rank_sum_z(first, second).abs() > DRIFT_Z;
    (certain && !(1.0 / DRIFT..=DRIFT).contains(&ratio)).then(|| {
        format!(
            "the median response went from {} in the first half to {} in the second",
            show::seconds(median(first)),
            show::seconds(median(second))
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fine() -> Evidence {
        Evidence {
            due: 10_000,
            sent: 10_000,
            good: 10_000,
            lag_p99: Duration::from_micros(60),
            response_p99: Duration::from_millis(8),
            cpu_share: Some(0.09),
            is_open: true,
            is_one_thread: true,
            medians: vec![0.001; 30],
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
        let cases: [(Change, &str); 8] = [
            (|evidence| evidence.shed = 1, "every connection in use"),
            (|evidence| evidence.exhausted = 1, "ulimit"),
            (|evidence| evidence.sent = 9_800, "sent 9800 of 10000"),
            (|evidence| evidence.lag_p99 = Duration::from_micros(1_100), "left late"),
            (|evidence| evidence.cpu_share = Some(0.85), "85 %"),
            (|evidence| evidence.lost = 3, "lost"),
            (|evidence| evidence.wait_share = Some(0.14), "waited for a processor 14 %"),
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
        let drifting =
            Evidence { medians: (0..30).map(|second| 0.001 * f64::from(1 + second / 5)).collect(), ..fine() };
        assert_eq!(judge(&drifting).0, Honesty::NotStationary);
        let behind = Evidence { good: 6_000, unanswered: 4_000, ..fine() };
        assert_eq!(judge(&behind).0, Honesty::ServerLimited);
        // A server that refuses quickly has kept up; that it refused is for the SLO to judge.
        let refusing = Evidence { good: 6_000, ..fine() };
        assert_eq!(judge(&refusing).0, Honesty::Valid);
    }
}
