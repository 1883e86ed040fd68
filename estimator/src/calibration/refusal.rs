//! Why a measured capacity is not used: it makes no sense (exit code 2), or it does not tell (exit code 3).

use scenarios::capacity::CAPACITY_SCHEMA;

/// Why a capacity is not used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CapacityRefusal {
    /// Written in another form.
    #[error(
        "has schema {found}, expected {CAPACITY_SCHEMA}\n  hint: measure again with the `loadgen` of this version"
    )]
    Schema {
        /// As written.
        found: u32,
    },
    /// It is of another scenario.
    #[error(
        "is the capacity of the scenario `{found}`, not of `{expected}`\n  \
         hint: name the scenario that was measured, or measure this one: loadgen capacity"
    )]
    Scenario {
        /// As written.
        found: String,
        /// The one that is planned.
        expected: String,
    },
    /// It was measured for other promises.
    #[error(
        "was measured for `{measured}`, but the scenario promises `{promised}`\n  \
         hint: measure again: a capacity holds for its own promises alone"
    )]
    Promises {
        /// Those that had to hold.
        measured: String,
        /// One that the scenario makes and the capacity was not measured for.
        promised: String,
    },
    /// A number that cannot be.
    #[error(
        "`{field}` is {found}, expected {expected}\n  \
         hint: the file is written by `loadgen` and not by hand; measure again"
    )]
    Number {
        /// Where it stands.
        field: String,
        /// As written.
        found: String,
        /// What it can be.
        expected: &'static str,
    },
    /// A capacity was found, but the file does not say which.
    #[error(
        "says that a capacity was found, but `rate` is missing\n  \
         hint: the file is not whole; write it again: loadgen capacity"
    )]
    NoRate,
    /// It does not tell how much one node holds.
    #[error(transparent)]
    Untold(#[from] Untold),
}

/// Why a measurement does not tell how much one node holds.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Untold {
    /// Only a bound from below is known.
    #[error(
        "the promises still held at {0}, the highest rate that could be offered: one node holds at least that, \
         and nobody knows how much more\n  \
         hint: offer more from a machine of its own, or give the server fewer cores, and measure again"
    )]
    AtLeast(String),
    /// The promise failed at once.
    #[error(
        "{promise} failed at the lowest rate that was tried ({lowest}): no number of such nodes keeps it\n  \
         hint: make the server faster, or the promise weaker, and measure again"
    )]
    Never {
        /// Which.
        promise: String,
        /// The rate.
        lowest: String,
    },
    /// The levels contradict each other.
    #[error(
        "the levels contradict each other{0}: there is no capacity to plan with\n  \
         hint: measure again, with longer levels or on a quieter machine"
    )]
    Contradicting(String),
    /// The generator was the limit.
    #[error(
        "the generator was the limit, not the server{0}: nothing follows for a plan or a calibration\n  \
         hint: run the generator on a machine of its own, or give the server fewer cores, and measure again"
    )]
    Generator(String),
}
