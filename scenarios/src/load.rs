//! What a run of a scenario offers when the command line is silent.

use std::time::Duration;

use crate::pause::Pause;
use crate::shape::LoadShape;
use crate::units::{Rate, Ratio};

/// What a run offers.
#[derive(Clone, Debug, Default)]
pub struct Load {
    /// Which model of the users.
    pub model: Model,
    /// How arrivals are spaced in the open model.
    pub arrivals: Arrivals,
    /// Actions per second in the open model; the peak of the action table when absent.
    pub rate: Option<Rate>,
    /// Users in the closed model; derived by Little's law when absent.
    pub users: Option<u32>,
    /// Connections of the model that goes by them.
    pub connections: Option<u32>,
    /// Pause between a user's visits in the closed model.
    pub think: Option<Pause>,
    /// Over how long the users of the closed model come, one after the other.
    pub ramp: Option<Duration>,
    /// What is offered over time; the same all the time when absent.
    pub shape: Option<LoadShape>,
    /// How long it measures.
    pub duration: Option<Duration>,
    /// How long it loads before it measures.
    pub warmup: Option<Duration>,
    /// How long it waits for one answer.
    pub timeout: Option<Duration>,
    /// Of every random draw.
    pub seed: Option<u64>,
    /// When a run ends by itself because too much fails.
    pub abort: Abort,
}

/// When a run ends by itself because too much fails.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub enum Abort {
    /// When nearly everything fails: the tool decides.
    #[default]
    Default,
    /// When more than this share of the requests of the last seconds failed.
    Above(Ratio),
    /// Never.
    Never,
}

/// Which model of the users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Model {
    /// Arrivals come at their own rate, whatever the server does.
    #[default]
    Open,
    /// A fixed number of users, each of whom waits for the answer and then thinks.
    Users,
    /// Arrivals first, then the same throughput from users, side by side.
    Both,
    /// A fixed number of connections, each of which asks again as soon as the answer is there.
    Connections,
}

/// How arrivals are spaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Arrivals {
    /// Independent of each other: exponential gaps.
    #[default]
    Poisson,
    /// Evenly.
    Constant,
}
