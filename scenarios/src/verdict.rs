//! The words in which every program answers, and the exit codes that go with them.

use serde::{Deserialize, Serialize};

/// Exit code: the answer is yes.
pub const EXIT_YES: u8 = 0;
/// Exit code: the answer is no; an SLO was missed or an expectation refuted. Only what the user claimed makes it.
pub const EXIT_NO: u8 = 1;
/// Exit code: it could not be done; bad input, target unreachable.
pub const EXIT_FAILED: u8 = 2;
/// Exit code: it cannot be told; the generator was the limit, or noise.
pub const EXIT_UNKNOWN: u8 = 3;

/// What became of a prediction or a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Finding {
    /// The measurement lies within the prediction.
    #[serde(rename = "CONFIRMED")]
    Confirmed,
    /// The measurement lies outside the prediction.
    #[serde(rename = "REFUTED")]
    Refuted,
    /// The measurement is too coarse, or there is none.
    #[serde(rename = "CANNOT TELL")]
    CannotTell,
}

impl Finding {
    /// Holds an interval that was found against one that was predicted: inside, outside, or neither.
    #[must_use]
    pub fn hold(predicted: (f64, f64), found: (f64, f64)) -> Finding {
        if found.0 >= predicted.0 && found.1 <= predicted.1 {
            Finding::Confirmed
        } else if found.1 < predicted.0 || found.0 > predicted.1 {
            Finding::Refuted
        } else {
            Finding::CannotTell
        }
    }

    /// As printed.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Finding::Confirmed => "CONFIRMED",
            Finding::Refuted => "REFUTED",
            Finding::CannotTell => "CANNOT TELL",
        }
    }
}

/// What became of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compared {
    /// Better, by at least the margin.
    Improved,
    /// No difference beyond the margin.
    NoDifference,
    /// Worse, by at least the margin.
    Regressed,
    /// The measurements do not decide.
    CannotTell,
}

impl Compared {
    /// As printed.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Compared::Improved => "improved",
            Compared::NoDifference => "no difference",
            Compared::Regressed => "regressed",
            Compared::CannotTell => "cannot tell",
        }
    }
}

/// What became of an SLO.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attained {
    /// It holds.
    Met,
    /// It does not.
    Missed,
    /// The samples do not decide.
    CannotTell,
}

impl Attained {
    /// As printed.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Attained::Met => "met",
            Attained::Missed => "missed",
            Attained::CannotTell => "cannot tell",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prediction_is_confirmed_refuted_or_left_open() {
        for (found, expected) in [
            ((4.0, 6.0), Finding::Confirmed),
            ((3.0, 9.0), Finding::Confirmed),
            ((10.0, 12.0), Finding::Refuted),
            ((0.0, 2.9), Finding::Refuted),
            ((8.0, 10.0), Finding::CannotTell),
            ((1.0, 20.0), Finding::CannotTell),
        ] {
            assert_eq!(Finding::hold((3.0, 9.0), found), expected, "{found:?}");
        }
    }
}
