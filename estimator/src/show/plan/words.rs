//! The sentences of a plan that all its forms share: the answer, what it rests on, what was replaced.

use scenarios::capacity::Outcome;
use scenarios::estimate::{Kind, Spread, UnitName};
use scenarios::plan::{Basis, Moment, Plan, Replaced, RunsOut};
use scenarios::show;
use scenarios::verdict::Finding;

use crate::show::page::kind_name;

/// Ratios nearer to one than this are the same number for its reader.
const SAME: f64 = 1.005;

/// What the claims came to; nothing where the file claims nothing.
pub(super) fn finding(plan: &Plan) -> Option<Finding> {
    let any = |finding| plan.claims.iter().any(|claim| claim.verdict == finding);
    if plan.claims.is_empty() {
        None
    } else if any(Finding::Refuted) {
        Some(Finding::Refuted)
    } else if any(Finding::CannotTell) {
        Some(Finding::CannotTell)
    } else {
        Some(Finding::Confirmed)
    }
}

/// The answer in a line: `1 server now, 3 (2..4) by 2029-12-01; 60 USD a month now, 180 (120..240) then`.
pub(super) fn answer(plan: &Plan) -> String {
    let (Some(first), Some(last)) = (plan.moments.first(), plan.moments.last()) else { return String::new() };
    let number = |moment: &Moment| value(plan, moment.servers, UnitName::One);
    let noun = if number(first) == "1" { "server" } else { "servers" };
    let servers = if number(first) == number(last) {
        format!("{} {noun} now and by {}", number(first), plan.until)
    } else {
        format!("{} {noun} now, {} by {}", number(first), number(last), plan.until)
    };
    let cost = |moment: &Moment| money(plan, moment.cost);
    format!("{servers}; {} a month now, {} then", cost(first), cost(last))
}

/// What runs out first, in a sentence.
pub(super) fn first_to_run_out(plan: &Plan) -> String {
    match plan.runs_out.iter().find(|resource| resource.is_within) {
        Some(resource) => format!("first to run out: {}, {}", resource.resource, when(resource)),
        None => format!("nothing that was bought for the first day runs out before {}", plan.until),
    }
}

/// `on 2028-03-14 (2027-11-02..2028-09-30)`.
pub(super) fn when(resource: &RunsOut) -> String {
    let day = |index: usize| resource.days[index].as_deref();
    match (day(0), day(1), day(2)) {
        (Some(early), Some(middle), Some(late)) if early == late => format!("on {middle}"),
        (Some(early), Some(middle), late) => {
            format!("on {middle} ({early}..{})", late.unwrap_or("not in a hundred years"))
        }
        (Some(early), None, _) => format!("from {early} on, or not in a hundred years"),
        (None, ..) => "not in a hundred years".to_owned(),
    }
}

/// With a capital letter, as the beginning of a sentence.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// What the plan rests on, in a sentence.
pub(super) fn rests_on(plan: &Plan) -> String {
    let Basis { day, machine, target, promises, capacity, outcome, .. } = &plan.basis;
    let coarse = if *outcome == Outcome::Coarse { ", coarsely" } else { "" };
    format!(
        "One node held {}{coarse} with {}, measured {day} on {machine}; {target}",
        rate(plan, capacity.per_s, capacity.interval),
        promises.join(" and "),
    )
}

/// What ran out first on the measured node, in a sentence; nothing where the measurement does not say.
pub(super) fn ran_out(plan: &Plan) -> Option<String> {
    let limit = plan.basis.limit.as_ref()?;
    let evidence =
        if limit.evidence.is_empty() { String::new() } else { format!(": {}", limit.evidence.join("; ")) };
    Some(format!("What ran out first on it: {}{evidence}", limit.resource.words()))
}

/// `1,413 (1,380..1,450)/s`.
pub(super) fn rate(plan: &Plan, per_s: f64, interval: Option<(f64, f64)>) -> String {
    let write = |rate| show::value(rate, UnitName::PerSecond, &plan.conventions);
    match interval {
        Some((low, high)) => ranged([write(low), write(per_s), write(high)]),
        None => write(per_s),
    }
}

/// `server CPU per request: default 1 ms → measured 212 µs, 4.71 times lower`.
pub(super) fn sentence(plan: &Plan, replaced: &Replaced) -> String {
    let Replaced { quantity, unit, was, kind, measured, .. } = replaced;
    format!(
        "{quantity}: {} {} → measured {}, {}",
        kind_of(*kind),
        value(plan, *was, *unit),
        value(plan, *measured, *unit),
        times(replaced)
    )
}

/// The word for what stood there before; what was derived of guesses is one.
pub(super) fn kind_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Derived => "estimated",
        other => kind_name(other),
    }
}

/// `4.71 times lower`.
pub(super) fn times(replaced: &Replaced) -> String {
    let ratio = replaced.ratio;
    let (times, word) = if ratio >= 1.0 { (ratio, "lower") } else { (1.0 / ratio, "higher") };
    if times < SAME || !times.is_finite() {
        return "the same".to_owned();
    }
    format!("{} times {word}", show::digits(times))
}

/// A number and its range: `3 (2..4)`, `396 (390..402)/s`; the number alone where the range is written alike.
pub(super) fn value(plan: &Plan, spread: Spread, unit: UnitName) -> String {
    let write = |number| show::value(number, unit, &plan.conventions);
    ranged([write(spread.p10), write(spread.p50), write(spread.p90)])
}

/// The same for money, without the month that stands in a heading.
pub(super) fn money(plan: &Plan, spread: Spread) -> String {
    let write = |number| {
        let text = show::value(number, UnitName::DollarsPerMonth, &plan.conventions);
        text.trim_end_matches("/month").to_owned()
    };
    ranged([write(spread.p10), write(spread.p50), write(spread.p90)])
}

fn ranged([low, middle, high]: [String; 3]) -> String {
    if low == high {
        return middle;
    }
    let [(first, one), (number, unit), (last, other)] = [&low, &middle, &high].map(|text| show::parted(text));
    if one == unit && other == unit {
        format!("{number} ({first}..{last}){unit}")
    } else {
        format!("{middle} ({})", show::between(&low, &high))
    }
}
