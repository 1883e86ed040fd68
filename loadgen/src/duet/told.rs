//! What is said of a look while it goes on, and of each of those who were compared.

use scenarios::comparison::{Against, Metric, Variant};
use scenarios::show;

use super::arm::Arm;
use super::decide::Rules;
use super::figures::Round;
use super::summary::Standing;

/// Labels, and what they are.
pub(super) fn facts(arms: &[Arm]) -> Vec<(String, String)> {
    arms.iter().map(|arm| (arm.label.clone(), arm.what.clone())).collect()
}

/// One of them over all rounds.
pub(super) fn variant(label: String, what: String, rounds: &[Round], at: usize) -> Variant {
    let blocks = || rounds.iter().map(|round| &round[at]);
    let figures = Metric::ALL.into_iter().filter_map(|metric| {
        let values: Vec<f64> =
            blocks().filter(|block| block.unsound.is_none()).filter_map(|block| block.get(metric)).collect();
        (!values.is_empty()).then(|| (metric, crate::statistics::median(&values)))
    });
    Variant {
        requests: blocks().map(|block| block.requests).sum(),
        failed: blocks().map(|block| block.failed).sum(),
        memory_bytes: blocks().filter_map(|block| block.memory).max(),
        figures: figures.collect(),
        label,
        what,
    }
}

/// A look, in a line.
pub(super) fn told(look: u32, rounds: usize, standings: &[Standing], rules: &Rules) -> String {
    let words = standings.iter().map(|standing| {
        let metrics = rules.primary.iter().zip(&standing.judged).map(|((metric, _), judged)| {
            let change = judged.change.map_or("–".to_owned(), |change| format!("{:+.1} %", change * 100.0));
            format!("{} {change}", metric.title())
        });
        metrics.collect::<Vec<_>>().join(", ")
    });
    format!("look {look} after {rounds} rounds: {}", words.collect::<Vec<_>>().join(" · "))
}

/// What could be detected, in a line.
pub(crate) fn seen(against: &Against) -> String {
    let parts = against.metrics.iter().filter(|metric| metric.primary).map(|metric| {
        let seen = metric.detectable.map_or("unknown".to_owned(), |share| format!("+{}", show::share(share)));
        format!("{} {seen}", metric.name)
    });
    parts.collect::<Vec<_>>().join(", ")
}
