//! A content delivery network, when most of what travels is media that it can keep.
//!
//! Evidence: it takes nine tenths of media off the origin and costs half of what the origin's traffic does (0.05 against
//! 0.10 USD/GB, napkin-math 2026-03; Alex Xu's `YouTube` pays 150,000 USD a day for it). Small pages gain nothing.

use scenarios::estimate::{Advice, UnitName};

use super::Findings;
use super::say::{held, outcome, say};

/// Of all bytes that go out.
const LEAST_MEDIA: f64 = 0.5;
const HIT_RATIO: f64 = 0.9;
/// Origin less network, in dollars for a byte.
const SAVED_PER_BYTE: f64 = (0.10 - 0.05) / 1e9;

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let Some(egress) = findings.ledger.find("egress, mean") else { return Vec::new() };
    let egress = findings.ledger.middle(egress);
    if egress <= 0.0 {
        return Vec::new();
    }
    let media = findings.media_read();
    let share = held("media, of what goes out", (media / egress).min(1.0), LEAST_MEDIA, UnitName::Share);
    let fires = share.value > share.threshold;
    let chosen = findings.scenario.cdn.map(|cdn| cdn.is_used);
    let what = match (chosen, fires) {
        (Some(true), true) => "CDN: you chose one, rightly",
        (Some(true), false) => "CDN: you chose one, but little of what travels is media",
        (Some(false), true) => "CDN: you chose none, but it would pay",
        (Some(false), false) => "CDN: you chose none, rightly",
        (None, true) => "CDN: serve media from it",
        (None, false) => "no CDN needed",
    };
    let mut advice = say("cdn", outcome(fires), what);
    advice.because = findings.compare(&share);
    if fires {
        let saved = media * HIT_RATIO * findings.ledger.conventions.month_seconds * SAVED_PER_BYTE;
        let saved = findings.write(saved, UnitName::DollarsPerMonth);
        advice.because = format!("{}; saves about {saved}", advice.because);
    }
    advice.flips = format!("flips at {}", findings.write(LEAST_MEDIA, UnitName::Share));
    advice.figures = vec![share];
    vec![advice]
}

impl Findings<'_> {
    /// Bytes of media that users read per second, on average.
    fn media_read(self) -> f64 {
        let Some(traffic) = self.traffic else { return 0.0 };
        let mut bytes = 0.0;
        for action in &traffic.actions {
            for touch in &self.scenario.actions[action.index].reads {
                let entity = &self.scenario.data[touch.entity];
                let size = self.ledger.find(&format!("{} size", entity.name));
                let size = size.map_or(0.0, |size| self.ledger.middle(size));
                if crate::sizes::is_blob(entity, size) {
                    bytes += self.ledger.middle(action.rate) * touch.count.middle() * size;
                }
            }
        }
        bytes
    }
}
