//! The law that the measurements follow, its limit, the measurements beside it, and the predictions.

use serde::{Deserialize, Serialize};

use super::asked::Asked;
use super::notes::notes;
use super::table::Table;
use crate::laws::LawError;
use crate::laws::usl::ceiling::Ceiling;
use crate::laws::usl::fit::{Coefficient, FittedPeak, REACH};
use crate::laws::usl::{self, Fit, FitError, Limit, Reach};

/// The version of the report's form.
pub const SCHEMA: u32 = 1;

/// How a system scales. Throughputs are in the unit of the measurements; latencies are in seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScalingReport {
    /// The version of this form.
    pub schema: u32,
    /// The file.
    pub source: String,
    /// The time that throughputs count in: `s`, `min`, `h` or `day`.
    pub per: String,
    /// How the coefficients were found.
    pub method: String,
    /// The largest that is done, and where.
    pub most: Most,
    /// What contention and coherency take.
    pub losses: Option<LossesAt>,
    /// λ: throughput of one.
    pub lambda: CoefficientRow,
    /// σ: contention.
    pub sigma: CoefficientRow,
    /// κ: coherency.
    pub kappa: CoefficientRow,
    /// Measurements that count less coefficients.
    pub degrees_of_freedom: usize,
    /// Standard deviation of the residuals.
    pub residual_error: Option<f64>,
    /// Share of the variance that the law explains.
    pub r_squared: Option<f64>,
    /// The largest measured concurrency that counts.
    pub largest: f64,
    /// Each measurement beside the law, by concurrency.
    pub rows: Vec<MeasurementRow>,
    /// What was asked for.
    pub predictions: Vec<PredictionRow>,
    /// What the numbers alone do not say.
    pub notes: Vec<String>,
}

/// The largest that is done, and where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Most {
    /// More concurrency does less from here on.
    Peak {
        /// N* rounded down.
        concurrency: f64,
        /// X there.
        throughput: f64,
        /// N* itself.
        exact_concurrency: f64,
        /// X at N* itself.
        exact_throughput: f64,
        /// 95 % interval of N*; without an upper end where there may be no peak.
        concurrency_interval: Option<(f64, Option<f64>)>,
        /// 95 % interval of X at N*.
        throughput_interval: Option<(f64, f64)>,
        /// Further out than the measurements can tell.
        is_beyond: bool,
    },
    /// The throughput stops growing at once.
    Ceiling {
        /// The smallest concurrency that has it.
        from: f64,
        /// The largest that was measured to have it.
        to: f64,
        /// The throughput.
        throughput: f64,
    },
    /// There is none as far as the measurements can tell.
    NoPeak {
        /// How far that is.
        up_to: f64,
        /// What is approached without coherency: λ / σ.
        asymptote: Option<f64>,
    },
}

/// What contention and coherency take, at a concurrency.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LossesAt {
    /// The concurrency.
    pub concurrency: f64,
    /// Done, of what N independent ones would do.
    pub efficiency: f64,
    /// Lost to contention.
    pub contention: f64,
    /// Lost to coherency.
    pub coherency: f64,
}

/// A coefficient.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CoefficientRow {
    /// The best value.
    pub value: f64,
    /// Its standard error.
    pub standard_error: Option<f64>,
    /// Value over standard error.
    pub t: Option<f64>,
    /// 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// The best value without bounds makes no sense.
    pub is_at_bound: bool,
}

/// A measurement beside the law.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasurementRow {
    /// N.
    pub concurrency: f64,
    /// X as measured.
    pub measured: f64,
    /// X of the law.
    pub fitted: f64,
    /// Measured less fitted.
    pub residual: f64,
    /// How much it counts.
    pub weight: f64,
    /// Whether it counts; not above a hard ceiling.
    pub is_used: bool,
}

/// What was asked for and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PredictionRow {
    /// As asked.
    pub asked: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// How the remark on a prediction begins that is no answer, though it was asked for with [`Reach::Anywhere`].
pub const GUESS: &str = "a guess";

/// What became of a prediction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outcome {
    /// A point of the law.
    At {
        /// N.
        concurrency: f64,
        /// X.
        throughput: f64,
        /// 95 % interval in which a measurement would lie.
        interval: Option<(f64, f64)>,
        /// R in seconds.
        latency_seconds: f64,
        /// What to know about it.
        remark: String,
    },
    /// The system never does that.
    Never {
        /// Why.
        why: String,
    },
    /// The measurements do not say.
    CannotTell {
        /// Why.
        why: String,
    },
}

/// What may be asked of a report.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// How the law is found.
    pub fit: usl::Options,
    /// What to predict, as typed and as meant.
    pub asked: Vec<(String, Asked)>,
    /// How far.
    pub reach: Reach,
}

/// The report on a table.
///
/// # Errors
/// When no law can be fitted.
pub fn report(table: &Table, source: &str, options: &Options) -> Result<ScalingReport, FitError> {
    let fit = usl::fit(&table.measurements, &options.fit)?;
    let most = most(&fit, options.reach);
    let at = match &most {
        Most::Peak { concurrency, .. } => *concurrency,
        _ => fit.largest(),
    };
    let losses = fit.law.losses(at).ok().map(|losses| LossesAt {
        concurrency: at,
        efficiency: losses.efficiency,
        contention: losses.contention,
        coherency: losses.coherency,
    });
    let seconds = table.per.seconds;
    let predictions: Vec<PredictionRow> = options
        .asked
        .iter()
        .map(|(text, asked)| PredictionRow {
            asked: text.clone(),
            outcome: outcome(&fit, *asked, seconds, options.reach),
        })
        .collect();
    let mut notes = notes(table, &fit, &most, options);
    notes.extend(predictions.iter().filter_map(|row| match &row.outcome {
        Outcome::At { .. } => None,
        Outcome::Never { why } | Outcome::CannotTell { why } => Some(format!("{}: {why}", row.asked)),
    }));
    Ok(ScalingReport {
        schema: SCHEMA,
        source: source.to_owned(),
        per: table.per.name.to_owned(),
        method: fit.method.name().to_owned(),
        losses,
        lambda: row(fit.lambda),
        sigma: row(fit.sigma),
        kappa: row(fit.kappa),
        degrees_of_freedom: fit.degrees_of_freedom,
        residual_error: fit.residual_error,
        r_squared: fit.r_squared,
        largest: fit.largest(),
        rows: rows(&fit),
        predictions,
        notes,
        most,
    })
}

fn most(fit: &Fit, reach: Reach) -> Most {
    if let Some(Ceiling { from, to, throughput }) = fit.ceiling {
        return Most::Ceiling { from, to, throughput };
    }
    match fit.peak() {
        Some(FittedPeak { peak, concurrency, throughput, is_in_reach })
            if is_in_reach || reach == Reach::Anywhere =>
        {
            Most::Peak {
                concurrency: peak.whole.concurrency,
                throughput: peak.whole.throughput,
                exact_concurrency: peak.exact.concurrency,
                exact_throughput: peak.exact.throughput,
                concurrency_interval: concurrency,
                throughput_interval: throughput,
                is_beyond: !is_in_reach,
            }
        }
        Some(_) => Most::NoPeak { up_to: REACH * fit.largest(), asymptote: None },
        None => {
            let asymptote = match fit.law.limit() {
                Limit::Asymptote { throughput } => Some(throughput),
                Limit::Peak(_) | Limit::None => None,
            };
            Most::NoPeak { up_to: fit.largest(), asymptote }
        }
    }
}

fn row(coefficient: Coefficient) -> CoefficientRow {
    let Coefficient { value, error, is_at_bound } = coefficient;
    CoefficientRow {
        value,
        standard_error: error.map(|error| error.value),
        t: error.map(|error| error.t).filter(|t| t.is_finite()),
        interval: error.map(|error| error.interval),
        is_at_bound,
    }
}

fn rows(fit: &Fit) -> Vec<MeasurementRow> {
    let both =
        fit.used.iter().map(|point| (point, true)).chain(fit.left_out.iter().map(|point| (point, false)));
    let mut rows: Vec<MeasurementRow> = both
        .filter_map(|(point, is_used)| {
            let fitted = fit.law.throughput(point.concurrency).ok()?;
            Some(MeasurementRow {
                concurrency: point.concurrency,
                measured: point.throughput,
                fitted,
                residual: point.throughput - fitted,
                weight: point.weight,
                is_used,
            })
        })
        .collect();
    rows.sort_by(|a, b| a.concurrency.total_cmp(&b.concurrency));
    rows
}

/// What becomes of a question, in a table whose throughput counts in so many `seconds`.
fn outcome(fit: &Fit, asked: Asked, seconds: f64, reach: Reach) -> Outcome {
    let found = match asked {
        Asked::Concurrency(n) => Ok((n, None)),
        Asked::Throughput(per_second) => {
            let x = per_second * seconds;
            match fit.ceiling {
                Some(ceiling) if x > ceiling.throughput => {
                    Err(LawError::OutOfReach("above the hard ceiling"))
                }
                _ => fit.law.at_throughput(x).map(|found| (found.below_peak.concurrency, found.beyond_peak)),
            }
        }
        Asked::Latency(latency) => {
            let latency = latency / seconds;
            // At a ceiling every one more only waits: N = X R.
            let queued = fit.ceiling.map(|ceiling| ceiling.throughput * latency);
            let above = fit.ceiling.zip(queued).filter(|(ceiling, n)| *n > ceiling.from);
            above.map_or_else(
                || fit.law.at_latency(latency).map(|state| (state.concurrency, None)),
                |(_, n)| Ok((n, None)),
            )
        }
    };
    match found {
        Ok((n, beyond)) => at(fit, n, seconds, reach, beyond.map(|state| state.concurrency)),
        Err(error) => Outcome::Never { why: error.to_string() },
    }
}

fn at(fit: &Fit, n: f64, seconds: f64, reach: Reach, again_at: Option<f64>) -> Outcome {
    if let Some(ceiling) = fit.ceiling.filter(|ceiling| n > ceiling.from) {
        if n > REACH * ceiling.to && reach == Reach::Measured {
            return beyond(ceiling.to);
        }
        return Outcome::At {
            concurrency: n,
            throughput: ceiling.throughput,
            interval: None,
            latency_seconds: n / ceiling.throughput * seconds,
            remark: "at the hard ceiling".to_owned(),
        };
    }
    // More than the peak takes does less and less, by how much nobody has seen: no number to plan with.
    let peak = fit.peak().map(|found| found.peak.exact.concurrency);
    let past = peak.filter(|peak| n > *peak && n > fit.largest());
    if let (Some(peak), Reach::Measured) = (past.filter(|_| n <= REACH * fit.largest()), reach) {
        return past_the_peak(peak, fit.largest());
    }
    match fit.predict(n, reach) {
        Ok(prediction) => {
            let again =
                again_at.map(|n| format!("below the peak; again at N = {}", scenarios::show::count(n)));
            let remark = match again {
                Some(again) => again,
                None if prediction.is_beyond => format!("{GUESS}: far beyond the measurements"),
                None if past.is_some() => format!("{GUESS}: past the peak, where nothing was measured"),
                None if n > fit.largest() => "beyond the measurements".to_owned(),
                None => String::new(),
            };
            Outcome::At {
                concurrency: n,
                throughput: prediction.state.throughput,
                interval: prediction.interval,
                latency_seconds: prediction.state.latency * seconds,
                remark,
            }
        }
        Err(FitError::Beyond { largest, .. }) => beyond(largest),
        Err(error) => Outcome::Never { why: error.to_string() },
    }
}

fn past_the_peak(peak: f64, largest: f64) -> Outcome {
    let (peak, largest) = (scenarios::show::count(peak), scenarios::show::count(largest));
    Outcome::CannotTell {
        why: format!(
            "past the peak at N = {peak} and the largest measured N of {largest}: measure there, or plan with less; \
             --beyond tells what the law says"
        ),
    }
}

fn beyond(largest: f64) -> Outcome {
    let (factor, largest) = (scenarios::show::count(REACH), scenarios::show::count(largest));
    Outcome::CannotTell {
        why: format!(
            "beyond {factor} × the largest measured N of {largest}; --beyond tells what the law says"
        ),
    }
}
