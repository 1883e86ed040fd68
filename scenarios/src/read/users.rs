//! `users:` as `1B`, as `20k daily`, or as a map.

use std::time::Duration;

use crate::range::Range;
use crate::raw::{Node, Value};
use crate::scenario::{DailyUsers, GrowthLaw, Online, Sourced, Users};
use crate::units::{Count, Dimension, Growth, Ratio, Unit};

use super::fields::{Fields, File, Read, refused, scalar};

pub(super) fn read(file: File<'_>, node: &Node) -> Read<Users> {
    if !matches!(node.value, Value::Map(_)) {
        return short_form(file, node);
    }
    let fields = Fields::of(node, "users", &["registered", "daily", "growth", "online", "far"])?;
    let users = Users {
        registered: fields.read("registered", |node| file.sourced::<Count>(node))?,
        daily: fields.read("daily", |node| daily(file, node))?,
        growth: fields.read("growth", |node| growth(file, node))?,
        online: fields.read("online", |node| online(file, node))?,
        far: fields.read("far", |node| file.sourced::<Duration>(node))?,
        growth_law: fields.get("growth").map_or(GrowthLaw::default(), growth_law),
    };
    if users.registered.is_none()
        && let Some(Sourced { value: DailyUsers::Share(_), .. }) = users.daily
    {
        return Err(refused(
            node,
            "a share of the registered users, but how many are registered?",
            "add `registered: 5M`",
        ));
    }
    Ok(users)
}

/// `1M` at once, `10%` of those of a day, or `4 x 15 min` a day by each.
fn online(file: File<'_>, node: &Node) -> Read<Sourced<Online>> {
    let text = scalar(node)?.trim();
    let value = if file.any_quantity(node)?.dimension == Dimension::TIME {
        Online::Time(file.range(node)?)
    } else if text.ends_with('%') {
        Online::Share(file.range(node)?)
    } else {
        Online::Count(file.range(node)?)
    };
    Ok(Sourced { value, origin: file.origin(node.place) })
}

/// Behind a growth that adds the same number each day, instead of a share of what there is by then.
const LINEAR: &str = "linear";

fn growth_law(node: &Node) -> GrowthLaw {
    let is_linear = scalar(node).is_ok_and(|text| text.trim().ends_with(LINEAR));
    if is_linear { GrowthLaw::Linear } else { GrowthLaw::Compound }
}

/// `30%/year`, `2%/month` (which is 26.8 % a year, compounded), `2%/day linear`.
fn growth(file: File<'_>, node: &Node) -> Read<Sourced<Range<Growth>>> {
    let text = scalar(node)?.trim();
    let origin = file.origin(node.place);
    if let Some(text) = text.strip_suffix(LINEAR) {
        return Ok(Sourced { value: file.range_in(node, text)?, origin });
    }
    let written: Range<Growth> = file.range_in(node, text)?;
    let period = text.rsplit_once('/').or_else(|| text.rsplit_once("per ")).map_or("year", |(_, unit)| unit);
    let period = file.range_in::<Duration>(node, &format!("1 {period}"))?.low().as_secs_f64();
    let year = file.conventions.year_seconds;
    let by_year = |growth: Growth| {
        let each = growth.base() * period;
        let compounded = (each.ln_1p() * year / period).exp_m1() / year;
        // What is written by year stays as it is, to the last digit.
        let is_yearly = (year / period - 1.0).abs() < f64::EPSILON;
        Growth::from_base(if is_yearly { growth.base() } else { compounded }).ok_or_else(|| {
            refused(node, format!("`{text}` grows beyond all numbers within a year"), "like `2%/month`")
        })
    };
    let value = Range::new(by_year(written.low())?, by_year(written.high())?)
        .ok_or_else(|| refused(node, "the range is upside down", "write the smaller end first"))?;
    Ok(Sourced { value, origin })
}

fn short_form(file: File<'_>, node: &Node) -> Read<Users> {
    let text = scalar(node)?;
    let mut users = Users::default();
    match text.trim().strip_suffix("daily") {
        Some(number) => {
            let count: Range<Count> = file.range_in(node, number)?;
            users.daily = Some(Sourced { value: DailyUsers::Count(count), origin: file.origin(node.place) });
        }
        None => users.registered = Some(file.sourced(node)?),
    }
    Ok(users)
}

fn daily(file: File<'_>, node: &Node) -> Read<Sourced<DailyUsers>> {
    let origin = file.origin(node.place);
    let text = scalar(node)?.trim();
    let share = text.strip_suffix("of registered").map_or(text, str::trim);
    let value = if share.ends_with('%') {
        DailyUsers::Share(file.range_in::<Ratio>(node, share)?)
    } else {
        DailyUsers::Count(file.range_in::<Count>(node, text)?)
    };
    Ok(Sourced { value, origin })
}
