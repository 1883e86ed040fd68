//! The model of a fixed number of connections, on the engine's thread.

use std::sync::Arc;

use super::{Aim, Driven, Room, open};
use crate::config::RunConfig;
use crate::course::Course;
use crate::journey::Plan;
use crate::live::Live;
use crate::record::Attainment;
use crate::standing::Standing;

use anyhow::bail;

/// Lets each connection ask again as soon as it is answered.
///
/// # Errors
/// The machine refuses sockets or files.
pub(crate) fn connections(
    plan: &Arc<Plan>,
    config: &RunConfig,
    connections: u32,
    attainments: Vec<Attainment>,
    aim: &Aim<'_>,
    live: &mut Live,
) -> anyhow::Result<Driven> {
    let room = Room::raised(Some(connections));
    if usize::try_from(connections)? > room.connections {
        bail!(
            "{connections} connections are too many: {}\n  hint: raise the hard limit (`ulimit -Hn`), or give fewer --connections",
            room.in_words()
        );
    }
    let mut visits = Standing::new(plan.clone(), connections, config.seed);
    // Nothing is due at a time of its own, so there is nothing to wake up for.
    let load = open::Load {
        asks: false,
        course: Course::constant(f64::from(connections), config.duration),
        room,
        punctual: open::Punctual::NoMatter,
    };
    open::carry(&mut visits, &load, plan, config, attainments, aim, live)
}
