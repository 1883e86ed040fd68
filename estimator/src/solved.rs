//! A law that is too slow to be solved for each sample, as a part of a formula.

use crate::ledger::{Ledger, LineId};
use crate::term::Term;

/// A law of one line, as a term that names what it reads, that line first; `None` where the law has no answer at the
/// median.
///
/// It is solved at the tenth, fiftieth and ninetieth percentile of the line alone and is a straight line in its
/// logarithm between these: solving it for each sample would take seconds.
pub(crate) fn solved(
    ledger: &Ledger,
    name: &str,
    of: Vec<Term>,
    line: LineId,
    law: impl Fn(f64) -> Option<f64>,
) -> Option<Term> {
    let spread = ledger.line(line).spread;
    let middle = (spread.p50, law(spread.p50)?);
    let end = |at: f64| law(at).map_or(middle, |value| (at, value));
    let (low, high) =
        if spread.p10 < spread.p90 { (end(spread.p10), end(spread.p90)) } else { (middle, middle) };
    Some(
        Term::fold(name, of, |first, _| first).apply_value(|at| {
            if at < middle.0 { between(low, middle, at) } else { between(middle, high, at) }
        }),
    )
}

/// On the straight line in ln x through two points; beyond them as at the nearer one.
fn between(low: (f64, f64), high: (f64, f64), x: f64) -> f64 {
    if x >= high.0 || low.0 >= high.0 {
        return if x >= high.0 { high.1 } else { low.1 };
    }
    if x <= low.0 {
        return low.1;
    }
    low.1 + (high.1 - low.1) * (x / low.0).ln() / (high.0 / low.0).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_two_points_the_line_is_straight_in_the_logarithm() {
        for (x, expected) in [(1.0, 0.2), (10.0, 0.2), (100.0, 0.3), (1_000.0, 0.4), (1e6, 0.4)] {
            assert!((between((10.0, 0.2), (1_000.0, 0.4), x) - expected).abs() < 1e-12, "{x}");
        }
        assert!((between((10.0, 0.2), (10.0, 0.2), 3.0) - 0.2).abs() < 1e-12);
    }
}
