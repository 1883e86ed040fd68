//! `conventions:`: what a day, a month, a year and a kilobyte are in this file.

use crate::conventions::{ByteUnits, Conventions};
use crate::raw::Node;

use super::fields::{Fields, File, Read, one_of, refused, scalar};

pub(super) fn read(node: &Node) -> Read<Conventions> {
    let mut conventions = Conventions::default();
    let fields = Fields::of(node, "conventions", &["day", "month", "year", "units"])?;
    // In this order, because a month may be written in days and a year in months.
    for key in ["day", "month", "year"] {
        let Some(node) = fields.get(key) else { continue };
        let file = File { text: "", conventions: &conventions, is_forum: false };
        let seconds = file.point::<std::time::Duration>(node)?.as_secs_f64();
        if seconds < 1.0 {
            return Err(refused(node, format!("a {key} has at least a second"), "like `30 days`"));
        }
        match key {
            "day" => conventions = conventions.with_day(seconds),
            "month" => conventions.month_seconds = seconds,
            _ => conventions.year_seconds = seconds,
        }
    }
    if let Some(node) = fields.get("units") {
        conventions.units = match one_of(node, scalar(node)?, &["decimal", "binary"])? {
            "binary" => ByteUnits::Binary,
            _ => ByteUnits::Decimal,
        };
    }
    Ok(conventions)
}
