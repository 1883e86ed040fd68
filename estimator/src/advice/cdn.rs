//! A content delivery network, when most of what travels is media that it can keep, when it saves money, or when users are
//! so far away that the way takes half of what is promised.
//!
//! It saves hits × price of egress − price of the network for each byte of media, at the file's prices or ours. Evidence:
//! it takes nine tenths of media off the origin and costs half of what the origin's traffic does (0.05 against 0.10
//! USD/GB, napkin-math 2026-03; Alex Xu's `YouTube` pays 150,000 USD a day for it). Small pages gain nothing.

use scenarios::estimate::{Advice, UnitName};

use crate::cdn::HITS;
use crate::prices::Good;

use super::Findings;
use super::say::{Threshold, flip, held, outcome, say};

/// Of all bytes that go out.
const LEAST_MEDIA: Threshold = Threshold(0.5, "assumed: most of it");
/// Dollars a month, below which a further service is not worth the hours it takes.
const LEAST_SAVED: Threshold = Threshold(100.0, "assumed: an hour or two of work");

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let Some(egress) = findings.at("egress, mean").filter(|egress| *egress > 0.0) else { return Vec::new() };
    let media = findings.at("media egress, mean").unwrap_or(0.0);
    let share = held("media, of what goes out", (media / egress).min(1.0), LEAST_MEDIA, UnitName::Share);
    let far = findings.far().filter(|far| far.margin > 1.0);
    let saved = findings.saved_by_cdn(media, egress);
    let saved = held("saves", saved, LEAST_SAVED, UnitName::DollarsPerMonth);
    let is_for_media = share.margin > 1.0 || saved.margin >= 1.0;
    let fires = is_for_media || far.is_some();
    let chosen = findings.scenario.cdn.map(|cdn| cdn.is_used);
    let what = match (chosen, fires) {
        (Some(true), true) => "CDN: you chose one, rightly",
        (Some(true), false) => "CDN: you chose one, but little of what travels is media",
        (Some(false), true) => "CDN: you chose none, but it would pay",
        (Some(false), false) => "CDN: you chose none, rightly",
        (None, true) if is_for_media => "CDN: serve media from it",
        (None, true) => "CDN: serve what can be cached near the far users",
        (None, false) => "no CDN needed",
    };
    let mut advice = say("cdn", outcome(fires), what);
    advice.because = findings.compare(&share);
    if let Some(far) = &far {
        advice.because = format!("{}; {}", findings.compare(far), advice.because);
    }
    if media > 0.0 {
        advice.because = format!("{}; {}", advice.because, findings.compare(&saved));
    }
    let (media_limit, saved_limit) = (
        findings.write(LEAST_MEDIA.0, UnitName::Share),
        findings.write(LEAST_SAVED.0, UnitName::DollarsPerMonth),
    );
    advice.flips = match &far {
        Some(far) if !is_for_media => {
            format!("flips below a round trip of {}", findings.write(far.threshold, UnitName::Seconds))
        }
        _ if fires => format!("flips below {media_limit} media and {saved_limit} saved"),
        _ => format!("flips above {media_limit} media or {saved_limit} saved"),
    };
    if far.is_none() {
        advice.flip = findings.only_media().and_then(|name| {
            // Media m of all e become half of it: m t = (e − m + m t) ÷ 2. What they save grows as they do.
            let by_money = if saved.value > 0.0 { 1.0 / saved.margin } else { f64::INFINITY };
            flip(&format!("size of {name}"), ((egress - media) / media).min(by_money))
        });
    }
    advice.figures = [Some(share), Some(saved), far].into_iter().flatten().collect();
    vec![advice]
}

impl Findings<'_> {
    /// Dollars a month that a network saves by sending the media: less than nothing where it is dearer.
    fn saved_by_cdn(self, media: f64, egress: f64) -> f64 {
        let in_a_month = self.at("egress in a month").unwrap_or(0.0) * (media / egress).min(1.0);
        let hits = self.at("CDN hits").unwrap_or(HITS);
        let [origin, network] = [Good::Egress, Good::Cdn].map(|good| good.per_byte_sent(self.scenario));
        in_a_month * (hits * origin - network)
    }

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
