//! A system, described once: who uses it, what they do, what it stores, what it promises.
//!
//! This is what the file means, after every unit is checked and every name is found; it cannot be wrong any more.
//! The way from text to here is `read`. Nothing in it is derived: rates per second, bandwidth and servers are
//! for the estimator to compute.

use std::time::Duration;

use crate::availability::Part;
use crate::backup::Backup;
use crate::calls::{FanOut, Retries};
use crate::cdn::Cdn;
use crate::choices::{Cache, Replicas, Updates};
use crate::conventions::Conventions;
pub use crate::data::{Copies, CountOf, Entity, EntityKind, Size, Variants};
use crate::experiment::Experiment;
use crate::formula::OwnQuantity;
pub use crate::load::{Abort, Arrivals, Load, Model};
use crate::pause::Pause;
use crate::prices::Prices;
use crate::range::Range;
use crate::requests::{Cookies, RequestTemplate, Variable};
use crate::slo::Objective;
use crate::target::Target;
use crate::tiers::Tier;

use crate::units::{Bandwidth, Bytes, Count, Dimension, Factor, Growth, Price, Rate, Ratio};

/// A value and where it came from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Who says so.
    pub origin: Origin,
}

/// Who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The scenario file, on this line (from 1); or the command line ([`SETTING`](crate::error::SETTING)).
    File(usize),
    /// The description of the reference forum that ships with the tools.
    Forum,
    /// A default; the text names the source.
    Default(&'static str),
}

/// One scenario file.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What it is called.
    pub name: String,
    /// How far ahead it plans (`for:`).
    pub horizon: Option<Sourced<Duration>>,
    /// What a day, a month and a kilobyte are here.
    pub conventions: Conventions,
    /// Who uses it.
    pub users: Users,
    /// What it stores, in the order of the file.
    pub data: Vec<Entity>,
    /// What users do, in the order of the file.
    pub actions: Vec<Action>,
    /// How the load varies over the day.
    pub traffic: Traffic,
    /// Sequences of actions with pauses. Empty: each action stands alone, as often as its rate says.
    pub journeys: Vec<Journey>,
    /// What it promises.
    pub slo: Vec<Objective>,
    /// Decisions already taken; what is absent is open to advice.
    pub choices: Vec<Choice>,
    /// Switches of the reference server, as its command line has them without the dashes (`choices: { switches: ... }`).
    pub switches: Vec<Choice>,
    /// Whether a content delivery network answers for the servers (`choices: { cdn: ... }`); `None`: not said.
    pub cdn: Option<Cdn>,
    /// The cache that was decided for or against.
    pub cache: Option<Cache>,
    /// The read replicas that were decided on.
    pub replicas: Option<Replicas>,
    /// How users hear of news.
    pub updates: Option<Updates>,
    /// One machine of the fleet.
    pub node: Option<Node>,
    /// How full a resource may be.
    pub limits: Limits,
    /// What things cost here; the tools' own prices where absent.
    pub prices: Prices,
    /// How it is backed up; not at all when absent.
    pub backup: Option<Backup>,
    /// What a request passes, in the order of the file.
    pub tiers: Vec<Tier>,
    /// The parts that a request needs, and how often each is there.
    pub availability: Vec<Part>,
    /// Numbers of the file's own, by formula.
    pub quantities: Vec<OwnQuantity>,
    /// Claims that the estimate or a measurement may refute.
    pub expect: Vec<Claim>,
    /// The comparison that it brings along.
    pub compare: Option<Experiment>,
    /// What is done once before the load; what it keeps is known to all visitors.
    pub setup: Vec<JourneyStep>,
    /// What is done once after the load.
    pub teardown: Vec<JourneyStep>,
    /// The system to measure; the reference forum when absent.
    pub target: Option<Target>,
    /// How each action is asked of the target, by name of the action.
    pub requests: Vec<(String, Vec<RequestTemplate>)>,
    /// How many redirects in a row are followed where a request does not say; none unless said.
    pub redirects: u32,
    /// Whether visitors remember cookies.
    pub cookies: Cookies,
    /// Where the variables of the requests come from.
    pub variables: Vec<Variable>,
    /// What a run offers when the command line is silent.
    pub load: Load,
}

/// Who uses the system. All absent when the file says nothing of users.
#[derive(Clone, Copy, Debug, Default)]
pub struct Users {
    /// Accounts, or users in all.
    pub registered: Option<Sourced<Range<Count>>>,
    /// Active on a day.
    pub daily: Option<Sourced<DailyUsers>>,
    /// By how much they grow.
    pub growth: Option<Sourced<Range<Growth>>>,
    /// On line at once; a tenth of those of a day where absent and needed.
    pub online: Option<Sourced<Online>>,
    /// The round trip of a packet to those who are farthest away.
    pub far: Option<Sourced<Range<Duration>>>,
    /// Whether growth is a share of what there is by then, or of what there is today.
    pub growth_law: GrowthLaw,
}

/// How many users are on line at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Online {
    /// So many, on average.
    Count(Range<Count>),
    /// A share of those who come on a day.
    Share(Range<Ratio>),
    /// Each user of a day is on line for so long that day: `4 x 15 min`.
    Time(Range<Duration>),
}

/// How growth goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum GrowthLaw {
    /// By the same share each year, of what there is by then.
    #[default]
    Compound,
    /// By the same number each year: a share of what there is today.
    Linear,
}

/// Users active on a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DailyUsers {
    /// So many.
    Count(Range<Count>),
    /// A share of the registered ones.
    Share(Range<Ratio>),
}

/// Something users do.
#[derive(Clone, Debug)]
pub struct Action {
    /// What it is called.
    pub name: String,
    /// How often.
    pub rate: Sourced<ActionRate>,
    /// What it reads: how many of which entity (an index into [`Scenario::data`]).
    pub reads: Vec<Touch>,
    /// What it writes, likewise.
    pub writes: Vec<Touch>,
    /// Bytes of the answer; derived from what it reads when absent.
    pub answer: Option<Sourced<Range<Bytes>>>,
    /// HTTP requests that one action makes; derived from its requests when absent.
    pub requests_each: Option<Sourced<Range<Factor>>>,
    /// Requests that typing makes: one for each key (a search that suggests); one when absent.
    pub keystrokes: Option<Sourced<Range<Factor>>>,
    /// SQL statements that each request makes; not counted when absent.
    pub queries: Option<Sourced<Range<Factor>>>,
    /// How requests spread over the objects.
    pub popularity: Option<Sourced<Popularity>>,
    /// To how many others what it writes goes.
    pub fan_out: Option<FanOut>,
    /// Processor time of the work that one sets off and whose answer does not wait for it; none when absent.
    pub background: Option<Sourced<Range<Duration>>>,
    /// Where the action was declared.
    pub origin: Origin,
}

/// How often something is done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ActionRate {
    /// By each daily user.
    PerUser(Range<Rate>),
    /// By all together.
    Total(Range<Rate>),
}

/// So many of an entity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Touch {
    /// How many.
    pub count: Range<Factor>,
    /// Which (an index into [`Scenario::data`]).
    pub entity: usize,
}

/// How often each object is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Popularity {
    /// All alike.
    Uniform,
    /// The k-th most popular in proportion to k^-exponent.
    Zipf(f64),
}

/// How the load varies over the day.
#[derive(Clone, Copy, Debug, Default)]
pub struct Traffic {
    /// The busiest hour over the mean hour; 2 when absent.
    pub peak: Option<Sourced<Range<Factor>>>,
    /// The shape of the day.
    pub shape: Shape,
    /// Where the shape was said; `None`: it is the default.
    pub shape_origin: Option<Origin>,
    /// What clients do when a request fails; they do not try again when absent.
    pub retries: Option<Retries>,
}

/// The shape of the day.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub enum Shape {
    /// A daily wave.
    #[default]
    Daily,
    /// The same at every hour.
    Flat,
    /// All of it within so many hours a day.
    Office(Duration),
    /// A burst of `factor` for `length`, on top of the daily wave.
    Spike {
        /// Over the mean.
        factor: Factor,
        /// How long.
        length: Duration,
    },
}

/// A sequence of actions and pauses.
#[derive(Clone, Debug)]
pub struct Journey {
    /// What it is called.
    pub name: String,
    /// How often relative to the others; unless said, as often as the rates of its actions allow.
    pub weight: Option<f64>,
    /// In order.
    pub steps: Vec<JourneyStep>,
}

/// One step of a journey.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum JourneyStep {
    /// Do this (an index into [`Scenario::actions`]).
    Act(usize),
    /// Pause.
    Think(Pause),
}

/// A decision already taken: `cache: 256 MB ttl 60 s`.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Which (`database`, `cache`, `writes`, `replicas`).
    pub name: String,
    /// As written.
    pub value: String,
    /// Where.
    pub line: usize,
}

/// One machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Node {
    /// Processor cores.
    pub cores: Option<Sourced<Range<Count>>>,
    /// Main memory.
    pub memory: Option<Sourced<Range<Bytes>>>,
    /// Disk.
    pub disk: Option<Sourced<Range<Bytes>>>,
    /// What its network card carries.
    pub network: Option<Sourced<Range<Bandwidth>>>,
    /// Writes that a database on it commits per second.
    pub writes: Option<Sourced<Range<Rate>>>,
    /// Processor time that the server takes for one request, measured or known from a like system.
    pub cpu_per_request: Option<Sourced<Range<Duration>>>,
    /// What it costs.
    pub price: Option<Sourced<Range<Price>>>,
}

/// How full a resource may be before it counts as exhausted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// Of the processors.
    pub cpu: Option<Sourced<Range<Ratio>>>,
    /// Of the disk.
    pub disk: Option<Sourced<Range<Ratio>>>,
    /// Of the main memory.
    pub memory: Option<Sourced<Range<Ratio>>>,
    /// Of the network.
    pub network: Option<Sourced<Range<Ratio>>>,
    /// Of the requests that a node held when it was measured.
    pub capacity: Option<Sourced<Range<Ratio>>>,
    /// Machines beyond those needed.
    pub spare: Option<Sourced<Range<Count>>>,
}

/// A claim under `expect:`: this quantity lies in this range.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Which quantity, as written.
    pub quantity: String,
    /// The lower end in base units.
    pub low: f64,
    /// The upper end in base units.
    pub high: f64,
    /// What it measures.
    pub dimension: Dimension,
    /// As written.
    pub text: String,
    /// How the file itself computes it: `302 MB = 3500/s x day x 1204 B`.
    pub formula: Option<OwnQuantity>,
    /// Where.
    pub line: usize,
}

impl Scenario {
    /// The entity of this name.
    #[must_use]
    pub fn entity(&self, name: &str) -> Option<&Entity> {
        self.data.iter().find(|entity| entity.name == name)
    }

    /// Whether a run of this scenario would start the reference forum.
    #[must_use]
    pub fn runs_the_forum(&self) -> bool {
        self.target.is_none()
    }
}
