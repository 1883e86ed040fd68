//! A convention for one line alone: `10M/month with month = 2.5M s`.

use crate::conventions::Conventions;
use crate::units::Dimension;

use super::{Complaint, complain, parse};

const SETTINGS: &[&str] = &["day", "month", "year"];

/// Takes `with month = 30 days` off the end of a number.
pub(super) fn split<'a>(
    text: &'a str,
    conventions: &Conventions,
) -> Result<(&'a str, Conventions), Complaint> {
    match text.split_once(" with ") {
        Some((number, settings)) => Ok((number.trim_end(), overridden(settings, conventions)?)),
        None => Ok((text, *conventions)),
    }
}

/// The conventions with `month = 30 days, year = 12 months` in force.
pub(crate) fn overridden(settings: &str, conventions: &Conventions) -> Result<Conventions, Complaint> {
    let mut changed = *conventions;
    for setting in settings.split(',') {
        let Some((name, length)) = setting.split_once('=') else {
            return complain(
                format!("`{}` sets nothing", setting.trim()),
                "write `with month = 30 days` or `with day = 100000 s`",
            );
        };
        let name = name.trim();
        if !SETTINGS.contains(&name) {
            return complain(
                format!("there is no convention `{name}`"),
                format!("a line may set {}", SETTINGS.join(", ")),
            );
        }
        if length.contains(" with ") {
            return complain(
                "`with` stands twice",
                "separate settings by commas: `with day = 100000 s, month = 30 days`",
            );
        }
        // Earlier settings count in later ones: `month = 30 days, year = 12 months`.
        let read = parse(length, Some(Dimension::TIME), &changed)?;
        changed = set(changed, name, (read.low, read.high))?;
    }
    Ok(changed)
}

fn set(mut conventions: Conventions, name: &str, ends: (f64, f64)) -> Result<Conventions, Complaint> {
    #[expect(clippy::float_cmp, reason = "a point has two equal ends")]
    let is_point = ends.0 == ends.1;
    if !is_point || ends.0 < 1.0 {
        return complain(format!("a {name} is one length of at least a second"), "like `month = 30 days`");
    }
    match name {
        "day" => conventions = conventions.with_day(ends.0),
        "month" => conventions.month_seconds = ends.0,
        _ => conventions.year_seconds = ends.0,
    }
    Ok(conventions)
}
