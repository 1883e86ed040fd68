//! The estimate for programs: JSON, exact to the last bit.

use scenarios::estimate::Estimate;

/// The estimate as indented JSON with a line end.
///
/// # Errors
/// When the value cannot be written as JSON; none of ours cannot.
pub fn json(estimate: &Estimate) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(estimate)?;
    text.push('\n');
    Ok(text)
}
