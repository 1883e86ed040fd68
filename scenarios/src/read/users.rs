//! `users:` as `1B`, as `20k daily`, or as a map.

use crate::range::Range;
use crate::raw::{Node, Value};
use crate::scenario::{DailyUsers, Sourced, Users};
use crate::units::{Count, Growth, Ratio};

use super::fields::{Fields, File, Read, refused, scalar};

pub(super) fn read(file: File<'_>, node: &Node) -> Read<Users> {
    if !matches!(node.value, Value::Map(_)) {
        return short_form(file, node);
    }
    let fields = Fields::of(node, "users", &["registered", "daily", "growth"])?;
    let users = Users {
        registered: fields.read("registered", |node| file.sourced::<Count>(node))?,
        daily: fields.read("daily", |node| daily(file, node))?,
        growth: fields.read("growth", |node| file.sourced::<Growth>(node))?,
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
