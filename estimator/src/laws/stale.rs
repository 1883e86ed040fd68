//! The share of reads that a replica answers with what is no longer true.
//!
//! An object is written at the rate ω. A replica that is behind by the time d answers a read wrongly when there was a
//! write within the last d: with writes that come independently of each other, in the share 1 − e^(−ω d) of reads. Over
//! all objects, with writes that fall on them as reads do: Σ q (1 − e^(−W q d)) for W writes in all. The mean over objects
//! alone would hide that the most read are also the most written.

use super::LawError;
use super::error::not_negative;
use super::popularity::Zipf;

/// The share of reads of one object that miss its last write: 1 − e^(−ω d).
///
/// # Errors
/// When an argument is negative or not finite.
pub fn share_of_one(writes: f64, lag: f64) -> Result<f64, LawError> {
    Ok(-(-not_negative("writes", writes)? * not_negative("lag", lag)?).exp_m1())
}

/// The share of reads that miss the last write of their object, with `writes` per unit of time over all objects.
///
/// # Errors
/// When an argument is negative or not finite.
pub fn share_stale(popularity: &Zipf, writes: f64, lag: f64) -> Result<f64, LawError> {
    let within = not_negative("writes", writes)? * not_negative("lag", lag)?;
    let stale = popularity.groups().iter().map(|group| {
        let missed = -(-within * group.share).exp_m1();
        group.objects * group.share * missed
    });
    Ok(stale.sum::<f64>().min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_by_hand_come_out() {
        let alike = |objects| Zipf::new(objects, 0.0).unwrap();
        for (found, expected) in [
            // One write a second, a tenth of a second behind: 1 − e^(−0.1).
            (share_of_one(1.0, 0.1), 0.095_162_581_964_040_43),
            (share_of_one(0.0, 0.1), 0.0),
            // A hundred objects alike share a hundred writes.
            (share_stale(&alike(100.0), 100.0, 0.1), 0.095_162_581_964_040_43),
            (share_stale(&alike(100.0), 0.0, 0.1), 0.0),
            // Two objects, 2/3 and 1/3 of reads and of three writes: 2/3 (1 − e^−0.2) + 1/3 (1 − e^−0.1).
            (share_stale(&Zipf::new(2.0, 1.0).unwrap(), 3.0, 0.1), 0.152_567_025_269_36),
        ] {
            assert!((found.clone().unwrap() - expected).abs() < 1e-9, "{found:?} {expected}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let all = Zipf::new(10.0, 1.0).unwrap();
        for refused in
            [share_of_one(-1.0, 1.0), share_stale(&all, f64::NAN, 1.0), share_stale(&all, 1.0, -1.0)]
        {
            assert!(refused.is_err(), "{refused:?}");
        }
    }
}
