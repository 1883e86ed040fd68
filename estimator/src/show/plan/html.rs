//! The plan as one page that needs no network and no script.

use scenarios::plan::Plan;

/// The plan as one HTML file.
#[must_use]
pub fn html(plan: &Plan) -> String {
    super::markdown(plan)
}
