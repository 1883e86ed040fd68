//! Which of the folders went on at the same time, and where each stretch lies when they are laid one after the other.

use super::Share;

/// Runs that overlap by this share of the shorter one went on at the same time.
const OVERLAP: f64 = 0.5;

/// Folders of the same time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stretch {
    /// By their place among the shares.
    pub(super) members: Vec<usize>,
    /// Seconds measured: the mean over its members, which would all be the same had they begun at the same instant.
    pub(super) length_s: f64,
    /// Second at which it begins, when all are laid one after the other.
    pub(super) offset: u32,
}

/// The stretches in the order of time.
pub(super) fn stretches(shares: &[Share]) -> Vec<Stretch> {
    let windows: Vec<(f64, f64)> = shares
        .iter()
        .map(|share| {
            let offered = &share.report.offered;
            let from = share.report.provenance.started_unix_s as f64 + offered.warmup_s;
            (from, from + lasted(share))
        })
        .collect();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by(|one, other| windows[*one].0.total_cmp(&windows[*other].0));
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for index in order {
        match groups.last_mut() {
            Some(group) if overlap(windows[group[0]], windows[index]) => group.push(index),
            _ => groups.push(vec![index]),
        }
    }
    let mut offset: u32 = 0;
    let stretch = |mut members: Vec<usize>| {
        members.sort_unstable();
        let of = |value: fn(&Share) -> f64| members.iter().map(move |member| value(&shares[*member]));
        let length_s = of(|share| share.report.offered.measured_s).sum::<f64>() / members.len() as f64;
        let begins = offset;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "bounded; seconds of a run"
        )]
        let whole = of(lasted).fold(0.0, f64::max).ceil().clamp(0.0, 1e9) as u32;
        offset = offset.saturating_add(whole);
        Stretch { members, length_s, offset: begins }
    };
    groups.into_iter().map(stretch).collect()
}

/// From the end of the warm-up to the end of measuring: what was set aside is part of the time.
pub(super) fn lasted(share: &Share) -> f64 {
    let set_aside = share.report.set_aside.as_ref().map_or(0.0, |set_aside| set_aside.seconds);
    share.report.offered.measured_s + set_aside
}

/// Whether two stretches of time share so much that they count as one.
pub(super) fn overlap(one: (f64, f64), other: (f64, f64)) -> bool {
    let shared = one.1.min(other.1) - one.0.max(other.0);
    shared > 0.0 && shared >= OVERLAP * (one.1 - one.0).min(other.1 - other.0)
}
