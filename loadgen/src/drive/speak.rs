//! One engine and one target, with TLS or without: what whole runs and the blocks of a comparison have in common.

use std::io;
use std::time::Instant;

use crate::engine::{self, Handshakes, Linux, Offered, Secure, Settings, Sink, Stop, Workload};
use crate::target::Address;
use crate::tls::Tls;

/// Carries visits to a target on this thread until they or the time are over; stamps count from `start`.
///
/// # Errors
/// The machine refuses sockets.
pub(crate) fn speak(
    address: &Address,
    start: Instant,
    visits: &mut impl Workload,
    samples: &mut impl Sink,
    settings: &Settings,
    stop: &Stop,
) -> io::Result<(Offered, Handshakes)> {
    let mut world = Linux::new(address.socket, start)?;
    let Some(Tls { config, name, .. }) = &address.tls else {
        let offered = engine::offer(&mut world, visits, samples, settings, stop)?;
        return Ok((offered, Handshakes::default()));
    };
    let mut world = Secure::new(world, config.clone(), name.clone());
    let offered = engine::offer(&mut world, visits, samples, settings, stop)?;
    Ok((offered, world.handshakes()))
}
