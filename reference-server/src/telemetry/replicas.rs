//! Where reads are answered, and how far the replicas are.

use super::exposition::Exposition;
use super::{MICROSECONDS, names};
use crate::store::SharedStore;

/// Nothing but the names where there are no replicas.
pub(super) fn render(text: &mut Exposition, store: &SharedStore) {
    let report = store.replicas().unwrap_or_default();
    let numbered: Vec<(String, _)> =
        report.replicas.iter().map(|figures| (figures.number.to_string(), figures)).collect();
    let mut reads = text.family(names::READS);
    for (why, count) in &report.primary {
        reads.sample(&[("from", "primary"), ("why", why.name())], count);
    }
    for (number, figures) in &numbered {
        for (why, count) in figures.reads {
            reads.sample(&[("from", "replica"), ("replica", number), ("why", why.name())], count);
        }
    }
    let mut up = text.family(names::REPLICA_UP);
    for (number, figures) in &numbered {
        up.sample(&[("replica", number)], u8::from(figures.is_up));
    }
    let mut lag = text.family(names::REPLICA_LAG_BYTES);
    for (number, figures) in &numbered {
        lag.sample(&[("replica", number)], figures.lag_bytes);
    }
    let mut lag = text.family(names::REPLICA_LAG);
    for (number, figures) in &numbered {
        lag.sample(&[("replica", number)], figures.lag_seconds);
    }
    let mut visible = text.family(names::REPLICA_VISIBLE);
    for (number, figures) in &numbered {
        visible.histogram(&[("replica", number)], &figures.visible, MICROSECONDS);
    }
}
