//! Both worlds: the same throughput through arrivals at a rate and through users who wait, and what the second hides.
//!
//! While a server is slow, a user who waits for his answer asks for nothing, so the closed model leaves out the requests
//! that would have waited longest. How much that is depends on the pause: users who think for a minute are nearly
//! arrivals at a rate, users who do not think at all ask once in a stall, however long it is.
//!
//! A gap is said to be real only where it is beyond chance and beyond what two parts, run one after the other by two
//! engines, may differ by:
//!
//! ```text
//! with intervals     lower end of the open part's > LEAST_RATIO x upper end of the users', and LEAST_GAP more
//! one stall or two   have no interval: both parts met waits as long (their maxima within a factor of two), enough
//!                    samples lie beyond the quantile in both, and it is FEW_RATIO times as long in the open part
//! ```
//!
//! Pure: a function of the two parts' figures. Promises are judged on the open part alone, whatever is found here.

use scenarios::report::{ActionReport, BothWorlds, Gap, Hides, Honesty, Quantile, Report};
use scenarios::show;

/// Once more than so many times the upper end of the other interval.
const LEAST_RATIO: f64 = 1.5;
/// Seconds: the lag that the generator is allowed in any case.
const LEAST_GAP: f64 = 0.001;
/// How many times as long a quantile without intervals has to be.
const FEW_RATIO: f64 = 5.0;
/// Samples beyond a quantile without which it says nothing.
const FEW_BEYOND: f64 = 10.0;
/// What has to agree before the two worlds are said to.
const TAIL: f64 = 0.99;
/// How far the two throughputs may be apart to be called the same, as a share; and as standard deviations of a count.
const SAME_SHARE: f64 = 0.1;
const SAME_DEVIATIONS: f64 = 4.0;
/// Below this share of what was asked, the server did not keep up.
const KEPT_UP: f64 = 0.99;

/// What one part saw, and what limited the generator in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'a> {
    pub(crate) all: &'a ActionReport,
    pub(crate) limit: Option<&'a str>,
}

impl Part<'_> {
    fn of(report: &Report) -> Part<'_> {
        let generator = &report.generator;
        let is_limited = generator.verdict == Honesty::GeneratorLimited;
        let limit = is_limited.then(|| generator.evidence.first().map_or("", String::as_str));
        Part { all: &report.all, limit }
    }
}

/// The users' part held against the open one.
pub(crate) fn worlds(open: &Report, closed: Report) -> BothWorlds {
    let (gaps, hides, finding) = compare(Part::of(open), Part::of(&closed));
    let Report { offered, all, generator, .. } = closed;
    BothWorlds {
        users: offered.users.unwrap_or_default(),
        think_s: offered.think_s.unwrap_or_default(),
        rule: offered.rule,
        measured_s: offered.measured_s,
        warmup_s: offered.warmup_s,
        cut_short: offered.cut_short,
        all,
        verdict: generator.verdict,
        evidence: generator.evidence,
        gaps,
        hides,
        finding,
    }
}

/// Each quantile in both worlds, whether the closed one hides something, and that in a sentence.
pub(crate) fn compare(open: Part<'_>, closed: Part<'_>) -> (Vec<Gap>, Hides, String) {
    let pair = |one: &Quantile| {
        let other = closed.all.response.quantile(one.q)?;
        let is_real = is_beyond(one, other).or_else(|| is_beyond_few(one, other, open.all, closed.all));
        Some(Gap { q: one.q, open_s: one.value_s, closed_s: other.value_s, is_real })
    };
    let gaps: Vec<Gap> = open.all.response.quantiles.iter().filter_map(pair).collect();
    let (hides, finding) = find(open, closed, &gaps);
    (gaps, hides, finding)
}

/// Whether the one is longer than the other, beyond chance and by enough to matter.
fn is_beyond(longer: &Quantile, shorter: &Quantile) -> Option<bool> {
    let ((low, _), (_, high)) = (longer.interval_s?, shorter.interval_s?);
    Some(low > high * LEAST_RATIO && low - high > LEAST_GAP)
}

/// The same where slow answers came all at once, so that there is no interval; only ever yes or unknown.
fn is_beyond_few(
    longer: &Quantile,
    shorter: &Quantile,
    open: &ActionReport,
    closed: &ActionReport,
) -> Option<bool> {
    let enough = |part: &ActionReport| part.response.count as f64 * (1.0 - longer.q) >= FEW_BEYOND;
    let met_alike = closed.response.max_s * 2.0 >= open.response.max_s;
    let by_far = longer.value_s > shorter.value_s * FEW_RATIO && longer.value_s - shorter.value_s > LEAST_GAP;
    (enough(open) && enough(closed) && met_alike && by_far).then_some(true)
}

fn find(open: Part<'_>, closed: Part<'_>, gaps: &[Gap]) -> (Hides, String) {
    let cannot = |why: String| {
        (Hides::CannotTell, format!("whether the closed model hides anything cannot be told: {why}"))
    };
    for (name, part) in [("open", open), ("users'", closed)] {
        if let Some(why) = part.limit {
            return cannot(format!("the generator was the limit in the {name} part ({why})"));
        }
    }
    let (open, closed) = (open.all, closed.all);
    let rate = show::digits(open.asked_per_s);
    let users_rate = show::digits(closed.asked_per_s);
    let real = gaps.iter().filter(|gap| gap.is_real == Some(true));
    if let Some(gap) = real.max_by(|a, b| ratio(a).total_cmp(&ratio(b))) {
        let same = if is_same(open, closed) {
            format!("at the same {rate}/s")
        } else {
            format!("at {rate}/s, of which users who wait ask for {users_rate},")
        };
        return (
            Hides::Yes,
            format!(
                "{same} the closed model hides a {} of {}: its users saw {}, because who waits does not ask",
                percentile(gap.q),
                show::seconds(gap.open_s),
                show::seconds(gap.closed_s)
            ),
        );
    }
    if !is_same(open, closed) {
        return cannot(format!("the users came to {users_rate}/s, and the arrivals to {rate}/s"));
    }
    if let Some(gap) = gaps.iter().find(|gap| is_worse(gap.q, open, closed)) {
        return cannot(format!(
            "the users' {} was {}, and that of the arrivals {}: the parts ran one after the other, and something else changed",
            percentile(gap.q),
            show::seconds(gap.closed_s),
            show::seconds(gap.open_s)
        ));
    }
    if gaps.iter().any(|gap| gap.q >= TAIL && gap.is_real == Some(false)) {
        let kept_up = open.done_per_s >= open.asked_per_s * KEPT_UP;
        let why = if kept_up { ": the server kept up" } else { "" };
        return (
            Hides::No,
            format!("no gap beyond the intervals at {rate}/s{why}, and users who wait saw what arrivals did"),
        );
    }
    cannot("too few samples for intervals of p99 in both parts".to_owned())
}

fn is_worse(q: f64, open: &ActionReport, closed: &ActionReport) -> bool {
    let pair = closed.response.quantile(q).zip(open.response.quantile(q));
    pair.and_then(|(closed, open)| is_beyond(closed, open)) == Some(true)
}

/// Whether both parts asked for as much, give or take a tenth and what chance does to a count.
fn is_same(open: &ActionReport, closed: &ActionReport) -> bool {
    let (one, other) = (open.asked_per_s, closed.asked_per_s);
    let per_second = |action: &ActionReport| {
        // The deviation of a count is its root; that of a rate is in the same proportion to it.
        action.asked_per_s / (action.scheduled.max(1) as f64).sqrt()
    };
    let chance = SAME_DEVIATIONS * per_second(open).hypot(per_second(closed));
    (one - other).abs() <= one * SAME_SHARE + chance
}

fn ratio(gap: &Gap) -> f64 {
    gap.open_s / gap.closed_s.max(f64::MIN_POSITIVE)
}

/// `p99.9`.
pub(crate) fn percentile(q: f64) -> String {
    format!("p{}", show::digits(q * 100.0))
}
