//! The measured time of a run: which of its seconds are sound, and how long it goes on to have enough of them.
//!
//! The host of a virtual machine may take its processors away (`steal` in `/proc/stat`). While it does, requests leave
//! late and answers come late, and neither says anything about the server or the generator. Such a second is set aside
//! like warm-up: it counts for nothing, and the run goes on to make up for it. What decides is **the host's figure
//! alone**, never a latency or a lag: a rule that looked at the result would set aside whatever it does not like.
//!
//! The rule: the verdict on lag lets one request in a hundred leave late. Requests come at all times alike, so a host
//! that takes one hundredth of the time makes about one in a hundred late by itself, and a generator without fault
//! fails. A second in which it took more is disturbed.
//!
//! ```text
//! stolen      ticks of steal within the second, all cores
//! ticks       cores x length x ticks per second: 200 for a second of two cores at the usual 100
//! disturbed   stolen > max(1, ticks / 100): more than 2 of these 200. A single tick says nothing: what
//!             it counts may have been collected over a longer time.
//! end         warm-up + asked + set aside, and at most warm-up + asked x (1 + MOST_EXTRA)
//! ```
//!
//! Pure: whoever watches the run looks at the machine and hands the readings in. Where there is no figure (no virtual
//! machine, another system), no second is disturbed.

use std::time::Duration;

use crate::engine::Nanos;
use crate::process::MachineTime;

/// One of so many ticks: what a host may take from a second that counts.
const ONE_IN: u64 = 100;
/// How much longer a run may become to make up for what was set aside, as a multiple of what was asked.
const MOST_EXTRA: u32 = 1;
/// What is judged at a time.
const STRETCH: Duration = Duration::from_secs(1);

/// What the machine said at a moment of the run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) at: Nanos,
    pub(crate) machine: Option<MachineTime>,
    /// How long the generator has waited for a processor of its own machine so far.
    pub(crate) waited: Option<Duration>,
}

/// What a request counts for, by its due time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Warmup,
    Sound,
    SetAside,
    /// The second is not over: what it counts for will be known.
    Open,
    /// The second has not begun, as far as anybody has looked.
    Ahead,
    /// It comes after the last second.
    Beyond,
}

/// A second of the measured time, or what is left of one at its end.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stretch {
    from: Nanos,
    until: Nanos,
    /// Taken by the host, of all cores.
    stolen: Option<Duration>,
    waited: Option<Duration>,
    is_set_aside: bool,
}

impl Stretch {
    fn length(&self) -> Duration {
        self.until.since(self.from)
    }
}

/// The measured time as far as it has come.
#[derive(Debug)]
pub(crate) struct MeasuredTime {
    from: Nanos,
    asked: Duration,
    /// Nothing is set aside, whatever the host does.
    counts_all: bool,
    /// How much longer it may become, as a multiple of what was asked.
    most_extra: u32,
    stretches: Vec<Stretch>,
    /// The reading that the open stretch is judged from, and the last one.
    begun: Option<Look>,
    last: Option<Look>,
    cores: u32,
    tick: Duration,
    is_over: bool,
}

impl MeasuredTime {
    /// `tick` is the length of the system's clock tick.
    pub(crate) fn new(from: Nanos, asked: Duration, counts_all: bool, tick: Duration) -> MeasuredTime {
        MeasuredTime {
            from,
            asked,
            counts_all,
            most_extra: MOST_EXTRA,
            stretches: Vec::new(),
            begun: None,
            last: None,
            cores: 0,
            tick: tick.max(Duration::from_nanos(1)),
            is_over: false,
        }
    }

    /// Never longer than asked: what a shape asks for at its end cannot make up for what was set aside before.
    pub(crate) fn without_extra(self) -> MeasuredTime {
        MeasuredTime { most_extra: 0, ..self }
    }

    /// When measuring begins.
    pub(crate) fn from(&self) -> Nanos {
        self.from
    }

    /// When it ends, as things stand.
    pub(crate) fn end(&self) -> Nanos {
        let longest = self.asked.saturating_mul(1 + self.most_extra);
        self.from.plus(self.asked + self.set_aside()).min(self.from.plus(longest))
    }

    /// The next moment at which a reading is needed.
    pub(crate) fn next_look(&self) -> Nanos {
        if self.begun.is_none() { self.from } else { self.open_until() }
    }

    fn open_from(&self) -> Nanos {
        self.stretches.last().map_or(self.from, |stretch| stretch.until)
    }

    fn open_until(&self) -> Nanos {
        self.open_from().plus(STRETCH).min(self.end())
    }

    /// Takes a reading; true when a second has become known by it.
    pub(crate) fn look(&mut self, look: Look) -> bool {
        if self.is_over {
            return false;
        }
        let known = self.stretches.len();
        if self.begun.is_none() && look.at >= self.from {
            self.begun = Some(self.since(self.from, look));
        }
        while look.at >= self.open_until() && self.open_until() > self.open_from() {
            self.close(self.open_until(), look);
            self.begun = Some(self.since(self.open_from(), look));
        }
        self.last = Some(look);
        self.stretches.len() > known
    }

    /// The reading to judge what begins at `border` from. One that came late says of the ticks since the last reading
    /// not on which side of the border they fell, and they are counted on both.
    fn since(&self, border: Nanos, look: Look) -> Look {
        let is_late = look.at > border.plus(self.tick);
        self.last.filter(|_| is_late).unwrap_or(look)
    }

    /// Ends the measured time here, if it has not ended: what is under way is judged as it is.
    pub(crate) fn finish(&mut self, look: Look) {
        self.look(look);
        if !self.is_over && self.begun.is_some() && look.at > self.open_from() && look.at < self.end() {
            self.close(look.at, look);
        }
        self.is_over = true;
    }

    fn close(&mut self, until: Nanos, look: Look) {
        let from = self.open_from();
        let readings = self.begun.and_then(|begun| begun.machine.zip(look.machine));
        let ticks = readings.map(|(early, late)| late.stolen_ticks_since(early));
        self.cores = look.machine.map_or(self.cores, MachineTime::cores);
        let is_disturbed =
            ticks.is_some_and(|stolen| is_disturbed(stolen, self.cores, until.since(from), self.tick));
        let times = |ticks: u64| self.tick.saturating_mul(u32::try_from(ticks).unwrap_or(u32::MAX));
        let waited = self.begun.and_then(|begun| begun.waited.zip(look.waited));
        self.stretches.push(Stretch {
            from,
            until,
            stolen: ticks.map(times),
            waited: waited.map(|(early, late)| late.saturating_sub(early)),
            is_set_aside: is_disturbed && !self.counts_all,
        });
    }

    /// What a request that is due then counts for.
    pub(crate) fn phase(&self, due: Nanos) -> Phase {
        if due < self.from {
            return Phase::Warmup;
        }
        // Answers are rarely much later than their due time, so the search begins at the end.
        let stretch = self.stretches.iter().rev().find(|stretch| stretch.from <= due);
        match stretch.filter(|stretch| due < stretch.until) {
            None if self.is_over => Phase::Beyond,
            None if due < self.open_until() => Phase::Open,
            None => Phase::Ahead,
            Some(stretch) if stretch.is_set_aside => Phase::SetAside,
            Some(_) => Phase::Sound,
        }
    }

    /// What was asked for.
    pub(crate) fn asked(&self) -> Duration {
        self.asked
    }

    /// Time that counts.
    pub(crate) fn sound(&self) -> Duration {
        self.counted(false).map(Stretch::length).sum()
    }

    /// Time that counts between two moments.
    pub(crate) fn sound_within(&self, from: Nanos, until: Nanos) -> Duration {
        let inside = |stretch: &Stretch| stretch.until.min(until).since(stretch.from.max(from));
        self.counted(false).map(inside).sum()
    }

    /// When the last second ended that is known.
    pub(crate) fn ended(&self) -> Nanos {
        self.open_from()
    }

    /// Time that does not.
    pub(crate) fn set_aside(&self) -> Duration {
        self.counted(true).map(Stretch::length).sum()
    }

    /// Which seconds do not count, from the beginning of the measured time.
    pub(crate) fn set_aside_at(&self) -> Vec<u32> {
        let at =
            |stretch: &Stretch| u32::try_from(stretch.from.since(self.from).as_secs()).unwrap_or(u32::MAX);
        let mut at: Vec<u32> = self.counted(true).map(at).collect();
        at.dedup();
        at
    }

    /// The share of the processors' time that the host took, of what counts or of what was set aside; `None` where the
    /// system does not say.
    pub(crate) fn stolen_share(&self, of_set_aside: bool) -> Option<f64> {
        let all =
            (self.counted(of_set_aside).map(Stretch::length).sum::<Duration>() * self.cores).as_secs_f64();
        let stolen: Duration = self.counted(of_set_aside).map(|stretch| stretch.stolen).sum::<Option<_>>()?;
        // A reading that came late is counted in two seconds.
        (all > 0.0).then(|| (stolen.as_secs_f64() / all).min(1.0))
    }

    /// The share of the time that counts in which the generator waited for a processor; above 1 where several threads
    /// waited. `None` where the system does not say.
    pub(crate) fn wait_share(&self) -> Option<f64> {
        let known = |stretch: &&Stretch| stretch.waited.is_some();
        let all: Duration = self.counted(false).filter(known).map(Stretch::length).sum();
        let waited: Duration = self.counted(false).filter_map(|stretch| stretch.waited).sum();
        (!all.is_zero()).then(|| waited.as_secs_f64() / all.as_secs_f64())
    }

    fn counted(&self, is_set_aside: bool) -> impl Iterator<Item = &Stretch> {
        self.stretches.iter().filter(move |stretch| stretch.is_set_aside == is_set_aside)
    }
}

/// The longest that a run may go on.
pub(crate) fn latest_end(from: Nanos, asked: Duration) -> Nanos {
    from.plus(asked.saturating_mul(1 + MOST_EXTRA))
}

fn is_disturbed(stolen: u64, cores: u32, length: Duration, tick: Duration) -> bool {
    let ticks = length.as_nanos() * u128::from(cores) / tick.as_nanos().max(1);
    u128::from(stolen) > (ticks / u128::from(ONE_IN)).max(1)
}

#[cfg(test)]
mod tests;
