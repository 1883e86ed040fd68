//! What the numbers alone do not say: where they end, what they rule out, and what would make them better.

use scenarios::show::{count, digits, share};

use super::report::{Most, Options};
use super::table::Table;
use crate::laws::usl::fit::{Ceilings, REACH};
use crate::laws::usl::{self, Fit, Limit, Method, Reach};

/// As few degrees of freedom widen the 95 % interval by a third or more (Student's t of 2.57 against 1.96).
const FEW_DEGREES: usize = 5;
/// Below it the law leaves more of the variance to something else than a law of scaling should.
const LEAST_EXPLAINED: f64 = 0.9;
/// N and X R differ by less than this for the mean of a system that is measured as a whole.
const LITTLE_TOLERANCE: f64 = 0.1;

/// The notes of a report, those that change its meaning first.
pub(super) fn notes(table: &Table, fit: &Fit, most: &Most, options: &Options) -> Vec<String> {
    let per = table.per.name;
    let found = [
        ceiling(fit, per, options),
        no_peak(fit, per),
        reach(fit, most, options.reach),
        perhaps_no_peak(fit, most),
        degrees(fit),
        explained(fit),
        fit_by_squares(fit, options),
        little(table),
        unused(table),
    ];
    found.into_iter().flatten().collect()
}

fn ceiling(fit: &Fit, per: &str, options: &Options) -> Option<String> {
    let Some(ceiling) = fit.ceiling else {
        // Fitted through one because that was asked for.
        let through = options.fit.ceilings == Ceilings::Through;
        let found = through.then(|| usl::ceiling::ceiling(&fit.used)).flatten()?;
        return Some(format!(
            "hard ceiling: from N = {} to {} the throughput is the same; a law fitted through it is wrong on both sides",
            count(found.from),
            count(found.to),
        ));
    };
    let (used, all) = (fit.used.len(), fit.used.len() + fit.left_out.len());
    let next = fit.law.throughput(REACH * ceiling.from).ok()?;
    Some(format!(
        "hard ceiling: {}/{per} from N = {} to {}, which no such law has. It is fitted below, to {used} of {all} \
         measurements; without the ceiling it would do {}/{per} at N = {}",
        count(ceiling.throughput),
        count(ceiling.from),
        count(ceiling.to),
        count(next),
        count(REACH * ceiling.from),
    ))
}

fn no_peak(fit: &Fit, per: &str) -> Option<String> {
    match fit.law.limit() {
        Limit::Peak(_) => None,
        Limit::Asymptote { throughput } if fit.law.sigma() < 1.0 => Some(format!(
            "no peak: the best coherency κ would be negative, and is held at 0. The law approaches λ/σ = {}/{per}, which \
             is a guess as long as nothing near it was measured",
            count(throughput)
        )),
        Limit::Asymptote { .. } => {
            Some("the throughput does not grow with N: one is served at a time (σ is held at 1)".to_owned())
        }
        Limit::None => Some(
            "no loss at all: N do N times the work of one or more. Was N = 1 measured cold, or does N count something \
             that brings its own resources?"
                .to_owned(),
        ),
    }
}

fn reach(fit: &Fit, most: &Most, reach: Reach) -> Option<String> {
    let peak = fit.peak().filter(|peak| !peak.is_in_reach && fit.ceiling.is_none())?;
    let (number, largest) = (fit.used.len(), count(fit.largest()));
    let far = match most {
        Most::Peak { is_beyond: true, .. } if reach == Reach::Anywhere => {
            "the peak is a guess, far beyond the measurements".to_owned()
        }
        _ => format!(
            "the law has its peak at N = {} or so, which is a guess",
            count(peak.peak.exact.concurrency)
        ),
    };
    Some(format!(
        "{number} measurements up to N = {largest} only say that there is no peak before N = {}; {far}. Measure further out",
        count(REACH * fit.largest())
    ))
}

fn perhaps_no_peak(fit: &Fit, most: &Most) -> Option<String> {
    let interval = fit.kappa.error?.interval;
    (matches!(most, Most::Peak { .. }) && interval.0 <= 0.0).then(|| {
        "the 95 % interval of κ begins at 0: these measurements do not rule out that there is no peak"
            .to_owned()
    })
}

fn degrees(fit: &Fit) -> Option<String> {
    match fit.degrees_of_freedom {
        0 => Some("as many coefficients as measurements: nothing says how good the law is".to_owned()),
        few @ 1..FEW_DEGREES => Some(format!(
            "{few} degree{} of freedom: the intervals are wide because there are few measurements; each one more narrows them",
            if few == 1 { "" } else { "s" }
        )),
        _ => None,
    }
}

fn explained(fit: &Fit) -> Option<String> {
    let explained =
        fit.r_squared.filter(|explained| *explained < LEAST_EXPLAINED && fit.law.sigma() < 1.0)?;
    Some(format!(
        "the law explains {} of the variance: something else than N changes the throughput",
        share(explained.max(0.0))
    ))
}

/// The other method's answer, for whoever compares with older tools.
fn fit_by_squares(fit: &Fit, options: &Options) -> Option<String> {
    if fit.method == Method::LeastSquares {
        return None;
    }
    let other = usl::Options { method: Method::LeastSquares, ..options.fit };
    let found = usl::fit(&fit.used, &other).ok()?;
    Some(format!(
        "the transform lets the largest N decide; least squares gives λ {}, σ {}, κ {}",
        count(found.law.lambda()),
        digits(found.law.sigma()),
        digits(found.law.kappa())
    ))
}

fn little(table: &Table) -> Option<String> {
    let ratio = table.little.filter(|ratio| (ratio - 1.0).abs() > LITTLE_TOLERANCE)?;
    Some(format!(
        "N is {} × X R on average, and would be X R by Little's law: does N count users who think between requests? The \
         latency was not used",
        digits(ratio)
    ))
}

fn unused(table: &Table) -> Option<String> {
    let names: Vec<String> = table.unused.iter().map(|name| format!("`{name}`")).collect();
    (!names.is_empty()).then(|| format!("columns that were not used: {}", names.join(", ")))
}
