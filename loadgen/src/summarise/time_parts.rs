//! Where the time went, from sums and distributions in nanoseconds to means and quantiles in seconds.

use scenarios::report::{Part, TimePart, TimeParts};

use super::{NANOS_PER_SECOND, seconds};
use crate::record::Parts;

/// `None` when nothing was answered.
pub(crate) fn time_parts(record: &Parts) -> Option<TimeParts> {
    let Parts { answered, response, each } = record;
    if *answered == 0 {
        return None;
    }
    let mean = |sum: u64| sum as f64 / *answered as f64 / NANOS_PER_SECOND;
    let passed = Part::ALL.into_iter().zip(each).filter(|(_, measured)| measured.sum > 0);
    let parts = passed.map(|(part, measured)| TimePart {
        part,
        mean_s: mean(measured.sum),
        count: measured.times.len(),
        p50_s: seconds(measured.times.value_at_quantile(0.5)),
        p99_s: seconds(measured.times.value_at_quantile(0.99)),
    });
    Some(TimeParts {
        answered: *answered,
        response_mean_s: mean(*response),
        parts: parts.collect(),
        server_timing: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Nanos, Outcome, Sample};
    use crate::record::tests::recorded;
    use std::time::Duration;

    /// Due at 2 s and answered; times in milliseconds.
    fn sample(action: u16, [lag, connect, server, transfer]: [u64; 4]) -> Sample {
        let at = |ms: u64| Nanos::after_start(Duration::from_millis(2_000 + ms));
        Sample {
            action,
            outcome: Outcome::Good,
            status: 200,
            due: at(0),
            possible: at(0),
            sent: at(lag),
            reached: at(lag + connect),
            connected: at(lag + connect),
            first_byte: at(lag + connect + server),
            last_byte: at(lag + connect + server + transfer),
            bytes_received: 1,
            bytes_sent: 1,
            reused: connect == 0,
        }
    }

    #[test]
    fn means_are_over_all_and_quantiles_over_those_that_had_it() {
        let samples = vec![sample(0, [1, 8, 10, 2]), sample(0, [1, 0, 20, 0]), sample(1, [4, 0, 30, 4])];
        let recorder = recorded(2, samples);
        let all = time_parts(&recorder.all.parts).unwrap();
        // (1 + 1 + 4) / 3 = 2 ms of lag, 8 / 3 of connecting, 60 / 3 of the server, 6 / 3 of transfer; 80 / 3 in all.
        let expected = [
            (Part::Lag, 0.002, 3, 0.001),
            (Part::Connect, 0.008 / 3.0, 1, 0.008),
            (Part::Server, 0.020, 3, 0.020),
            (Part::Transfer, 0.002, 3, 0.002),
        ];
        assert_eq!(all.answered, 3);
        assert!((all.response_mean_s - 0.080 / 3.0).abs() < 1e-12);
        assert_eq!(all.parts.len(), expected.len());
        for (found, (part, mean_s, count, p50_s)) in all.parts.iter().zip(expected) {
            assert_eq!((found.part, found.count), (part, count));
            // Two significant digits for quantiles.
            assert!(
                (found.mean_s - mean_s).abs() < 1e-12 && (found.p50_s - p50_s).abs() < p50_s * 0.01,
                "{found:?}"
            );
        }
        assert_eq!(time_parts(&Parts::new()), None);
    }
}
