//! The self-test: does this generator, on this machine, see what is known beforehand?
//!
//! A target in this very process stalls as planned, and is loaded by a run like any other: the same engine, recorder and
//! report. What the report says of the response is held against the closed form, which owes nothing to the generator.
//! The same stall is then shown to users who wait for their answers (the closed model), so that one can see how much
//! of it such a test hides. At last busy threads take the generator's processor, and then the target's: a
//! generator that cannot tell the one from the other must not judge servers.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `closed_form` | what a stall must look like |
//! | `target` | the server that stalls |
//! | `crowd` | busy threads on one processor |
//! | `verdict` | from what was seen to passed, failed or cannot tell |

mod closed_form;
mod crowd;
mod target;
mod verdict;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use rustix::process::{Resource, getrlimit};
use scenarios::Scenario;
use scenarios::report::Report;
use scenarios::show;
use scenarios::verdict::{EXIT_NO, EXIT_UNKNOWN, EXIT_YES};
use serde::Serialize;

use crate::config::{Asked, RunConfig};
use crate::live::Live;
use crate::process::{self, MachineTime};
use crate::redact::Secrets;
use crate::run::{Loaded, run};

use closed_form::Stall;
use crowd::Crowd;
use target::{Planned, Served, Target};

pub(crate) use verdict::name as quantile_name;

/// Requests per second. What waits at the end of a stall takes some 10 µs each to answer and to read, which is a
/// part of the deviation: at this rate 1.3 ms before the 125th of a stall of 1 s, of the 5 ms that may be.
const RATE: f64 = 250.0;
/// Of a short test, whose p99.9 needs a thousand samples, and whose stall is shorter.
const QUICK_RATE: f64 = 500.0;
/// Rate at which whoever is crowded is tried: a request each millisecond, which is the lag that is allowed.
const CROWDED_RATE: f64 = 1_000.0;
/// Users of the closed model and their mean pause: as many requests as [`QUICK_RATE`] where answers take no time.
const USERS: u32 = 4;
const THINK: Duration = Duration::from_millis(8);
/// Over how long these users come.
const USERS_RAMP_S: f64 = 2.0;
/// Busy threads that share a processor with whom they disturb.
const CROWD: usize = 3;
/// How long whoever is crowded is measured.
const CROWDED: Duration = Duration::from_secs(4);
/// Where in the time from one stall to the next it begins.
const BEGINS_AT: f64 = 0.4;
/// Quantiles that are shown.
const QUANTILES: [f64; 6] = [0.5, 0.9, 0.95, 0.99, 0.999, 1.0];
/// From here on a quantile is judged.
const JUDGED_FROM: f64 = 0.95;
/// The version of the JSON form; grows when a reader of the old form would be misled.
const SCHEMA: u32 = 1;
/// Descriptors that are no connections of the test.
const OTHER_DESCRIPTORS: u64 = 128;

/// How thorough a test is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// One short stall, in some ten seconds.
    Quick,
    /// Both published cases and both crowds, in less than a minute.
    Whole,
}

/// The answer, in the words and exit codes of every program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// What was known beforehand was seen.
    Passed,
    /// It was not, and the machine is not to blame.
    Failed,
    /// It was not, and the machine may be to blame.
    CannotTell,
}

impl Answer {
    /// As printed.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Answer::Passed => "passed",
            Answer::Failed => "failed",
            Answer::CannotTell => "cannot tell",
        }
    }

    /// As an exit code.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Answer::Passed => EXIT_YES,
            Answer::Failed => EXIT_NO,
            Answer::CannotTell => EXIT_UNKNOWN,
        }
    }
}

/// What came of a self-test.
#[derive(Clone, Debug, Serialize)]
pub struct SelfTest {
    /// The version of this form.
    pub schema: u32,
    /// The worst answer of all checks.
    pub answer: Answer,
    /// Stalls, against the closed form.
    pub stalls: Vec<StallCheck>,
    /// The first of them as users of the closed model report it.
    pub users: Option<UsersSeen>,
    /// Whether the generator knows who was crowded; empty in a quick test, and where there is one processor.
    pub crowds: Vec<CrowdCheck>,
    /// `loadgen 0.1.0 (release)`.
    pub version: String,
    /// Processor, cores, memory, kernel.
    pub machine: String,
}

/// A stall, against the closed form.
#[derive(Clone, Debug, Serialize)]
pub struct StallCheck {
    /// Length of the stall.
    pub stall_s: f64,
    /// From one stall to the next.
    pub every_s: f64,
    /// Measured in all.
    pub measured_s: f64,
    /// Requests per second that were to be offered, and that were.
    pub asked_per_s: f64,
    /// See `asked_per_s`.
    pub offered_per_s: f64,
    /// Quantile by quantile.
    pub rows: Vec<Row>,
    /// How late requests left, at p50, p99 and at worst.
    pub lag_s: [f64; 3],
    /// How much later than planned the target had answered what waited for the end of a stall.
    pub target_late_s: f64,
    /// Share of the processors' time that the host of a virtual machine took.
    pub stolen_share: Option<f64>,
    /// The report's verdict on the generator.
    pub generator: scenarios::report::Honesty,
    /// The answer.
    pub answer: Answer,
    /// Why.
    pub because: Vec<String>,
}

/// One quantile.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Row {
    /// 0.99 for p99; 1 for the longest.
    pub q: f64,
    /// By the closed form.
    pub predicted_s: f64,
    /// In the report, counted from the due time.
    pub seen_s: f64,
    /// In the report, counted from when the request left.
    pub service_s: f64,
    /// Seen over predicted, less 1; `None` where nothing is predicted.
    pub deviation: Option<f64>,
    /// Whether it counts for the answer.
    pub is_judged: bool,
}

/// A stall as users of the closed model report it.
#[derive(Clone, Debug, Serialize)]
pub struct UsersSeen {
    /// How many.
    pub users: u32,
    /// Their mean pause.
    pub think_s: f64,
    /// Requests per second that they made.
    pub done_per_s: f64,
    /// Quantile and value, like [`Row`].
    pub quantiles_s: Vec<(f64, f64)>,
}

/// Whose processor was crowded, and what the generator said.
#[derive(Clone, Debug, Serialize)]
pub struct CrowdCheck {
    /// `the generator` or `the target`.
    pub crowded: &'static str,
    /// How many busy threads.
    pub threads: usize,
    /// How late requests left, at p99.
    pub lag_p99_s: f64,
    /// Response at p99.
    pub response_p99_s: f64,
    /// The report's verdict on the generator.
    pub generator: scenarios::report::Honesty,
    /// Its reasons.
    pub evidence: Vec<String>,
    /// The answer.
    pub answer: Answer,
}

/// Tests this generator on this machine.
///
/// # Errors
/// It could not be done: no ports, no threads, no temporary folder, or it was interrupted.
pub fn selftest(length: Length, interrupted: &Arc<AtomicBool>, is_quiet: bool) -> anyhow::Result<SelfTest> {
    let bench =
        Bench { interrupted, live: Live::new(is_quiet, Secrets::default()), folder: tempfile::tempdir()? };
    let seconds = Duration::from_secs_f64;
    let whole = [
        Case { stall: Stall { length: seconds(2.0), every: seconds(10.0) }, times: 1, rate: RATE },
        Case { stall: Stall { length: seconds(1.0), every: seconds(10.0) }, times: 2, rate: RATE },
    ];
    let quick =
        [Case { stall: Stall { length: seconds(0.4), every: seconds(2.0) }, times: 1, rate: QUICK_RATE }];
    let cases = if length == Length::Quick { &quick[..] } else { &whole[..] };
    let stalls = cases.iter().map(|case| bench.stall(case)).collect::<anyhow::Result<Vec<_>>>()?;
    let users = Some(bench.users(&cases[0])?);
    let crowds = match crowd::two_cores() {
        Some(cores) if length == Length::Whole => bench.crowds(cores)?,
        _ => Vec::new(),
    };
    let answers = stalls.iter().map(|check| check.answer).chain(crowds.iter().map(|check| check.answer));
    Ok(SelfTest {
        schema: SCHEMA,
        answer: verdict::worst(answers),
        stalls,
        users,
        crowds,
        version: crate::run::version(),
        machine: process::machine(),
    })
}

/// A stall to be tried.
#[derive(Clone, Copy)]
struct Case {
    stall: Stall,
    times: u32,
    rate: f64,
}

impl Case {
    fn measured(&self) -> Duration {
        self.stall.every * self.times
    }

    /// Half a second before the first stall's period is enough for connections to be there.
    const WARMUP: Duration = Duration::from_millis(500);

    /// Which requests the stalls begin with, when load begins so long before the measured time.
    fn planned(&self, rate: f64, before_s: f64) -> Vec<Planned> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some thousand requests")]
        let at = |time: u32| {
            let begins_s = before_s + (f64::from(time) + BEGINS_AT) * self.stall.every.as_secs_f64();
            // Requests are counted from 1, and the question before the run is the first.
            (rate * begins_s).round() as u64 + 2
        };
        (0..self.times).map(|time| Planned { at_request: at(time), length: self.stall.length }).collect()
    }

    /// As much as the limit on descriptors allows: each waiting request has one at either end.
    fn rate(&self) -> f64 {
        let limit = getrlimit(Resource::Nofile).maximum.unwrap_or(u64::MAX);
        let pairs = limit.saturating_sub(OTHER_DESCRIPTORS) as f64 / 2.0;
        self.rate.min((pairs / self.stall.length.as_secs_f64() / 1.2).floor()).max(1.0)
    }
}

/// What the checks have in common.
struct Bench<'a> {
    interrupted: &'a Arc<AtomicBool>,
    live: Live,
    folder: tempfile::TempDir,
}

/// What a run against a target left.
struct Tried {
    report: Report,
    served: Served,
    stolen_share: Option<f64>,
}

impl Bench<'_> {
    fn stall(&self, case: &Case) -> anyhow::Result<StallCheck> {
        let rate = case.rate();
        self.live.say(&format!(
            "a stall of {} in every {}, for {} at {} requests/s",
            show::seconds(case.stall.length.as_secs_f64()),
            show::seconds(case.stall.every.as_secs_f64()),
            show::seconds(case.measured().as_secs_f64()),
            show::digits(rate)
        ));
        let planned = case.planned(rate, Case::WARMUP.as_secs_f64());
        let load = format!("arrivals: constant, rate: {rate}/s");
        let tried = self.run(&load, rate, case.measured(), planned, None)?;
        Ok(verdict::of_stall(case, rate, &tried))
    }

    fn users(&self, case: &Case) -> anyhow::Result<UsersSeen> {
        self.live.say(&format!("the same stall before {USERS} users who wait for their answers"));
        let rate = f64::from(USERS) / THINK.as_secs_f64();
        // While users come, half of them are there on average.
        let planned = case.planned(rate, USERS_RAMP_S / 2.0 + Case::WARMUP.as_secs_f64());
        let load = format!("model: users, users: {USERS}, think: exponential {} ms", THINK.as_millis());
        let tried = self.run(&load, rate, case.measured(), planned, None)?;
        let response = &tried.report.all.response;
        Ok(UsersSeen {
            users: USERS,
            think_s: THINK.as_secs_f64(),
            done_per_s: tried.report.all.done_per_s,
            quantiles_s: QUANTILES.iter().map(|q| (*q, verdict::quantile(response, *q))).collect(),
        })
    }

    /// Busy threads beside the generator, and then beside the target, each of which has a processor of its own.
    fn crowds(&self, [ours, theirs]: [usize; 2]) -> anyhow::Result<Vec<CrowdCheck>> {
        [("the generator", ours), ("the target", theirs)]
            .into_iter()
            .map(|(crowded, core)| {
                self.live.say(&format!("{CROWD} busy threads on the processor of {crowded}"));
                let _pinned = crowd::pin(ours);
                let _crowd = Crowd::on(core, CROWD, CROWDED * 4)?;
                let load = format!("arrivals: constant, rate: {CROWDED_RATE}/s");
                let tried = self.run(&load, CROWDED_RATE, CROWDED, Vec::new(), Some(theirs))?;
                Ok(verdict::of_crowd(crowded, CROWD, core == ours, &tried))
            })
            .collect()
    }

    /// A run like any other, against a target that stalls as planned.
    fn run(
        &self,
        load: &str,
        rate: f64,
        measured: Duration,
        stalls: Vec<Planned>,
        core: Option<usize>,
    ) -> anyhow::Result<Tried> {
        let target = Target::start(stalls, core)?;
        let text = format!(
            "name: self-test\ntarget: http://{}\nactions:\n  ping: {{ total: {rate}/s }}\nrequests:\n  ping: {{ GET: / }}\nload: {{ {load} }}\n",
            target.address
        );
        let scenario = Scenario::from_yaml(&text)
            .map_err(|error| anyhow!("{}", error.render("self-test", &text)))
            .context("the self-test's own scenario is refused")?;
        let asked = Asked {
            duration: Some(measured),
            warmup: Some(Case::WARMUP),
            // A stall must not be cut out of the middle; what the host took is a reason not to judge.
            count_every_second: true,
            out: Some(self.folder.path().to_owned()),
            command: "loadgen selftest".to_owned(),
            ..Asked::default()
        };
        let config =
            RunConfig::new(asked, &scenario, std::path::Path::new("")).map_err(anyhow::Error::msg)?;
        let loaded =
            Loaded { scenario, file: "self-test".to_owned(), text, folder: self.folder.path().to_owned() };
        let (begun, before) = (Instant::now(), MachineTime::now());
        let finished = run(&loaded, &config, self.interrupted, true);
        let stolen_share = before
            .zip(MachineTime::now())
            .map(|(before, after)| after.stolen_share_since(before, begun.elapsed(), process::tick()));
        let served = target.stop()?;
        if self.interrupted.load(Ordering::Relaxed) {
            return Err(anyhow!("interrupted before there was an answer"));
        }
        Ok(Tried { report: finished?.report, served, stolen_share })
    }
}
