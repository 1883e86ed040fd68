//! A content delivery network, when most of what travels is media that it can keep, or users are so far away that the
//! way takes half of what is promised.
//!
//! Evidence: it takes nine tenths of media off the origin and costs half of what the origin's traffic does (0.05 against
//! 0.10 USD/GB, napkin-math 2026-03; Alex Xu's `YouTube` pays 150,000 USD a day for it). Small pages gain nothing.

use scenarios::estimate::{Advice, UnitName};

use super::Findings;
use super::say::{Threshold, flip, held, outcome, say};

/// Of all bytes that go out.
const LEAST_MEDIA: Threshold = Threshold(0.5, "assumed: most of it");
const HIT_RATIO: f64 = 0.9;
/// Origin less network, in dollars for a byte.
const SAVED_PER_BYTE: f64 = (0.10 - 0.05) / 1e9;

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let Some(egress) = findings.at("egress, mean").filter(|egress| *egress > 0.0) else { return Vec::new() };
    let media = findings.at("media egress, mean").unwrap_or(0.0);
    let share = held("media, of what goes out", (media / egress).min(1.0), LEAST_MEDIA, UnitName::Share);
    let far = findings.far().filter(|far| far.margin > 1.0);
    let fires = share.margin > 1.0 || far.is_some();
    let chosen = findings.scenario.cdn.map(|cdn| cdn.is_used);
    let what = match (chosen, fires) {
        (Some(true), true) => "CDN: you chose one, rightly",
        (Some(true), false) => "CDN: you chose one, but little of what travels is media",
        (Some(false), true) => "CDN: you chose none, but it would pay",
        (Some(false), false) => "CDN: you chose none, rightly",
        (None, true) if share.margin > 1.0 => "CDN: serve media from it",
        (None, true) => "CDN: serve what can be cached near the far users",
        (None, false) => "no CDN needed",
    };
    let mut advice = say("cdn", outcome(fires), what);
    advice.because = findings.compare(&share);
    if let Some(far) = &far {
        advice.because = format!("{}; {}", findings.compare(far), advice.because);
    }
    if media > 0.0 {
        let saved = media * HIT_RATIO * findings.ledger.conventions.month_seconds * SAVED_PER_BYTE;
        let saved = findings.write(saved, UnitName::DollarsPerMonth);
        advice.because = format!("{}; saves about {saved}", advice.because);
    }
    let limit = findings.write(LEAST_MEDIA.0, UnitName::Share);
    advice.flips = format!("flips {} {limit} media", if share.margin > 1.0 { "below" } else { "above" });
    if far.is_none() {
        advice.flip = findings.only_media().and_then(|name| {
            // Media m of all e become half of it: m t = (e − m + m t) ÷ 2.
            flip(&format!("size of {name}"), (egress - media) / media)
        });
    }
    advice.figures = [Some(share), far].into_iter().flatten().collect();
    vec![advice]
}

impl Findings<'_> {
    /// The one kind of media that is read, where the size of the answers follows from its size.
    fn only_media(self) -> Option<String> {
        let traffic = self.traffic?;
        let mut names = std::collections::BTreeSet::new();
        for action in traffic.actions.iter().map(|action| &self.scenario.actions[action.index]) {
            for touch in &action.reads {
                let entity = &self.scenario.data[touch.entity];
                let size = self.at(&format!("{} size", entity.name)).unwrap_or(0.0);
                if crate::sizes::is_blob(entity, size) {
                    // The size alone makes it one: half of it may make it a row.
                    entity.kind.filter(|_| action.answer.is_none())?;
                    names.insert(entity.name.clone());
                }
            }
        }
        (names.len() == 1).then(|| names.pop_first()).flatten()
    }
}
