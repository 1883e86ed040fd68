//! `load:`: what a run offers when the command line is silent.

use std::time::Duration;

use crate::raw::Node;
use crate::requests::MAX_TIMEOUT;
use crate::scenario::{Abort, Arrivals, Load, Model};
use crate::units::{Rate, Ratio};

use super::fields::{Fields, File, Read, one_of, refused, scalar};

/// The longest run that a scenario may ask for; longer ones are a matter for several runs.
const MAX_DURATION: Duration = Duration::from_hours(7 * 24);

pub(super) fn read(file: File<'_>, node: &Node) -> Read<Load> {
    let fields = Fields::of(
        node,
        "load",
        &[
            "model",
            "arrivals",
            "rate",
            "users",
            "connections",
            "think",
            "shape",
            "duration",
            "warmup",
            "timeout",
            "seed",
            "abort",
        ],
    )?;
    let time = |longest: Duration| {
        move |node: &Node| {
            let time = file.point::<Duration>(node)?;
            if time > longest {
                return Err(refused(
                    node,
                    format!("expected at most {}", crate::show::seconds(longest.as_secs_f64())),
                    "write less, like `30 s`",
                ));
            }
            Ok(time)
        }
    };
    let above_zero = |longest| {
        move |node: &Node| match time(longest)(node)? {
            Duration::ZERO => Err(refused(node, "expected a time of more than zero", "like `30 s`")),
            time => Ok(time),
        }
    };
    let shape = fields.read("shape", |node| super::shape::read(file, node))?;
    if let Some(node) = fields.get("duration").filter(|_| shape.is_some()) {
        return Err(refused(
            node,
            "the shape says how long the run is",
            "leave out `duration`, or write a constant `rate`",
        ));
    }
    Ok(Load {
        shape,
        model: fields.read("model", model)?.unwrap_or_default(),
        arrivals: fields.read("arrivals", arrivals)?.unwrap_or_default(),
        rate: fields.read("rate", |node| rate(file, node))?,
        users: fields.read("users", |node| file.whole(node))?,
        connections: fields.read("connections", |node| file.whole(node))?,
        think: fields.read("think", time(MAX_DURATION))?,
        duration: fields.read("duration", above_zero(MAX_DURATION))?,
        warmup: fields.read("warmup", time(MAX_DURATION))?,
        timeout: fields.read("timeout", above_zero(MAX_TIMEOUT))?,
        seed: fields.read("seed", |node| {
            scalar(node)?
                .parse()
                .map_err(|_| refused(node, "expected a whole number as a seed", "like `seed: 7`"))
        })?,
        abort: fields.read("abort", |node| abort(file, node))?.unwrap_or_default(),
    })
}

/// `errors > 50%`, or `never`.
fn abort(file: File<'_>, node: &Node) -> Read<Abort> {
    let text = scalar(node)?.trim();
    if text == "never" {
        return Ok(Abort::Never);
    }
    let hint = "write `abort: errors > 50%`, or `abort: never`";
    let share = text.strip_prefix("errors").map(str::trim_start).and_then(|rest| rest.strip_prefix('>'));
    let Some(share) = share else {
        return Err(refused(node, format!("`{text}` is no reason to end a run"), hint));
    };
    let range = file.range_in::<Ratio>(node, share.trim())?;
    if range.is_point() && range.low().share() > 0.0 && range.low().share() < 1.0 {
        Ok(Abort::Above(range.low()))
    } else {
        Err(refused(node, "a share of failures lies between 0 and 100 %", hint))
    }
}

fn model(node: &Node) -> Read<Model> {
    Ok(match one_of(node, scalar(node)?, &["open", "users", "both", "connections"])? {
        "users" => Model::Users,
        "both" => Model::Both,
        "connections" => Model::Connections,
        _ => Model::Open,
    })
}

fn arrivals(node: &Node) -> Read<Arrivals> {
    Ok(match one_of(node, scalar(node)?, &["poisson", "constant"])? {
        "constant" => Arrivals::Constant,
        _ => Arrivals::Poisson,
    })
}

fn rate(file: File<'_>, node: &Node) -> Read<Rate> {
    let rate = file.point::<Rate>(node)?;
    if rate.in_one_second() <= 0.0 {
        return Err(refused(node, "a run of no requests measures nothing", "like `rate: 300/s`"));
    }
    Ok(rate)
}
