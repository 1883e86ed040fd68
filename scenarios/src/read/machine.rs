//! `node:`, `limits:` and `traffic:`: the machines, how full they may be, and how the load moves.

use std::time::Duration;

use crate::raw::Node;
use crate::scenario::{Limits, Node as Machine, Shape, Traffic};
use crate::units::{Bandwidth, Bytes, Count, Factor, Price, Rate, Ratio};

use super::calls;
use super::fields::{Fields, File, Read, one_of, refused, scalar};

pub(super) fn node(file: File<'_>, node: &Node) -> Read<Machine> {
    let fields = Fields::of(
        node,
        "node",
        &["cores", "memory", "disk", "network", "writes", "cpu per request", "price"],
    )?;
    Ok(Machine {
        cores: fields.read("cores", |node| file.sourced::<Count>(node))?,
        memory: fields.read("memory", |node| file.sourced::<Bytes>(node))?,
        disk: fields.read("disk", |node| file.sourced::<Bytes>(node))?,
        network: fields.read("network", |node| file.sourced::<Bandwidth>(node))?,
        writes: fields.read("writes", |node| file.sourced::<Rate>(node))?,
        price: fields.read("price", |node| file.sourced::<Price>(node))?,
        cpu_per_request: fields.read("cpu per request", |node| file.sourced::<Duration>(node))?,
    })
}

pub(super) fn limits(file: File<'_>, node: &Node) -> Read<Limits> {
    let fields = Fields::of(node, "limits", &["cpu", "memory", "disk", "network", "capacity", "spare"])?;
    let share = |node| {
        let share = file.sourced::<Ratio>(node)?;
        if share.value.low().share() == 0.0 {
            return Err(refused(
                node,
                "a limit of 0 % leaves nothing to use",
                "65% for CPU and 70% for disk are usual",
            ));
        }
        Ok(share)
    };
    Ok(Limits {
        cpu: fields.read("cpu", share)?,
        memory: fields.read("memory", share)?,
        disk: fields.read("disk", share)?,
        network: fields.read("network", share)?,
        capacity: fields.read("capacity", share)?,
        spare: fields.read("spare", |node| file.sourced::<Count>(node))?,
    })
}

pub(super) fn traffic(file: File<'_>, node: &Node) -> Read<Traffic> {
    let fields = Fields::of(node, "traffic", &["peak", "shape", "retries"])?;
    let peak = fields.read("peak", |node| {
        let peak = file.sourced::<Factor>(node)?;
        if peak.value.low().times() < 1.0 {
            return Err(refused(
                node,
                "the busiest hour is at least the mean hour",
                "2x is usual; 1.4x to 1.65x was measured on forums",
            ));
        }
        Ok(peak)
    })?;
    Ok(Traffic {
        peak,
        shape: fields.read("shape", |node| shape(file, node))?.unwrap_or_default(),
        shape_origin: fields.get("shape").map(|node| file.origin(node.place)),
        retries: fields.read("retries", |node| calls::retries(file, node))?,
    })
}

fn shape(file: File<'_>, node: &Node) -> Read<Shape> {
    let text = scalar(node)?.trim();
    if let Some(hours) = text.strip_prefix("office ") {
        let hours = file.range_in::<Duration>(node, hours)?.low();
        return if hours.is_zero() || hours > Duration::from_hours(24) {
            Err(refused(node, "an office day has up to 24 hours", "like `office 6.5h`"))
        } else {
            Ok(Shape::Office(hours))
        };
    }
    if let Some((factor, length)) = text.strip_prefix("spike ").and_then(|rest| rest.split_once(" for ")) {
        return Ok(Shape::Spike {
            factor: file.range_in::<Factor>(node, factor)?.high(),
            length: file.range_in::<Duration>(node, length)?.high(),
        });
    }
    Ok(match one_of(node, text, &["daily", "flat", "office 6.5h", "spike 5x for 10 min"])? {
        "flat" => Shape::Flat,
        _ => Shape::Daily,
    })
}
