//! Made-up servers in virtual time whose capacity is known, or computed in another way than the search goes about it.
//!
//! All of them take requests in the order in which they come, so that a request's end follows from the ends before it
//! (Kiefer and Wolfowitz 1955).

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use loadgen::capacity::trial::{Order, Pace, Seen, Tally};
use loadgen::capacity::utilisation::{Resource, Use};
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use rand_distr::Exp1;

/// The promise: this share of requests is answered within so many seconds.
pub(crate) const SHARE: f64 = 0.99;

/// How long it takes to be refused.
const REFUSED_S: f64 = 0.001;

/// What kind of server it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// So many servers at a rate each, with random service.
    Queue { servers: usize, rate: f64 },
    /// Workers; each request holds one lock for a mean time, and works on for another.
    Lock { workers: usize, locked_s: f64, free_s: f64 },
    /// One server that stops at random moments, so many seconds apart on average, for so long.
    Pauses { rate: f64, every_s: f64, pause_s: f64 },
    /// One server with so many places, the one for whom is served included; who finds none is refused at once.
    Bounded { rate: f64, places: usize },
    /// One server whose rate falls evenly by so much in each second.
    Leak { rate: f64, fall: f64 },
}

/// A server at work.
pub(crate) struct Server {
    kind: Kind,
    random: ChaCha8Rng,
    free: Vec<f64>,
    lock: f64,
    pauses: VecDeque<(f64, f64)>,
    drawn: f64,
    /// When those who are there will have been served.
    leaving: VecDeque<f64>,
    /// Seconds during which what is limited was in use, over all of its servers.
    busy: f64,
}

impl Server {
    pub(crate) fn new(kind: Kind, seed: u64) -> Server {
        let workers = match kind {
            Kind::Queue { servers, .. } => servers,
            Kind::Lock { workers, .. } => workers,
            Kind::Pauses { .. } | Kind::Leak { .. } | Kind::Bounded { .. } => 1,
        };
        let random = ChaCha8Rng::seed_from_u64(seed);
        let (pauses, leaving) = (VecDeque::new(), VecDeque::new());
        Server { kind, random, free: vec![0.0; workers], lock: 0.0, pauses, drawn: 0.0, leaving, busy: 0.0 }
    }

    fn exponential(&mut self, mean: f64) -> f64 {
        mean * self.random.sample::<f64, _>(Exp1)
    }

    /// How long a request keeps what is limited, so long on average.
    fn works(&mut self, mean: f64) -> f64 {
        let work = self.exponential(mean);
        self.busy += work;
        work
    }

    /// Whether a request that comes now is refused.
    fn refuses(&mut self, now: f64) -> bool {
        let Kind::Bounded { places, .. } = self.kind else { return false };
        while self.leaving.front().is_some_and(|end| *end <= now) {
            self.leaving.pop_front();
        }
        self.leaving.len() >= places
    }

    /// When a request is answered that comes now, not before any that came earlier; `None` where it is refused.
    pub(crate) fn serve(&mut self, now: f64) -> Option<f64> {
        if self.refuses(now) {
            return None;
        }
        let (worker, free) =
            self.free.iter().copied().enumerate().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
        let begins = now.max(free);
        let ends = match self.kind {
            Kind::Queue { rate, .. } | Kind::Bounded { rate, .. } => begins + self.works(1.0 / rate),
            Kind::Lock { locked_s, free_s, .. } => {
                self.lock = self.lock.max(begins) + self.works(locked_s);
                self.lock + self.exponential(free_s)
            }
            Kind::Pauses { rate, every_s, pause_s } => {
                let work = self.works(1.0 / rate);
                self.through_pauses(begins, work, every_s, pause_s)
            }
            Kind::Leak { rate, fall } => begins + self.works(1.0 / (rate - fall * begins).max(1.0)),
        };
        self.free[worker] = ends;
        if matches!(self.kind, Kind::Bounded { .. }) {
            self.leaving.push_back(ends);
        }
        Some(ends)
    }

    fn through_pauses(&mut self, begins: f64, work: f64, every_s: f64, pause_s: f64) -> f64 {
        let mut at = begins;
        let mut left = work;
        loop {
            while self.drawn <= at + left {
                let from = self.drawn + self.exponential(every_s);
                self.pauses.push_back((from, from + pause_s));
                self.drawn = from + pause_s;
            }
            while self.pauses.front().is_some_and(|(_, end)| *end <= at) {
                self.pauses.pop_front();
            }
            let Some((from, end)) = self.pauses.front().copied() else { return at + left };
            if at + left <= from {
                return at + left;
            }
            left -= (from - at).max(0.0);
            at = end;
        }
    }
}

/// A server under a search.
pub(crate) struct World {
    server: Server,
    arrivals: ChaCha8Rng,
    limit_s: f64,
    now: f64,
    /// How busy what is limited was in each block at a rate.
    pub(crate) uses: Vec<Use>,
}

impl World {
    pub(crate) fn new(kind: Kind, limit_s: f64, seed: u64) -> World {
        let arrivals = ChaCha8Rng::seed_from_u64(seed ^ 0x5EED);
        World { server: Server::new(kind, seed), arrivals, limit_s, now: 0.0, uses: Vec::new() }
    }

    /// What is limited, and how busy it was.
    pub(crate) fn resource(&self) -> Resource {
        let servers = match self.server.kind {
            Kind::Queue { servers, .. } => u32::try_from(servers).unwrap(),
            _ => 1,
        };
        Resource { name: "server".to_owned(), servers, uses: self.uses.clone(), is_shared: false }
    }

    /// Loads the server as ordered, for as long as `goes_on` says after each block, and lets it drain.
    pub(crate) fn level(&mut self, order: &Order, mut goes_on: impl FnMut(Seen) -> bool) {
        match order.pace {
            Pace::Rate(rate) => self.at_rate(rate, order, &mut goes_on),
            Pace::Connections(connections) => self.on_connections(connections, order, &mut goes_on),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts")]
    fn at_rate(&mut self, rate: f64, order: &Order, goes_on: &mut impl FnMut(Seen) -> bool) {
        let begun = self.now;
        let mut next = begun + self.arrivals.sample::<f64, _>(Exp1) / rate;
        let mut last = next;
        let skipped = begun + order.skip_s;
        while next < skipped {
            last = self.server.serve(next).unwrap_or(next).max(last);
            next += self.arrivals.sample::<f64, _>(Exp1) / rate;
        }
        let mut from = skipped;
        loop {
            let end = from + order.block_s;
            let mut block = Counted::new(from, order.block_s, self.limit_s);
            let before = self.server.busy;
            while next < end {
                let answered = self.server.serve(next);
                last = last.max(answered.unwrap_or(next));
                block.add(next, answered);
                next += self.arrivals.sample::<f64, _>(Exp1) / rate;
            }
            from = end;
            let (per_s, busy) =
                (block.done as f64 / order.block_s, (self.server.busy - before) / order.block_s);
            self.uses.push(Use { per_s, busy, seconds: order.block_s });
            if !goes_on(block.seen()) {
                break;
            }
        }
        self.now = last.max(from);
    }

    fn on_connections(&mut self, connections: u32, order: &Order, goes_on: &mut impl FnMut(Seen) -> bool) {
        let (begun, skipped) = (self.now, self.now + order.skip_s);
        let end = skipped + order.block_s;
        let mut due: BinaryHeap<Reverse<u64>> = (0..connections).map(|_| Reverse(begun.to_bits())).collect();
        let mut block = Counted::new(skipped, order.block_s, self.limit_s);
        let mut last = end;
        // Times are above zero, whose bits are in the same order as they are.
        while let Some(Reverse(bits)) = due.pop() {
            let now = f64::from_bits(bits);
            if now >= end {
                break;
            }
            // Who is refused asks again in a moment, as over a network.
            let answered = self.server.serve(now);
            let next = answered.unwrap_or(now + REFUSED_S);
            last = last.max(next);
            if answered.is_some() && next >= skipped && next < end {
                block.add(next, answered);
                block.sum += next - now;
            }
            due.push(Reverse(next.to_bits()));
        }
        goes_on(block.seen());
        self.now = last;
    }
}

struct Counted {
    from: f64,
    length: f64,
    limit_s: f64,
    seconds: Vec<Tally>,
    sum: f64,
    squares: f64,
    due: u64,
    done: u64,
}

impl Counted {
    fn new(from: f64, length: f64, limit_s: f64) -> Counted {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few seconds")]
        let seconds = length.ceil().max(1.0) as usize;
        let seconds = vec![Tally::default(); seconds];
        Counted { from, length, limit_s, seconds, sum: 0.0, squares: 0.0, due: 0, done: 0 }
    }

    fn add(&mut self, due: f64, answered: Option<f64>) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few seconds")]
        let second = ((due - self.from).max(0.0) as usize).min(self.seconds.len() - 1);
        self.seconds[second].scheduled += 1;
        self.seconds[second].missed += u64::from(answered.is_none_or(|at| at - due > self.limit_s));
        self.sum += answered.map_or(0.0, |at| at - due);
        self.squares += answered.map_or(0.0, |at| (at - due).powi(2));
        self.due += 1;
        self.done += u64::from(answered.is_some());
    }

    #[expect(clippy::cast_precision_loss, reason = "counts")]
    fn seen(self) -> Seen {
        Seen {
            seconds: self.length,
            due: self.due,
            done_per_s: self.done as f64 / self.length,
            mean_s: self.sum / self.done.max(1) as f64,
            mean_square_s2: self.squares / self.done.max(1) as f64,
            promises: vec![self.seconds],
            limited: None,
            disturbed: None,
        }
    }
}

/// The share of requests that take longer than the limit, in a long time at one rate; and the standard error of it.
pub(crate) fn misses(kind: Kind, limit_s: f64, rate: f64, seconds: f64, seed: u64) -> (f64, f64) {
    const BATCHES: usize = 50;
    let mut world = World::new(kind, limit_s, seed);
    let mut shares = Vec::new();
    let order = Order {
        pace: Pace::Rate(rate),
        purpose: scenarios::capacity::Purpose::Narrow,
        skip_s: 30.0,
        block_s: seconds / 50.0,
        most_blocks: 50,
    };
    world.level(&order, |seen| {
        let tally = seen.tally(0);
        #[expect(clippy::cast_precision_loss, reason = "counts")]
        shares.push(tally.missed as f64 / tally.scheduled as f64);
        shares.len() < BATCHES
    });
    #[expect(clippy::cast_precision_loss, reason = "fifty")]
    let count = BATCHES as f64;
    let mean = shares.iter().sum::<f64>() / count;
    let variance = shares.iter().map(|share| (share - mean).powi(2)).sum::<f64>() / (count - 1.0);
    (mean, (variance / count).sqrt())
}
