//! A line to a target that outlasts single loads: the same clock, and the same connections from one load to the next.

use std::io;
use std::time::{Duration, Instant};

use crate::engine::{
    Connections, Linux, Nanos, Offered, Secure, Settings, Sink, Stop, Workload, World, offer_on,
};
use crate::target::Address;
use crate::tls::Tls;

/// A line to a target.
pub(crate) struct Line {
    world: Spoken,
    connections: Connections,
    start: Instant,
}

/// With TLS or without.
enum Spoken {
    Plain(Linux),
    Secure(Box<Secure<Linux>>),
}

impl Line {
    /// A line without a connection; its time begins now.
    ///
    /// # Errors
    /// The machine refuses what it takes to wait for sockets.
    pub(crate) fn new(address: &Address) -> io::Result<Line> {
        let start = Instant::now();
        let plain = Linux::new(address.socket, start)?;
        let world = match &address.tls {
            None => Spoken::Plain(plain),
            Some(Tls { config, name, .. }) => {
                Spoken::Secure(Box::new(Secure::new(plain, config.clone(), name.clone())))
            }
        };
        Ok(Line { world, connections: Connections::kept(), start })
    }

    /// When its time began.
    pub(crate) fn start(&self) -> Instant {
        self.start
    }

    /// The time since it began.
    pub(crate) fn now(&self) -> Nanos {
        match &self.world {
            Spoken::Plain(world) => world.now(),
            Spoken::Secure(world) => world.now(),
        }
    }

    /// Processor time that this thread has used.
    pub(crate) fn cpu(&self) -> Duration {
        match &self.world {
            Spoken::Plain(world) => world.cpu(),
            Spoken::Secure(world) => world.cpu(),
        }
    }

    /// Carries visits until they or the time are over, or `stop` says so; what is open stays open.
    ///
    /// # Errors
    /// Waiting for sockets is impossible.
    pub(crate) fn carry(
        &mut self,
        visits: &mut impl Workload,
        samples: &mut impl Sink,
        settings: &Settings,
        stop: &Stop,
    ) -> io::Result<Offered> {
        let Line { world, connections, start: _ } = self;
        match world {
            Spoken::Plain(world) => offer_on(world, visits, samples, settings, stop, connections),
            Spoken::Secure(world) => offer_on(&mut **world, visits, samples, settings, stop, connections),
        }
    }
}
