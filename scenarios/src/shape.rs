//! The shape of a load: what is offered over time, as phases one after the other.
//!
//! Levels are rates (`300/s`), numbers of users (`200 users`), or relative to what a run offers without a shape (`50%`,
//! `2x`). A shape knows nothing of a run: how relative levels become rates, and what is due when, is for whoever runs it.

use std::time::Duration;

use crate::units::{Factor, Rate};

/// Stretches at one level, and ramps, that one shape has at most: each is recorded and reported by itself.
pub const MOST_PARTS: usize = 50;
/// The longest shape; longer ones are a matter for several runs.
pub const LONGEST: Duration = Duration::from_hours(7 * 24);

/// Phases one after the other: at least one, and some of them ask for something.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadShape {
    phases: Vec<Phase>,
    counts: Counts,
}

/// What the levels of a shape count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// Actions per second.
    Rates,
    /// Users.
    Users,
    /// Multiples alone: of either.
    Either,
}

/// One phase.
#[derive(Clone, Debug, PartialEq)]
pub struct Phase {
    /// As written: `ramp 10/s..300/s for 30 s`.
    pub text: String,
    /// What it does.
    pub course: Course,
}

/// What a phase does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Course {
    /// The same all the time.
    Constant {
        /// How much.
        level: Level,
        /// How long.
        length: Duration,
    },
    /// Evenly from one level to another.
    Ramp {
        /// At its beginning.
        from: Level,
        /// At its end.
        to: Level,
        /// How long.
        length: Duration,
    },
    /// From one level to another in steps, never beyond it.
    Steps {
        /// The first step.
        from: Level,
        /// Where the last one lies at most.
        to: Level,
        /// From one step to the next, up or down.
        by: Level,
        /// How long each is.
        each: Duration,
        /// How many steps that makes.
        count: u32,
    },
    /// A multiple of the base level, and then the base level for as long again.
    Spike {
        /// How many times the base level.
        factor: Factor,
        /// How long it lasts.
        length: Duration,
    },
    /// Nothing.
    Pause {
        /// How long.
        length: Duration,
    },
    /// The wave of a day, pressed into this time: from the quietest hour over the busiest to the quietest.
    Daily {
        /// How long.
        length: Duration,
    },
}

/// How much is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Level {
    /// Actions per second.
    Rate(Rate),
    /// Users at work.
    Users(u32),
    /// So many times what is offered without a shape.
    Times(Factor),
}

impl Level {
    /// The number, whatever it counts.
    #[must_use]
    pub fn number(self) -> f64 {
        match self {
            Level::Rate(rate) => rate.in_one_second(),
            Level::Users(users) => f64::from(users),
            Level::Times(factor) => factor.times(),
        }
    }

    /// What it counts.
    #[must_use]
    pub fn counts(self) -> Counts {
        match self {
            Level::Rate(_) => Counts::Rates,
            Level::Users(_) => Counts::Users,
            Level::Times(_) => Counts::Either,
        }
    }
}

impl Course {
    fn levels(&self) -> Vec<Level> {
        match *self {
            Course::Constant { level, .. } => vec![level],
            Course::Ramp { from, to, .. } => vec![from, to],
            Course::Steps { from, to, by, .. } => vec![from, to, by],
            Course::Spike { factor, .. } => vec![Level::Times(factor)],
            Course::Pause { .. } => Vec::new(),
            Course::Daily { .. } => vec![Level::Times(Factor::ONE)],
        }
    }

    /// How long it takes.
    #[must_use]
    pub fn length(&self) -> Duration {
        match *self {
            Course::Constant { length, .. }
            | Course::Ramp { length, .. }
            | Course::Pause { length }
            | Course::Daily { length } => length,
            Course::Steps { each, count, .. } => each.saturating_mul(count),
            Course::Spike { length, .. } => length.saturating_mul(2),
        }
    }

    /// How many parts of a report it makes.
    fn parts(&self) -> usize {
        match *self {
            Course::Steps { count, .. } => usize::try_from(count).unwrap_or(usize::MAX),
            Course::Spike { .. } => 2,
            _ => 1,
        }
    }
}

impl LoadShape {
    /// Phases that make sense together.
    ///
    /// # Errors
    /// What is wrong with them, and a hint.
    pub fn new(phases: Vec<Phase>) -> Result<LoadShape, (String, String)> {
        let refuse = |what: String, hint: &str| Err((what, hint.to_owned()));
        let levels: Vec<Level> = phases.iter().flat_map(|phase| phase.course.levels()).collect();
        let is = |wanted| levels.iter().any(|level| level.counts() == wanted);
        let counts = match (is(Counts::Rates), is(Counts::Users)) {
            (true, true) => {
                return refuse(
                    "a shape counts rates or users, and this one counts both".to_owned(),
                    "rates belong to the open model and users to the closed one: one run each",
                );
            }
            (true, false) => Counts::Rates,
            (false, true) => Counts::Users,
            (false, false) => Counts::Either,
        };
        if !levels.iter().any(|level| level.number() > 0.0) {
            return refuse(
                "a shape of no requests measures nothing".to_owned(),
                "like `shape: [ramp 10/s..300/s for 30 s, 300/s for 1 min]`",
            );
        }
        let parts = phases.iter().map(|phase| phase.course.parts()).fold(0, usize::saturating_add);
        if parts > MOST_PARTS {
            return refuse(
                format!("{parts} parts are more than a report holds ({MOST_PARTS})"),
                "fewer or larger steps",
            );
        }
        let length =
            phases.iter().map(|phase| phase.course.length()).fold(Duration::ZERO, Duration::saturating_add);
        if length > LONGEST {
            return refuse(
                format!("a shape of {} s is too long", length.as_secs()),
                "at most seven days; longer ones are a matter for several runs",
            );
        }
        Ok(LoadShape { phases, counts })
    }

    /// In order.
    #[must_use]
    pub fn phases(&self) -> &[Phase] {
        &self.phases
    }

    /// What its levels count.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Whether some of it is a multiple of what is offered without a shape.
    #[must_use]
    pub fn is_relative(&self) -> bool {
        self.phases
            .iter()
            .flat_map(|phase| phase.course.levels())
            .any(|level| level.counts() == Counts::Either)
    }

    /// How long it takes.
    #[must_use]
    pub fn length(&self) -> Duration {
        self.phases.iter().map(|phase| phase.course.length()).sum()
    }

    /// As written, in one line.
    #[must_use]
    pub fn text(&self) -> String {
        self.phases.iter().map(|phase| phase.text.as_str()).collect::<Vec<_>>().join(", ")
    }
}
