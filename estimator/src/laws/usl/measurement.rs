//! What was measured: any two of concurrency, throughput and latency, since Little's law gives the third.

use crate::laws::LawError;
use crate::laws::error::positive;
use crate::laws::little;

/// One measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measurement {
    /// N: mean number at work or waiting; need not be whole and may be below 1.
    pub concurrency: f64,
    /// X: completions per unit of time.
    pub throughput: f64,
    /// How much this one counts against the others; 1 when they are alike. The variance of a measurement is taken to be
    /// in inverse proportion, so that the mean of four runs weighs 4.
    pub weight: f64,
}

impl Measurement {
    /// N and X.
    ///
    /// # Errors
    /// When one of them is not above 0.
    pub fn of_throughput(concurrency: f64, throughput: f64) -> Result<Measurement, LawError> {
        let concurrency = positive("concurrency", concurrency)?;
        Ok(Measurement { concurrency, throughput: positive("throughput", throughput)?, weight: 1.0 })
    }

    /// N and R, with R in the unit of time that the throughput shall have.
    ///
    /// # Errors
    /// When one of them is not above 0.
    pub fn of_latency(concurrency: f64, latency: f64) -> Result<Measurement, LawError> {
        let latency = positive("latency", latency)?;
        Measurement::of_throughput(concurrency, little::rate(positive("concurrency", concurrency)?, latency)?)
    }

    /// X and R, with R in the unit of time of the throughput.
    ///
    /// # Errors
    /// When one of them is not above 0.
    pub fn of_throughput_and_latency(throughput: f64, latency: f64) -> Result<Measurement, LawError> {
        let (throughput, latency) = (positive("throughput", throughput)?, positive("latency", latency)?);
        Measurement::of_throughput(little::in_system(throughput, latency)?, throughput)
    }

    /// The same with another weight.
    ///
    /// # Errors
    /// When the weight is not above 0.
    pub fn weighing(self, weight: f64) -> Result<Measurement, LawError> {
        Ok(Measurement { weight: positive("weight", weight)?, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_two_give_the_third() {
        // Eight in flight at 10 ms each are 800 per second.
        for found in [
            Measurement::of_throughput(8.0, 800.0),
            Measurement::of_latency(8.0, 0.01),
            Measurement::of_throughput_and_latency(800.0, 0.01),
        ] {
            let Measurement { concurrency, throughput, weight } = found.unwrap();
            assert!(
                (concurrency - 8.0).abs() < 1e-12
                    && (throughput - 800.0).abs() < 1e-9
                    && (weight - 1.0).abs() < 1e-12
            );
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for refused in [
            Measurement::of_throughput(0.0, 1.0),
            Measurement::of_throughput(1.0, -1.0),
            Measurement::of_latency(1.0, 0.0),
            Measurement::of_throughput_and_latency(f64::NAN, 1.0),
            Measurement::of_throughput(1.0, 1.0).unwrap().weighing(0.0),
        ] {
            assert!(refused.is_err(), "{refused:?}");
        }
    }
}
