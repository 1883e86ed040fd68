//! Work that writes have left for later.

use super::exposition::Exposition;
use super::names;
use crate::domain::Timestamp;
use crate::store::SharedStore;

/// Milliseconds of a second.
const MILLISECONDS: f64 = 1e3;

pub(super) fn render(text: &mut Exposition, store: &SharedStore, now: Timestamp) {
    let backlog = store.backlog();
    text.family(names::DERIVED_BACKLOG).sample(&[], backlog.waiting());
    text.family(names::DERIVED_LAG).sample(&[], backlog.lag_ms(now) as f64 / MILLISECONDS);
    text.family(names::DERIVED_VISIBLE).histogram(&[], &backlog.times(), MILLISECONDS);
}
