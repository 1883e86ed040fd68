//! The loop: look at the clock, send what is due, give up what is overdue, wait, read.
//!
//! Latency is counted from the due time, not from when a request left, and an arrival that finds no free connection is
//! shed and counted, not waited for: a generator that falls behind must report the wait it caused. Being late moves
//! nothing: what is overdue is sent at once, with the due time it has.
//!
//! Reading never holds up a due request by more than the handling of one answer, and a backlog of due requests never
//! keeps answers from being read: each turn of the loop does a limited amount of both.

use std::{io, time::Duration};

use scenarios::target::Policy;

use super::{
    Nanos, Offered, Outcome, Ready, Settings, Sink, Stop, Workload, World, agenda::Agenda, pool::Pool,
    stop::Wanted, wake::WakeDelay,
};

/// How often the sink is told the time, and how long it may take until a stop is seen.
pub const TICK: Duration = Duration::from_millis(100);

/// Due requests sent before answers are looked at again. At some 5 us each this is a third of a millisecond.
const SENDS_PER_TURN: usize = 64;

/// Bytes read at a time. An answer of usual size takes one call, and the buffer stays in the second-level cache.
const RECEIVE_BYTES: usize = 64 * 1024;

/// Offers what the workload asks for, until it has ended or `stop` says so, and waits for the answers.
///
/// The time of `world` must be that of the workload: both count from the start of the run.
///
/// # Errors
/// Waiting for sockets is impossible; the operations of this run are lost. Whatever happens to single connections is
/// an outcome and not an error.
pub fn offer<W: World, L: Workload, S: Sink>(
    world: &mut W,
    workload: &mut L,
    sink: &mut S,
    settings: &Settings,
    stop: &Stop,
) -> io::Result<Offered> {
    offer_on(world, workload, sink, settings, stop, &mut Connections::default())
}

/// Connections that one load leaves open for the next in the same world.
#[derive(Debug, Default)]
pub struct Connections {
    pool: Option<Pool>,
    /// Whether they are left open.
    is_kept: bool,
}

impl Connections {
    /// None yet; those that a load opens are kept for the next.
    #[must_use]
    pub fn kept() -> Connections {
        Connections { pool: None, is_kept: true }
    }
}

/// As [`offer`], on connections that may be open already. How many there may be, and how long they are kept, is what the first load
/// said.
///
/// # Errors
/// As [`offer`].
pub fn offer_on<W: World, L: Workload, S: Sink>(
    world: &mut W,
    workload: &mut L,
    sink: &mut S,
    settings: &Settings,
    stop: &Stop,
    connections: &mut Connections,
) -> io::Result<Offered> {
    let cpu = world.cpu();
    let pool = connections.pool.take();
    let mut engine = Engine {
        now: world.now(),
        world,
        workload,
        sink,
        settings: *settings,
        agenda: Agenda::new(settings.end),
        pool: pool.unwrap_or_else(|| Pool::new(settings.max_connections, settings.keep)),
        totals: Offered::default(),
        request: Vec::new(),
        buffer: vec![0; RECEIVE_BYTES],
        ready: Vec::new(),
        unfinished: Vec::new(),
        wake: WakeDelay::default(),
        has_looked: true,
        next_tick: Nanos::ZERO,
        give_up: settings.end.plus(settings.grace),
        obeyed: Wanted::GoOn,
    };
    engine.agenda.refill(engine.workload);
    while engine.turn(stop)? {}
    engine.cut_short();
    // Where each visit has its own, they are of no use to others.
    let is_kept = connections.is_kept && settings.keep == Policy::Reuse;
    if !is_kept {
        engine.close_idle();
    }
    let mut totals = engine.totals;
    connections.pool = is_kept.then_some(engine.pool);
    totals.ended = world.now();
    totals.cpu = world.cpu().saturating_sub(cpu);
    sink.tick(totals.ended);
    Ok(totals)
}

/// Everything the thread owns. The way of a single operation is in `carry.rs`.
pub(super) struct Engine<'a, W, L, S> {
    pub(super) now: Nanos,
    pub(super) world: &'a mut W,
    pub(super) workload: &'a mut L,
    pub(super) sink: &'a mut S,
    pub(super) settings: Settings,
    pub(super) agenda: Agenda,
    pub(super) pool: Pool,
    pub(super) totals: Offered,
    /// The request that is being dispatched.
    pub(super) request: Vec<u8>,
    pub(super) buffer: Vec<u8>,
    ready: Vec<Ready>,
    /// Connections that have more to read but were left so that others get their turn. An edge is told once, so
    /// what it said is kept.
    pub(super) unfinished: Vec<Ready>,
    wake: WakeDelay,
    /// Answers have been looked at since the last operation was dispatched.
    has_looked: bool,
    next_tick: Nanos,
    /// When the wait for answers ends.
    give_up: Nanos,
    /// What was wanted when `stop` was looked at last.
    obeyed: Wanted,
}

impl<W: World, L: Workload, S: Sink> Engine<'_, W, L, S> {
    /// One turn of the loop; false when the run is over.
    fn turn(&mut self, stop: &Stop) -> io::Result<bool> {
        self.now = self.world.now();
        let wanted = stop.wanted();
        if wanted != self.obeyed {
            self.obeyed = wanted;
            self.obey();
        }
        if self.now >= self.next_tick {
            self.sink.tick(self.now);
            self.next_tick = self.now.plus(TICK);
            self.settings.spin = self.settings.spin.max(stop.spin());
        }
        self.send_due();
        self.expire();
        let is_over = self.agenda.next_due() == Nanos::MAX && self.pool.in_flight() == 0;
        if is_over || self.now >= self.give_up {
            return Ok(false);
        }
        self.wait()?;
        self.read_ready();
        Ok(true)
    }

    /// Offers nothing from now on; how long answers are waited for depends on who ended the run.
    fn obey(&mut self) {
        let grace = match self.obeyed {
            Wanted::GoOn => return,
            Wanted::Enough => self.settings.grace,
            Wanted::AtOnce => self.settings.grace_when_stopped,
        };
        self.agenda.end_at(self.now);
        self.give_up = self.give_up.min(self.now.plus(grace));
    }

    /// Sends what is due, up to the limit of a turn.
    ///
    /// Before an arrival is shed, answers that may have come in the meantime are looked at: a connection that is free
    /// but not known to be so is no reason to shed.
    pub(super) fn send_due(&mut self) {
        for _ in 0..SENDS_PER_TURN {
            let may_start = self.pool.has_room() || self.has_looked;
            if self.agenda.next_due() > self.now || !may_start {
                return;
            }
            self.dispatch();
            self.has_looked = false;
        }
    }

    /// Gives up operations that have had their time.
    fn expire(&mut self) {
        while let Some((slot, deadline)) = self.pool.first_deadline() {
            if deadline > self.now {
                return;
            }
            self.end(slot, Outcome::TimedOut);
        }
    }

    /// Waits for whatever comes first: an answer, the next due time, a deadline, a tick, the end.
    fn wait(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.totals.waits += 1;
        let due = self.agenda.next_due();
        if due <= self.now || !self.unfinished.is_empty() {
            return self.world.wait(Nanos::ZERO, &mut self.ready);
        }
        let deadline = self.pool.first_deadline().map_or(Nanos::MAX, |(_, deadline)| deadline);
        let other = deadline.min(self.next_tick).min(self.give_up);
        if other < due.minus(self.settings.spin.max(self.wake.lead())) {
            return self.world.wait(other, &mut self.ready);
        }
        self.wait_for_due(due)
    }

    /// Sleeps until shortly before `due`, and looks at the clock for the rest.
    ///
    /// Where waking up takes long, a sleep that is shorter than that would end late; it also costs about as much CPU
    /// time as looking at the clock would, since the core must be put to sleep and back.
    fn wait_for_due(&mut self, due: Nanos) -> io::Result<()> {
        let wake = due.minus(self.settings.spin.max(self.wake.lead()));
        let mut now = self.now;
        if now < wake {
            self.world.wait(wake, &mut self.ready)?;
            now = self.world.now();
            if now < wake || !self.ready.is_empty() {
                return Ok(());
            }
            self.wake.learn(now.since(wake));
        }
        let start = now;
        while self.ready.is_empty() && now < due {
            self.world.wait(Nanos::ZERO, &mut self.ready)?;
            now = self.world.now();
        }
        self.totals.spun += now.since(start);
        Ok(())
    }

    /// Handles what has become ready, and sends what has become due between one answer and the next.
    fn read_ready(&mut self) {
        let dispatched = self.totals.due;
        let mut ready = std::mem::take(&mut self.ready);
        ready.append(&mut self.unfinished);
        for event in &ready {
            self.handle(event);
            if self.now >= self.agenda.next_due() {
                self.send_due();
            }
        }
        self.ready = ready;
        self.has_looked = self.totals.due == dispatched;
    }

    /// Ends what is unanswered when the wait is over, and what was due but could not be sent any more.
    fn cut_short(&mut self) {
        self.now = self.world.now();
        self.agenda.end_at(self.now);
        while let Some(slot) = self.pool.oldest_busy() {
            self.cut(slot);
        }
        while self.agenda.next_due() != Nanos::MAX {
            self.cut_unsent();
        }
    }

    fn close_idle(&mut self) {
        while let Some(slot) = self.pool.any_idle() {
            self.close(slot);
        }
    }
}
