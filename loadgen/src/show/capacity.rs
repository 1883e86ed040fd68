//! A capacity in all of its forms, in the same words.
//!
//! | module | what it makes |
//! | --- | --- |
//! | `text`, `markdown` | a terminal, a comment on a pull request |

pub(crate) mod markdown;
pub(crate) mod text;

use scenarios::capacity::{Capacity, CapacityRate, Foreseen, Level, Outcome};
use scenarios::conventions::Conventions;
use scenarios::show;

/// A rate as people read it: three digits, and more only where it has them before the point.
pub(crate) fn rate(per_s: f64) -> String {
    let step = 10f64.powf((per_s.abs().max(1e-9).log10().floor() - 2.0).min(0.0));
    if per_s >= 1_000.0 { show::count(per_s.round()) } else { show::digits((per_s / step).round() * step) }
}

/// A sign for the outcome, as reports have them.
pub(crate) fn symbol(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Found => "✓",
        Outcome::Never => "✗",
        Outcome::Coarse | Outcome::AtLeast | Outcome::CannotTell => "?",
    }
}

/// The answer in words: `154 per second [149, 159] at p99 < 100 ms, 95 %, 310 s of load`.
pub(crate) fn answer(capacity: &Capacity) -> String {
    let promise = capacity.promises.first().map_or("the promise", String::as_str);
    let load = format!("{} s of load", capacity.load_s.round());
    match (capacity.outcome, &capacity.rate) {
        (
            Outcome::Found | Outcome::Coarse,
            Some(CapacityRate { per_s, interval: Some((low, high)), confidence }),
        ) => {
            let word = if capacity.outcome == Outcome::Coarse { ", coarse" } else { "" };
            format!(
                "{} per second [{}, {}] at {promise}, {}, {load}{word}",
                rate(*per_s),
                rate(*low),
                rate(*high),
                show::share(*confidence)
            )
        }
        (Outcome::AtLeast, Some(found)) => format!(
            "at least {} per second with every promise kept ({}), {load}",
            rate(found.per_s),
            capacity.promises.join(", ")
        ),
        (Outcome::Never, _) => format!("none: {promise} fails at the lowest rate that was tried, {load}"),
        _ => format!("cannot tell, {load}"),
    }
}

/// The same in actions, where an action is not one request.
pub(crate) fn in_actions(capacity: &Capacity) -> Option<String> {
    let per_action = capacity.requests_per_action;
    let found = capacity.rate.filter(|_| (per_action - 1.0).abs() > 0.001 && per_action > 0.0)?;
    Some(format!(
        "{} requests per second are {} actions per second: {} requests each",
        rate(found.per_s),
        rate(found.per_s / per_action),
        show::digits((per_action * 100.0).round() / 100.0)
    ))
}

/// Against whom, on what, and who shared it.
pub(crate) fn whom(capacity: &Capacity) -> String {
    let node = &capacity.node;
    let cores = node.cores.map_or(String::new(), |cores| format!(" · {} cores", show::digits(cores)));
    let memory = node
        .memory_bytes
        .map_or(String::new(), |bytes| format!(", {}", show::bytes(bytes as f64, &Conventions::default())));
    let shared = if node.shared_with_generator { ", shared with the generator" } else { "" };
    let seeded = capacity
        .target
        .seeded
        .as_ref()
        .map_or(String::new(), |seeded| format!(" · {} questions", show::count(seeded.questions as f64)));
    format!("{}{seeded}{cores}{memory}{shared}", capacity.target.what)
}

/// What the limit is, in a line, and what shows it.
pub(crate) fn limit(capacity: &Capacity) -> Option<(String, &[String])> {
    capacity.limit.as_ref().map(|limit| (limit.resource.words().to_owned(), &limit.evidence[..]))
}

/// What a level was offered.
pub(crate) fn pace(level: &Level) -> String {
    match (level.offered_per_s, level.connections) {
        (Some(per_s), _) => format!("{}/s", rate(per_s)),
        (None, Some(1)) => "1 connection".to_owned(),
        (None, Some(connections)) => format!("{connections} connections"),
        (None, None) => "–".to_owned(),
    }
}

/// What of a level kept its promise: `99.32 % [98.8, 99.6]`.
pub(crate) fn kept(level: &Level) -> String {
    let percent = |share: f64| format!("{:.2}", share * 100.0);
    level.attained.as_ref().map_or("–".to_owned(), |attained| {
        let (low, high) = attained.interval;
        format!("{} % [{}, {}]", percent(attained.share), percent(low), percent(high))
    })
}

/// What became of what was said beforehand.
pub(crate) fn foreseen(one: &Foreseen) -> (String, String) {
    let unit = one.unit;
    let spread = |spread| show::spread(spread, unit, &Conventions::default());
    let measured = one.measured.map_or("not tried".to_owned(), |measured| {
        let off = (one.predicted.p50 / measured.p50 - 1.0) * 100.0;
        format!("{} ({off:+.1} %)", spread(measured))
    });
    (spread(one.predicted), measured)
}
