//! The generator's verdict on itself: can its numbers be believed?
//!
//! A run in which the generator was the limit tells nothing about the server; whatever the SLO says, the answer is
//! then "cannot tell". The verdict is a pure function of the evidence, and every figure behind it is printed.
//!
//! | verdict | because |
//! | --- | --- |
//! | generator limited | sent too little, sent late, shed, out of descriptors or ports, samples lost, its processor too busy or taken |
//! | server limited | much was never answered, or answers waited longer with each second of load |
//! | not stationary | the server got slower or faster, or had not settled in half of the run |
//! | too few samples | nothing was due, or a promise is open that asks for more requests than were due |
//! | valid | none of these |
//!
//! **Waiting for a processor** for more than a tenth of the time makes the generator the limit only where it matters. At
//! a hundred requests a second a tenth of the time is 1 ms for each, at two thousand 50 µs; the same share that spoils
//! the one run is nothing in the other. So it has to be late as well (lag, which the same waiting causes before sending),
//! or each request has to wait for more than a tenth of the median response, as lag may be a tenth of p99. The users
//! of the closed model have no lag to see it by, and there the share decides. It is named in any case.

use std::time::Duration;

use scenarios::report::Honesty;
use scenarios::show;

use crate::drive::Room;
use crate::engine::Scarce;
use crate::settled;

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
/// By how much an answer may wait longer with each second of load, in seconds: beyond it, the server does a hundredth
/// less than is offered, and the wait is a matter of how long the run is.
const BEHIND_PER_SECOND: f64 = 0.01;
/// Requests that have to lie beyond a quantile before it is measured.
const BEYOND_QUANTILE: f64 = 10.0;

/// A promise that the run left open.
#[derive(Clone, Debug)]
pub(crate) struct Open {
    pub(crate) promise: String,
    pub(crate) share: f64,
    pub(crate) scheduled: u64,
}

/// What is known about a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Evidence {
    pub(crate) due: u64,
    pub(crate) sent: u64,
    pub(crate) good: u64,
    pub(crate) shed: u64,
    /// Connections that could not be tried: no descriptors or ports left here.
    pub(crate) exhausted: u64,
    /// What had run out for the first of these.
    pub(crate) scarce: Option<Scarce>,
    /// How many connections there could be, and why no more.
    pub(crate) room: Room,
    /// Samples that found no place on their way to be counted.
    pub(crate) lost: u64,
    pub(crate) lag_p99: Duration,
    pub(crate) response_p99: Duration,
    pub(crate) response_p50: Duration,
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
    /// Median response of each second, for each stretch in which the server should be the same: the levels of a shape.
    pub(crate) medians: Vec<Vec<f64>>,
    /// Requests that timed out or were never answered.
    pub(crate) unanswered: u64,
    /// Promises that can be measured, and that the run left open.
    pub(crate) open: Vec<Open>,
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
    if let Some((verdict, reason)) = evidence.medians.iter().find_map(|medians| unsteady(medians)) {
        facts.insert(0, reason);
        return (verdict, facts);
    }
    if let Some(few) = evidence.open.iter().find_map(|open| too_few(open, evidence.sound)) {
        facts.insert(0, few);
        return (Honesty::TooFewSamples, facts);
    }
    (Honesty::Valid, facts)
}

/// Whether the server was not the same from beginning to end.
fn unsteady(medians: &[f64]) -> Option<(Honesty, String)> {
    let seconds = show::seconds;
    if let Some(settled::Drift { before_s, after_s, per_second }) = settled::drift(medians) {
        let change = format!("from {} to {}", seconds(before_s), seconds(after_s));
        return Some(if per_second > BEHIND_PER_SECOND {
            let done = show::share(1.0 / (1.0 + per_second));
            let longer = seconds(per_second);
            let fell = format!(
                "the server did about {done} of what was offered: each second of load made answers wait {longer} longer"
            );
            (Honesty::ServerLimited, format!("{fell}, {change}"))
        } else {
            (Honesty::NotStationary, format!("the median response of a second went {change}"))
        });
    }
    let start = settled::start(medians).filter(|start| start.is_half)?;
    let (first, later) = (seconds(start.at_first_s), seconds(start.later_s));
    Some((
        Honesty::NotStationary,
        format!("the server had not settled in half of the run: a median of {first} at first, then {later}"),
    ))
}

/// Whether a promise is open for want of requests, and how many it takes.
fn too_few(open: &Open, measured: Duration) -> Option<String> {
    let needed = (BEYOND_QUANTILE / (1.0 - open.share).max(f64::MIN_POSITIVE)).ceil();
    let had = open.scheduled as f64;
    if had >= needed {
        return None;
    }
    let time = match open.scheduled {
        0 => String::new(),
        _ => format!(": some {} s at this rate", show::count((measured.as_secs_f64() * needed / had).ceil())),
    };
    Some(format!(
        "{} requests are too few for {}, which takes {}{time}",
        show::count(had),
        open.promise,
        show::count(needed)
    ))
}

fn generator_limits(evidence: &Evidence) -> Vec<String> {
    let Evidence { due, sent, shed, exhausted, lost, lag_p99, response_p99, cpu_share, is_open, .. } =
        evidence;
    let mut limits: Vec<String> = disturbed_too_often(evidence).into_iter().collect();
    limits.extend(what_ran_out(evidence));
    if *lost > 0 {
        limits.push(format!("{lost} samples were lost on the way to be counted"));
    }
    if *due > 0 && (*sent as f64) < *due as f64 * SENT_SHARE && *exhausted == 0 && *shed == 0 && *is_open {
        limits.push(format!("sent {sent} of {due} requests that were due"));
    }
    let allowed = LAG_ALLOWED.max(response_p99.mul_f64(LAG_SHARE));
    let is_late = *is_open && *lag_p99 > allowed;
    if is_late {
        limits.push(format!(
            "requests left late: lag p99 {}, allowed {}",
            show::seconds(lag_p99.as_secs_f64()),
            show::seconds(allowed.as_secs_f64())
        ));
    }
    let is_kept_waiting = waits_too_long(evidence, is_late);
    if let Some(share) = evidence.wait_share.filter(|_| is_kept_waiting) {
        limits.push(format!(
            "the generator waited for a processor {} of the time, allowed {}{}",
            show::share(share),
            show::share(WAIT_SHARE),
            wait_per_request(evidence)
                .map_or(String::new(), |wait| format!(": {} for each request", show::seconds(wait)))
        ));
    }
    if is_kept_waiting || is_late {
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

/// Of what this machine had too little to connect, how much of it there was, and what helps.
fn what_ran_out(evidence: &Evidence) -> Vec<String> {
    let Evidence { shed, exhausted, room, .. } = evidence;
    let mut limits = Vec::new();
    if *exhausted > 0 {
        let scarce = evidence.scarce.unwrap_or(Scarce::Descriptors);
        let of = room.descriptors.filter(|_| scarce == Scarce::Descriptors);
        let of = of.map_or(String::new(), |limit| format!(" (it may have {limit})"));
        limits.push(format!("{exhausted} requests found no {} left{of}: {}", scarce.word(), scarce.hint()));
    }
    if *shed > 0 {
        let short = format!("; {}: raise the hard limit (`ulimit -Hn`), or offer less", room.in_words());
        let why = if room.is_short { short } else { String::new() };
        limits.push(format!("{shed} arrivals found every connection in use and were not sent{why}"));
    }
    limits
}

/// Whether waiting for a processor spoiled the figures; see the header.
fn waits_too_long(evidence: &Evidence, is_late: bool) -> bool {
    let is_much = evidence.wait_share.is_some_and(|share| share > WAIT_SHARE);
    let counts =
        wait_per_request(evidence).is_none_or(|wait| wait > evidence.response_p50.as_secs_f64() * LAG_SHARE);
    is_much && (is_late || counts)
}

/// How long the engine waited for a processor for each request, in seconds; `None` in the closed model.
fn wait_per_request(evidence: &Evidence) -> Option<f64> {
    let share = evidence.wait_share.filter(|_| evidence.is_one_thread && evidence.due > 0)?;
    Some(share * evidence.sound.as_secs_f64() / evidence.due as f64)
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
    if let Some((share, wait)) =
        evidence.wait_share.filter(|share| *share > WAIT_SHARE).zip(wait_per_request(evidence))
    {
        facts.push(format!(
            "waited for a processor {} of the time, {} for each request",
            show::share(share),
            show::seconds(wait)
        ));
    }
    facts.push("nothing shed".to_owned());
    facts
}

#[cfg(test)]
mod tests;
