//! `tiers:`, each as a time or as a map.

use crate::raw::{Node, Value};
use crate::tiers::Tier;
use crate::units::{Bytes, Factor, Unit};

use super::fields::{Fields, File, Read, check_names, entries, refused};

pub(super) fn read(file: File<'_>, node: &Node) -> Read<Vec<Tier>> {
    let tiers = entries(node, "tiers")?;
    check_names(tiers)?;
    tiers
        .iter()
        .map(|(key, node)| {
            let origin = file.origin(key.place);
            let name = key.name.clone();
            if !matches!(node.value, Value::Map(_)) {
                let time = file.sourced(node)?;
                return Ok(Tier {
                    name,
                    time,
                    calls: None,
                    fan_out: None,
                    hold: None,
                    payload: None,
                    origin,
                });
            }
            let fields =
                Fields::of(node, &format!("`{name}`"), &["time", "calls", "fan-out", "hold", "payload"])?;
            let Some(time) = fields.get("time") else {
                return Err(refused(node, "how long does a call of it take?", "add `time: 2 ms`, the mean"));
            };
            let at_least_one = |node: &Node| {
                let number = file.sourced::<Factor>(node)?;
                if number.value.low().times() < 1.0 {
                    return Err(refused(node, "at least one call is made at once", "like `fan-out: 100`"));
                }
                Ok(number)
            };
            let payload = |node: &Node| {
                let bytes = file.sourced::<Bytes>(node)?;
                if bytes.value.low().base() < 1.0 {
                    let hint =
                        "like `payload: 2 KB`, question and answer together; leave it out where none is sent";
                    return Err(refused(node, "a call carries at least a byte", hint));
                }
                Ok(bytes)
            };
            Ok(Tier {
                time: file.sourced(time)?,
                calls: fields.read("calls", |node| file.sourced::<Factor>(node))?,
                fan_out: fields.read("fan-out", at_least_one)?,
                hold: fields.read("hold", |node| file.sourced(node))?,
                payload: fields.read("payload", payload)?,
                name,
                origin,
            })
        })
        .collect()
}
