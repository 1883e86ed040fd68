//! The estimate for programs: JSON, exact to the last bit.

use scenarios::estimate::Estimate;

/// The estimate as indented JSON with a line end.
///
/// # Errors
/// When the value cannot be written as JSON; none of ours cannot.
pub fn json(estimate: &Estimate) -> Result<String, serde_json::Error> {
    value(estimate)
}

/// Anything that travels, as indented JSON with a line end.
pub(crate) fn value(value: &impl serde::Serialize) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    Ok(text)
}
