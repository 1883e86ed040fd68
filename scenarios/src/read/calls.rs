//! `fan-out:` of an action and `retries:` of the traffic, each as a number or as a map.

use crate::calls::{FanOut, Retries};
use crate::raw::{Node, Value};
use crate::scenario::Sourced;
use crate::units::{Count, Factor, Ratio};

use super::fields::{Fields, File, Read, refused, scalar};

/// More tries than these would be an attack.
const MOST_RETRIES: f64 = 100.0;

/// `200`, or `{ mean: 200, most: 30M, within: 5 s }`.
pub(super) fn fan_out(file: File<'_>, node: &Node) -> Read<FanOut> {
    if !matches!(node.value, Value::Map(_)) {
        return Ok(FanOut { mean: file.sourced::<Factor>(node)?, most: None, within: None });
    }
    let fields = Fields::of(node, "fan-out", &["mean", "most", "within"])?;
    let Some(mean) = fields.get("mean") else {
        return Err(refused(node, "to how many does it go on average?", "add `mean: 200`"));
    };
    let within = fields.read("within", |node| {
        let within = file.sourced::<std::time::Duration>(node)?;
        if within.value.low().is_zero() {
            return Err(refused(node, "nothing arrives at once", "like `within: 5 s`"));
        }
        Ok(within)
    })?;
    Ok(FanOut {
        mean: file.sourced::<Factor>(mean)?,
        most: fields.read("most", |node| file.sourced::<Count>(node))?,
        within,
    })
}

/// `2` (tried again twice), or `{ most: 2, failing: 1%, budget: 10% }`.
pub(super) fn retries(file: File<'_>, node: &Node) -> Read<Retries> {
    if !matches!(node.value, Value::Map(_)) {
        return Ok(Retries { most: number(file, node)?, failing: None, budget: None });
    }
    let fields = Fields::of(node, "retries", &["most", "failing", "budget"])?;
    let Some(most) = fields.get("most") else {
        return Err(refused(node, "how often is a request tried again?", "add `most: 2`"));
    };
    Ok(Retries {
        most: number(file, most)?,
        failing: fields.read("failing", |node| file.sourced::<Ratio>(node))?,
        budget: fields.read("budget", |node| file.sourced::<Ratio>(node))?,
    })
}

fn number(file: File<'_>, node: &Node) -> Read<Sourced<u32>> {
    let number = file.point::<Count>(node)?.number();
    if number.fract() != 0.0 || number > MOST_RETRIES {
        let hint = "like `retries: 2`: three tries in all";
        return Err(refused(node, format!("`{}` is no whole number up to 100", scalar(node)?), hint));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above")]
    let value = number as u32;
    Ok(Sourced { value, origin: file.origin(node.place) })
}
