//! `load:`: what a run offers when the command line is silent.

use std::time::Duration;

use crate::conventions::Conventions;
use crate::quantity::{self, Complaint};
use crate::raw::Node;
use crate::requests::MAX_TIMEOUT;
use crate::scenario::{Abort, Arrivals, Load, Model};
use crate::units::{Rate, Ratio, Unit};

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
            "ramp",
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
    if shape.is_some() {
        refuse_beside_a_shape(&fields)?;
    }
    Ok(Load {
        shape,
        model: fields.read("model", model)?.unwrap_or_default(),
        arrivals: fields.read("arrivals", arrivals)?.unwrap_or_default(),
        rate: fields.read("rate", |node| rate(file, node))?,
        users: fields.read("users", |node| file.whole(node))?,
        connections: fields.read("connections", |node| file.whole(node))?,
        think: fields.read("think", |node| file.pause(node, scalar(node)?.trim()))?,
        ramp: fields.read("ramp", time(MAX_DURATION))?,
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

/// A shape says by itself how long a run is, and when users come.
fn refuse_beside_a_shape(fields: &Fields<'_>) -> Read<()> {
    if let Some(node) = fields.get("duration") {
        return Err(refused(
            node,
            "the shape says how long the run is",
            "leave out `duration`, or write a constant `rate`",
        ));
    }
    if let Some(node) = fields.get("ramp") {
        return Err(refused(
            node,
            "the shape says how users come",
            "a phase like `ramp 0..500 users for 30 s`",
        ));
    }
    Ok(())
}

fn abort(file: File<'_>, node: &Node) -> Read<Abort> {
    abort_of(scalar(node)?, file.conventions)
        .map_err(|complaint| refused(node, complaint.message, complaint.hint))
}

/// When a run ends by itself, as it is typed, for command lines: `errors > 50%`, `50%`, or `never`.
///
/// # Errors
/// Says what was expected.
pub fn parse_abort(text: &str) -> Result<Abort, String> {
    let text = text.trim();
    let is_share = text.starts_with(|first: char| first.is_ascii_digit());
    let line = if is_share { format!("errors > {text}") } else { text.to_owned() };
    abort_of(&line, &Conventions::default())
        .map_err(|complaint| format!("{}\n  hint: like `50%`, or `never`", complaint.message))
}

/// `errors > 50%`, or `never`.
fn abort_of(text: &str, conventions: &Conventions) -> Result<Abort, Complaint> {
    let text = text.trim();
    if text == "never" {
        return Ok(Abort::Never);
    }
    let complain = |message: String| Complaint {
        message,
        hint: "write `abort: errors > 50%`, or `abort: never`".to_owned(),
    };
    let share = text.strip_prefix("errors").map(str::trim_start).and_then(|rest| rest.strip_prefix('>'));
    let Some(share) = share else { return Err(complain(format!("`{text}` is no reason to end a run"))) };
    let read = quantity::parse(share.trim(), Some(Ratio::DIMENSION), conventions)?;
    match Ratio::from_base(read.low) {
        Some(share) if read.low >= read.high && share.share() > 0.0 && share.share() < 1.0 => {
            Ok(Abort::Above(share))
        }
        _ => Err(complain("a share of failures lies between 0 and 100 %".to_owned())),
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
