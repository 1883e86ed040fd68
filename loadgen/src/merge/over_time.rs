//! The seconds of several runs as those of one: shares of the same second are added, stretches follow each other.
//!
//! Where several shares have the same second, its quantiles come from the histograms of their logs, added; a log counts
//! a request in the second in which it ended, not in that in which it was due, and a mark says so where it matters.

use std::collections::BTreeMap;
use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::Deserializer;
use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};
use scenarios::report::{Failures, OverTime, Second};

use super::Share;
use super::stretches::Stretch;
use crate::record::{Times, times};

/// Seconds of a log that are read: a day. A longer run has its quantiles, but not those of each second.
const MOST_SECONDS: u64 = 86_400;
/// Tags of what does not count.
const NOT_COUNTED: [&str; 2] = ["warmup:", "set-aside:"];

/// Response times by second, counted from the end of the warm-up.
pub(crate) type PerSecond = BTreeMap<u32, Times>;

/// Reads a log as far as it can be read; `warmup_s` is where measuring begins in it.
pub(crate) fn per_second(log: &[u8], warmup_s: f64) -> PerSecond {
    let mut seconds = PerSecond::new();
    for entry in IntervalLogIterator::new(log).map_while(Result::ok) {
        let LogEntry::Interval(interval) = entry else { continue };
        let tag = interval.tag().map_or("", |tag| tag.as_str());
        if NOT_COUNTED.iter().any(|prefix| tag.starts_with(prefix)) {
            continue;
        }
        let at = interval.start_timestamp().as_secs_f64() - warmup_s;
        let Some(histogram) = decoded(interval.encoded_histogram()) else { continue };
        if !(-1.0..MOST_SECONDS as f64).contains(&at) {
            continue;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and a day")]
        let at = at.max(0.0) as u32;
        // What does not fit is damaged, and left out.
        let _ = seconds.entry(at).or_insert_with(times).add(histogram);
    }
    seconds
}

fn decoded(text: &str) -> Option<Histogram<u32>> {
    Deserializer::new().deserialize(&mut Cursor::new(STANDARD.decode(text).ok()?)).ok()
}

/// Second by second, through all stretches.
pub(super) fn seconds(shares: &[Share], stretches: &[Stretch]) -> Vec<Second> {
    let mut merged = Vec::new();
    for stretch in stretches {
        let mut by_second: BTreeMap<u32, Vec<(usize, Second)>> = BTreeMap::new();
        for member in &stretch.members {
            for second in &shares[*member].report.seconds {
                by_second.entry(second.at_s).or_default().push((*member, *second));
            }
        }
        let moved = |second: Second| Second { at_s: second.at_s.saturating_add(stretch.offset), ..second };
        merged.extend(by_second.into_iter().map(|(at_s, together)| moved(second(shares, at_s, &together))));
    }
    merged
}

/// One second of several shares.
fn second(shares: &[Share], at_s: u32, together: &[(usize, Second)]) -> Second {
    if let [(_, only)] = together {
        return *only;
    }
    let mut all = times();
    for histogram in together.iter().filter_map(|(member, _)| shares[*member].seconds.get(&at_s)) {
        // All were added to the same bounds before.
        let _ = all.add(histogram);
    }
    let quantile = |q: f64| if all.is_empty() { 0.0 } else { all.value_at_quantile(q) as f64 / 1e9 };
    Second {
        at_s,
        scheduled: together.iter().map(|(_, second)| second.scheduled).sum(),
        good: together.iter().map(|(_, second)| second.good).sum(),
        p50_s: quantile(0.5),
        p99_s: quantile(0.99),
        max_s: together.iter().map(|(_, second)| second.max_s).fold(0.0, f64::max),
    }
}

/// Failures by kind through all stretches.
pub(super) fn over_time(shares: &[Share], stretches: &[Stretch]) -> OverTime {
    let all = || shares.iter().flat_map(|share| &share.report.over_time.failures);
    let interval_s = all().map(|failures| failures.interval_s.max(1)).max().unwrap_or(1);
    let mut kinds: BTreeMap<&str, BTreeMap<u32, u64>> = BTreeMap::new();
    for stretch in stretches {
        for failures in stretch.members.iter().flat_map(|member| &shares[*member].report.over_time.failures) {
            let counts = kinds.entry(&failures.kind).or_default();
            for (interval, count) in &failures.counts {
                let at = interval.saturating_mul(failures.interval_s).saturating_add(stretch.offset);
                *counts.entry(at / interval_s).or_default() += count;
            }
        }
    }
    let mut failures: Vec<Failures> = kinds
        .into_iter()
        .map(|(kind, counts)| Failures {
            kind: kind.to_owned(),
            interval_s,
            counts: counts.into_iter().collect(),
        })
        .collect();
    let total = |failures: &Failures| failures.counts.iter().map(|(_, count)| count).sum::<u64>();
    failures.sort_by_key(|failures| std::cmp::Reverse(total(failures)));
    OverTime { failures, ..OverTime::default() }
}
