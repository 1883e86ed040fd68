//! From a scenario to its numbers: the order in which the parts are computed.

use scenarios::Scenario;
use scenarios::calibration::Calibration;
use scenarios::estimate::{Calibrated, ESTIMATE_SCHEMA, Estimate, Kind};

use crate::advice::{Findings, advise};
use crate::allowance::allowance;
use crate::audience::audience;
use crate::backlog::backlog;
use crate::bandwidth::bandwidth;
use crate::caching::{Caching, caching};
use crate::cdn::cdn;
use crate::claims::claims;
use crate::cost::{Bill, Costs, cost};
use crate::counts::{Counting, counts};
use crate::database::database;
use crate::deliveries::deliveries;
use crate::error::EstimateError;
use crate::explain::Explanation;
use crate::growth::{Horizon, growth, staffing};
use crate::hot_object::hot_object;
use crate::in_flight::in_flight;
use crate::internal::{internal, json, sent};
use crate::jobs::jobs;
use crate::later::{Fleet, Load, fleet};
use crate::ledger::Ledger;
use crate::measured::Measured;
use crate::outlook::outlook;
use crate::own::{Known, Own, own_quantities};
use crate::peaks::{Wave, peaks};
use crate::replication::replication;
use crate::retries::retries;
use crate::runs_out::{Resources, runs_out};
use crate::servers::{Servers, servers};
use crate::shards::shards;
use crate::sizes::sizes;
use crate::storage::{Storage, storage};
use crate::traffic::{Traffic, traffic};
use crate::users::{Users, about, users};

/// How ranges are sampled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The same seed gives the same ranges.
    pub seed: u64,
    /// Samples behind each range.
    pub samples: u32,
}

impl Options {
    /// Fewer give no ninetieth percentile worth its name.
    pub const LEAST_SAMPLES: u32 = 100;
    /// A hundred thousand samples of two hundred numbers take 160 MB.
    pub const MOST_SAMPLES: u32 = 100_000;
}

impl Default for Options {
    fn default() -> Options {
        Options { seed: 7, samples: 10_000 }
    }
}

/// Everything that was computed.
pub(crate) struct Computed {
    pub(crate) own: Own,
    pub(crate) ledger: Ledger,
    pub(crate) users: Users,
    pub(crate) traffic: Option<Traffic>,
    wave: Option<Wave>,
    storage: Storage,
    pub(crate) servers: Option<Servers>,
    pub(crate) horizon: Option<Horizon>,
    /// By a measured node; nothing without growth, a horizon or a measurement.
    pub(crate) fleet: Option<Fleet>,
    pub(crate) costs: Costs,
    pub(crate) calibration: Option<Calibration>,
}

/// The estimate of a scenario; `file` is what sources call it.
///
/// ```
/// let text = "name: spotify\nusers: 1B\ndata:\n  song: { count: 100M, size: 5 MB, copies: 3, kind: blob }\n";
/// let scenario = scenarios::Scenario::from_yaml(text)?;
/// let estimate = estimator::estimate(&scenario, "spotify.yaml", &estimator::Options::default())?;
/// let songs = estimate.quantities.iter().find(|quantity| quantity.name == "song, 3 copies");
/// assert_eq!(songs.map(|songs| songs.value.p50), Some(1.5e15)); // bytes
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When the file leaves open how many users there are though it counts by user, when a formula has no finite value,
/// and when a claim names nothing that is estimated.
pub fn estimate(scenario: &Scenario, file: &str, options: &Options) -> Result<Estimate, EstimateError> {
    estimate_calibrated(scenario, file, options, None)
}

/// The estimate of a scenario in which measured numbers take the place of the file's and of defaults.
///
/// # Errors
/// As [`estimate`].
pub fn estimate_calibrated(
    scenario: &Scenario,
    file: &str,
    options: &Options,
    calibration: Option<&Calibration>,
) -> Result<Estimate, EstimateError> {
    let computed = compute(scenario, file, *options, calibration)?;
    let claims = claims(scenario, &computed.ledger, &computed.own)?;
    let outlook = outlook(scenario, file, *options, &computed, &claims);
    let Computed { ledger, users, traffic, wave, storage, servers, horizon, .. } = computed;
    let findings = Findings {
        scenario,
        ledger: &ledger,
        traffic: traffic.as_ref(),
        storage: &storage,
        servers,
        horizon: horizon.as_ref(),
    };
    Ok(Estimate {
        schema: ESTIMATE_SCHEMA,
        scenario: scenario.name.clone(),
        conventions: scenario.conventions,
        about: about(&ledger, users, scenario),
        quantities: ledger.quantities(),
        daily_curve: wave.map(|wave| wave.curve(&ledger)).unwrap_or_default(),
        advice: advise(findings),
        claims,
        seed: options.seed,
        samples: options.samples,
        outlook,
        calibrated: calibrated(&ledger),
    })
}

/// Which numbers are measured ones, and where they are from.
fn calibrated(ledger: &Ledger) -> Option<Calibrated> {
    let measured = ledger.in_order().into_iter().filter(|line| line.kind == Kind::Measured);
    let quantities: Vec<String> = measured.map(|line| line.name.clone()).collect();
    let source = ledger.measured().source().to_owned();
    (!quantities.is_empty()).then_some(Calibrated { source, quantities })
}

/// The chain of formulas behind one quantity, down to the lines of the file.
///
/// # Errors
/// As [`estimate`], and when nothing has this name.
pub fn explain(
    scenario: &Scenario,
    file: &str,
    options: &Options,
    quantity: &str,
) -> Result<Explanation, EstimateError> {
    explain_calibrated(scenario, file, options, None, quantity)
}

/// The same, in an estimate by measured numbers.
///
/// # Errors
/// As [`explain`].
pub fn explain_calibrated(
    scenario: &Scenario,
    file: &str,
    options: &Options,
    calibration: Option<&Calibration>,
    quantity: &str,
) -> Result<Explanation, EstimateError> {
    let computed = compute(scenario, file, *options, calibration)?;
    crate::explain::explain(&computed.ledger, &computed.own, quantity)
}

/// What stands behind the servers: what is under way, cached, queued, replicated, tried again and left for later.
fn behind(ledger: &mut Ledger, users: Users, looked_at: Caching<'_>) {
    let Caching { scenario, traffic, servers, .. } = looked_at;
    in_flight(scenario, ledger, traffic);
    caching(looked_at, ledger);
    hot_object(looked_at, ledger);
    replication(looked_at, ledger);
    backlog(scenario, ledger, traffic);
    retries(scenario, ledger, traffic);
    allowance(ledger, users, traffic);
    if let Some(servers) = servers {
        jobs(scenario, ledger, traffic, servers);
    }
}

/// All numbers, not yet judged.
pub(crate) fn compute(
    scenario: &Scenario,
    file: &str,
    options: Options,
    calibration: Option<&Calibration>,
) -> Result<Computed, EstimateError> {
    let (least, most) = (Options::LEAST_SAMPLES, Options::MOST_SAMPLES);
    if !(least..=most).contains(&options.samples) {
        return Err(EstimateError::Samples { found: options.samples, least, most });
    }
    let measured = Measured::of(scenario, calibration);
    let mut ledger = Ledger::new(scenario.conventions, file, options).calibrated(measured);
    let users = users(scenario, &mut ledger)?;
    let traffic = traffic(scenario, &mut ledger, users)?;
    let wave = traffic.as_ref().and_then(|traffic| peaks(scenario, &mut ledger, traffic));
    let sizes = sizes(scenario, &mut ledger);
    let bandwidth = traffic.as_ref().and_then(|traffic| bandwidth(scenario, &mut ledger, traffic, &sizes));
    let horizon = Horizon::of(scenario, &mut ledger, users);
    let counting = Counting { scenario, users, traffic: traffic.as_ref(), horizon: horizon.as_ref() };
    let counts = counts(counting, &mut ledger)?;
    let storage = storage(scenario, &mut ledger, &sizes, &counts, horizon.as_ref());
    let backups = crate::backup::backup(scenario, &mut ledger, &storage);
    let offload = bandwidth.and_then(|bandwidth| cdn(scenario, &mut ledger, bandwidth));
    if let Some(horizon) = &horizon {
        growth(&mut ledger, users, traffic.as_ref(), horizon);
    }
    let internal = traffic.as_ref().and_then(|traffic| internal(scenario, &mut ledger, traffic));
    let sent = sent(&mut ledger, bandwidth, internal);
    let servers = traffic.as_ref().map(|traffic| servers(scenario, &mut ledger, traffic, &storage, sent));
    if let (Some(internal), Some(servers)) = (internal, servers) {
        json(&mut ledger, internal, servers);
    }
    let deliveries = traffic.as_ref().and_then(|traffic| deliveries(scenario, &mut ledger, traffic));
    audience(scenario, &mut ledger, users, traffic.as_ref(), deliveries);
    if let Some(traffic) = &traffic {
        let looked_at = Caching { scenario, traffic, storage: &storage, sizes: &sizes, servers };
        behind(&mut ledger, users, looked_at);
    }
    let fleet = horizon
        .as_ref()
        .zip(servers)
        .and_then(|(horizon, servers)| staff(scenario, &mut ledger, horizon, Load { servers, sent }));
    let database = traffic.as_ref().and_then(|traffic| database(scenario, &mut ledger, traffic, &storage));
    shards(scenario, &mut ledger, traffic.as_ref(), &storage);
    let Users { growth, growth_law, .. } = users;
    let resources = Resources { scenario, storage: &storage, sent, servers, database, growth, growth_law };
    runs_out(&mut ledger, resources);
    crate::availability::availability(scenario, &mut ledger);
    let bill = Bill {
        scenario,
        users,
        traffic: traffic.as_ref(),
        storage: &storage,
        backups,
        bandwidth,
        offload,
        servers,
    };
    let costs = cost(&mut ledger, bill);
    let known = Known { scenario, traffic: traffic.as_ref(), sizes: &sizes, counts: &counts };
    let own = own_quantities(known, &mut ledger)?;
    ledger.check()?;
    let calibration = calibration.cloned();
    Ok(Computed { own, ledger, users, traffic, wave, storage, servers, horizon, fleet, costs, calibration })
}

/// The machines of the horizon: by a measured node where there is one, by a rule of thumb otherwise.
fn staff(scenario: &Scenario, ledger: &mut Ledger, horizon: &Horizon, load: Load) -> Option<Fleet> {
    if ledger.measured().has_capacity() {
        return fleet(scenario, ledger, horizon, load);
    }
    staffing(ledger, horizon, load.servers);
    None
}
