//! Why there is no estimate: where, what was found, what was expected, and what to do.

use scenarios::ScenarioError;

/// Why there is no estimate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EstimateError {
    /// The number of samples is unusable.
    #[error("{found} samples: expected between {least} and {most}\n  hint: leave `--samples` out for 10,000")]
    Samples {
        /// As asked.
        found: u32,
        /// The fewest that give percentiles.
        least: u32,
        /// The most that fit in memory.
        most: u32,
    },
    /// An action is counted by user, but nothing says how many users there are.
    #[error(
        "{place}: `{action}` is done so often by each user, but the file does not say how many users there are\n  \
         hint: add `users: 20k daily`, or write the action as `{{ total: 100/s }}`"
    )]
    NoUsers {
        /// File and line.
        place: String,
        /// Which action.
        action: String,
    },
    /// The count of an entity refers to something that is not counted.
    #[error(
        "{place}: how many `{entity}` there are depends on `{of}`, but the file does not say how many of those\n  \
         hint: {hint}"
    )]
    NoCount {
        /// File and line.
        place: String,
        /// Which entity.
        entity: String,
        /// What it refers to.
        of: String,
        /// What to add.
        hint: String,
    },
    /// Entities count each other in a circle.
    #[error("{place}: the count of `{entity}` depends on itself\n  hint: give one of the entities a number")]
    Circle {
        /// File and line.
        place: String,
        /// Where the circle was noticed.
        entity: String,
    },
    /// A formula overflowed, or divided by zero.
    #[error(
        "`{name}` has no finite value: {working}\n  hint: a value of the file is zero where it divides, or far too large"
    )]
    NotFinite {
        /// The quantity.
        name: String,
        /// The formula in numbers.
        working: String,
    },
    /// A claim or a question names a quantity that the estimate does not have.
    #[error("{place}: there is no quantity `{asked}`\n  hint: {hint}")]
    NoQuantity {
        /// File and line of the claim, or the file.
        place: String,
        /// As written.
        asked: String,
        /// The nearest names.
        hint: String,
    },
    /// A claim is about something else than its quantity.
    #[error("{place}: `{quantity}: {claimed}` is {found}, expected {expected}\n  hint: write {expected}")]
    ClaimDimension {
        /// File and line.
        place: String,
        /// The quantity, as written.
        quantity: String,
        /// The claim, as written.
        claimed: String,
        /// What the claim measures.
        found: String,
        /// What the quantity measures.
        expected: String,
    },
    /// A formula of the file's own makes no sense.
    #[error("{place}: {error}{}", hint_of(error))]
    Formula {
        /// File and line.
        place: String,
        /// What is wrong, with its place in the text of the file.
        error: Box<ScenarioError>,
    },
}

fn hint_of(error: &ScenarioError) -> String {
    error.advice().map_or(String::new(), |hint| format!("\n  hint: {hint}"))
}

impl EstimateError {
    /// The error with the line of the file (or the setting of the command line) and a caret, where it has a place in
    /// the text; as it is otherwise.
    #[must_use]
    pub fn render(&self, path: &str, text: &str, settings: &[String]) -> String {
        match self {
            EstimateError::Formula { error, .. } => {
                ScenarioError::clone(error).in_settings(text.len(), settings).render(path, text)
            }
            other => format!("error: {other}"),
        }
    }
}
