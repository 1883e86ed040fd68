//! One user: his visits, one request after the other, on a connection of his own.

use std::sync::atomic::Ordering;
use std::time::Duration;

use rand::{SeedableRng, rngs::ChaCha8Rng};
use scenarios::requests::Method;
use scenarios::target::Policy;

use super::{World, end, think};
use crate::codec::{Expect, Parser, Progress};
use crate::engine::{Outcome, Sample};
use crate::session::Session;
use crate::wire::{self, Held, Wire};

/// Bytes read at a time.
const READ_BYTES: usize = 16 * 1024;

/// What one user keeps between visits.
pub(super) struct User {
    pub(super) number: u64,
    visits: u64,
    /// For his pauses between visits.
    pub(super) random: ChaCha8Rng,
    /// Whether he has come just now.
    pub(super) is_new: bool,
    session: Session,
    pub(super) connection: Option<Held>,
    parser: Parser,
    request: Vec<u8>,
    buffer: Vec<u8>,
    samples: Vec<Sample>,
}

impl User {
    pub(super) fn new(world: &World) -> User {
        let number = world.next_user.fetch_add(1, Ordering::Relaxed);
        let mut random = ChaCha8Rng::seed_from_u64(world.settings.seed);
        random.set_stream(number);
        User {
            number,
            visits: 0,
            random,
            is_new: true,
            session: Session::new(&world.plan, world.settings.seed),
            connection: None,
            parser: Parser::new(),
            request: Vec::new(),
            buffer: vec![0; READ_BYTES],
            samples: Vec::new(),
        }
    }

    pub(super) async fn visit(&mut self, world: &World) {
        let number = self.number + self.visits * u64::from(world.settings.users);
        self.visits += 1;
        if !self.session.begin(&world.plan, number) {
            // A row that is used at most once is gone, so there is nothing more to do for anybody.
            world.shared.stop.store(true, Ordering::Relaxed);
            return end();
        }
        self.steps(world).await;
        if world.settings.connections.policy == Policy::PerVisitor {
            self.connection = None;
        }
    }

    async fn steps(&mut self, world: &World) {
        loop {
            let mut pause = Duration::ZERO;
            let Some((action, request)) = self.session.current(&world.plan, &mut pause) else { return };
            think(world, pause).await;
            if world.is_over() {
                return;
            }
            self.request.clear();
            let method = self.session.method(request);
            self.session.render(&world.plan, request, &mut self.request);
            let expect = Expect { head: method == Method::Head, keep: request.wanted };
            self.parser.reset(expect);
            let mut sample = self.exchange(world, method, expect).await;
            sample.action = u16::try_from(action).unwrap_or(u16::MAX);
            if sample.outcome == Outcome::Good
                && !self.session.judge(&world.plan, request, &self.parser.answer())
            {
                sample.outcome = Outcome::CheckFailed;
            }
            let good = sample.outcome == Outcome::Good;
            world.shared.inbox.server_timing(&sample, self.parser.server_timing());
            self.samples.push(sample);
            world.shared.inbox.put(usize::try_from(self.number).unwrap_or(0), &mut self.samples);
            if !good {
                return;
            }
            self.session.advance(&world.plan);
        }
    }

    /// Sends the request and reads the whole answer; a user is due when he acts, so he is never late.
    async fn exchange(&mut self, world: &World, method: Method, expect: Expect) -> Sample {
        let due = world.now();
        // One that the server has closed meanwhile, or said something on that nobody asked for, is no good.
        self.connection = self.connection.take_if(|held| held.wire.is_quiet()).or_else(|| world.wires.idle());
        let reused = self.connection.is_some();
        let mut sample = Sample {
            action: 0,
            outcome: Outcome::TimedOut,
            status: 0,
            due,
            possible: due,
            sent: due,
            reached: due,
            connected: due,
            first_byte: due,
            last_byte: due,
            bytes_received: 0,
            bytes_sent: 0,
            reused,
        };
        let deadline = tokio::time::Instant::now() + world.settings.timeout;
        let mut result = world.bounded(deadline, self.attempt(world, &mut sample)).await;
        // A kept connection may have been closed by the server meanwhile: as a browser does, try once on a fresh one.
        if reused && method.is_idempotent() && self.parser.received() == 0 && result == Err(Outcome::Reset) {
            sample.reused = false;
            world.shared.counts.retried();
            self.parser.reset(expect);
            result = world.bounded(deadline, self.attempt(world, &mut sample)).await;
        }
        sample.last_byte = world.now();
        sample.outcome = match result {
            Ok(()) => Outcome::Good,
            Err(outcome) => outcome,
        };
        sample.status = self.parser.status();
        sample.bytes_received = u32::try_from(self.parser.received()).unwrap_or(u32::MAX);
        let is_kept = sample.outcome == Outcome::Good && self.parser.keep_alive();
        match world.settings.connections.policy {
            Policy::PerVisitor if is_kept => {}
            // Where there is a maximum, they are for whoever asks next.
            Policy::Reuse if is_kept => self.connection = world.wires.give_back(self.connection.take()),
            _ => self.connection = None,
        }
        sample
    }

    /// One try; leaves no connection behind when it fails.
    async fn attempt(&mut self, world: &World, sample: &mut Sample) -> Result<(), Outcome> {
        let mut connection = if let Some(connection) = self.connection.take() {
            connection
        } else {
            let permit = world.wires.permit()?;
            let counts = &world.shared.counts;
            counts.opened.fetch_add(1, Ordering::Relaxed);
            let socket = wire::connect(world.settings.address).await;
            let socket = socket.map_err(|error| counts.not_connected(error))?;
            sample.reached = world.now();
            let wire = Wire::over(socket, world.settings.tls.as_ref()).await;
            let wire = wire.map_err(|error| counts.not_connected(error))?;
            counts.shaken(wire.is_resumed());
            Held { wire, _permit: permit }
        };
        // A kept connection was there all the time.
        if !sample.reused {
            sample.connected = world.now();
        }
        connection.wire.send(&self.request).await.map_err(|_| Outcome::Reset)?;
        sample.bytes_sent = u32::try_from(self.request.len()).unwrap_or(u32::MAX);
        loop {
            let read = connection.wire.receive(&mut self.buffer).await.map_err(|_| Outcome::Reset)?;
            if self.parser.received() == 0 && read > 0 {
                sample.first_byte = world.now();
            }
            if read == 0 {
                self.parser.finish_eof().map_err(|_| Outcome::Reset)?;
                break;
            }
            let fed = self.parser.feed(&self.buffer[..read]);
            if fed.map_err(|malformed| world.shared.counts.malformed(malformed))? == Progress::Done {
                break;
            }
        }
        self.connection = Some(connection);
        Ok(())
    }
}
