//! Several runs, or several machines' shares of one, as one report: histograms are added, never quantiles averaged.
//!
//! Runs whose measured times overlap by half or more are shares of one stretch: what they did in the same second adds
//! up. Stretches follow each other. A rate is what was counted over the length of all stretches together, so that it is
//! the sum of the rates of what went on at once, and the mean over what came one after the other.
//!
//! Promises are judged anew on what was kept of what was scheduled in all of them. Of a prediction the worst finding
//! stands, with the range of what was measured; the generator's verdict is the worst of all, and where one generator
//! was the limit, the whole is no answer.
//!
//! What is well defined is carried over, and what is not is named in the notes: phases (`phases.rs`), users who waited
//! beside arrivals (`users.rs`), what processes used (`processes.rs`).

mod notes;
mod over_time;
mod phases;
mod processes;
mod record;
mod stretches;
mod users;

use scenarios::estimate::Spread;
use scenarios::report::{
    Generator, Honesty, Latency, Merged, MergedFolder, Offered, Prediction, Report, ServerCost, SetAside,
    SloOutcome,
};
use scenarios::verdict::Finding;

use crate::merge::over_time::PerSecond;
use crate::merge::stretches::{Stretch, stretches};
use crate::recording::Recorded;
use crate::summarise;

pub(crate) use over_time::per_second;

/// What one folder holds.
#[derive(Debug)]
pub(crate) struct Share {
    /// As it was named.
    pub(crate) name: String,
    pub(crate) report: Report,
    pub(crate) recorded: Recorded,
    /// What users saw who ran beside arrivals.
    pub(crate) users: Option<Recorded>,
    /// Response times by second; empty where the log is missing.
    pub(crate) seconds: PerSecond,
}

/// Why shares cannot be merged.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum Refused {
    #[error(
        "{one} and {other} are of different scenarios ({first}, {second})\n  hint: merge runs of the same file, or add --force to have all of them in one report"
    )]
    Scenarios { one: String, other: String, first: String, second: String },
    #[error(
        "{one} is of the {first} model and {other} of the {second} model\n  hint: what they measure differs; compare their reports instead"
    )]
    Models { one: String, other: String, first: String, second: String },
}

/// The report of all of them.
///
/// # Errors
/// They are not of one scenario and `force` does not say that this may be, or not of one model.
pub(crate) fn merge(shares: &[Share], force: bool) -> Result<Option<Report>, Refused> {
    let Some(first) = shares.first() else { return Ok(None) };
    let forced = agree(first, shares, force)?;
    let stretches = stretches(shares);
    let seconds: f64 = stretches.iter().map(|stretch| stretch.length_s).sum();
    let divisor = seconds.max(f64::MIN_POSITIVE);
    let sum = record::sum(shares, &stretches);
    let actions = sum.actions.iter().map(|(name, record, errors)| {
        let mut action = summarise::action(name, record, divisor);
        action.errors.clone_from(errors);
        action.parts = record::with_server_timing(shares, Some(name), action.parts);
        action
    });
    let actions: Vec<_> = actions.collect();
    let mut all = summarise::action("all", &sum.all, divisor);
    all.parts = record::with_server_timing(shares, None, all.parts);
    all.errors = record::errors(shares.iter().map(|share| share.report.all.errors.as_slice()));
    let mut over_time = over_time::over_time(shares, &stretches);
    over_time.heat = summarise::heat(&sum.all.blocks);
    let generator = generator(shares, &sum);
    let mut left_out = Vec::new();
    over_time.processes = processes::processes(shares, &stretches, &mut left_out);
    let phases = phases::phases(shares, &stretches, &mut left_out);
    let both = users::worlds(shares, &stretches, &all, &generator, &mut left_out);
    let mut provenance = first.report.provenance.clone();
    provenance.started_unix_s =
        shares.iter().map(|share| share.report.provenance.started_unix_s).min().unwrap_or_default();
    let names: Vec<&str> = shares.iter().map(|share| share.name.as_str()).collect();
    provenance.command = format!("loadgen report {}", names.join(" "));
    provenance.machine = distinct(shares.iter().map(|share| share.report.provenance.machine.as_str()));
    Ok(Some(Report {
        schema: first.report.schema,
        scenario: first.report.scenario.clone(),
        offered: offered(shares, &stretches, seconds),
        target: first.report.target.clone(),
        provenance,
        actions,
        generator,
        server: server(shares, seconds),
        slo: promises(shares.iter().flat_map(|share| &share.report.slo)),
        predictions: predictions(shares),
        seconds: over_time::seconds(shares, &stretches),
        spectrum: summarise::spectrum(&sum.all),
        all,
        notes: notes::notes(shares, stretches.len(), left_out),
        set_aside: set_aside(shares, &sum),
        over_time,
        both,
        phases,
        merged: Some(Merged {
            stretches: stretches.len(),
            forced,
            folders: shares.iter().map(folder).collect(),
        }),
    }))
}

/// Whether they were merged though their scenarios differ.
fn agree(first: &Share, shares: &[Share], force: bool) -> Result<bool, Refused> {
    let (hash, model) = (&first.report.provenance.scenario_hash, &first.report.offered.model);
    if let Some(other) = shares.iter().find(|share| share.report.offered.model != *model) {
        let (one, other, second) =
            (first.name.clone(), other.name.clone(), other.report.offered.model.clone());
        return Err(Refused::Models { one, other, first: model.clone(), second });
    }
    match shares.iter().find(|share| share.report.provenance.scenario_hash != *hash) {
        Some(other) if !force => Err(Refused::Scenarios {
            one: first.name.clone(),
            other: other.name.clone(),
            first: hash.clone(),
            second: other.report.provenance.scenario_hash.clone(),
        }),
        other => Ok(other.is_some()),
    }
}

fn folder(share: &Share) -> MergedFolder {
    let Report { offered, provenance, all, generator, .. } = &share.report;
    MergedFolder {
        name: share.name.clone(),
        machine: provenance.machine.clone(),
        started_unix_s: provenance.started_unix_s,
        measured_s: offered.measured_s,
        scheduled: all.scheduled,
        failed: all.failed(),
        asked_per_s: all.asked_per_s,
        done_per_s: all.done_per_s,
        p99: all.response.quantile(0.99).copied(),
        lag_p99_s: generator.lag.quantile(0.99).map(|p99| p99.value_s),
        verdict: generator.verdict,
    }
}

/// What all of them offered: rates and users of a stretch add up, and stretches are averaged over their time.
fn offered(shares: &[Share], stretches: &[Stretch], seconds: f64) -> Offered {
    let first = &shares[0].report.offered;
    let mean = |of: fn(&Offered) -> Option<f64>| {
        let asked = stretches.iter().map(|stretch| {
            let rates = stretch.members.iter().map(|member| of(&shares[*member].report.offered));
            Some(rates.sum::<Option<f64>>()? * stretch.length_s)
        });
        asked.sum::<Option<f64>>().map(|asked| asked / seconds.max(f64::MIN_POSITIVE))
    };
    let users = |stretch: &Stretch| {
        stretch.members.iter().map(|member| shares[*member].report.offered.users).sum::<Option<u32>>()
    };
    Offered {
        actions_per_s: mean(|offered| offered.actions_per_s),
        requests_per_s: mean(|offered| offered.requests_per_s),
        users: stretches.iter().filter_map(users).max(),
        rule: format!("{} folders together", shares.len()),
        measured_s: seconds,
        schedule: distinct(shares.iter().map(|share| share.report.offered.schedule.as_str())),
        started_midway: None,
        cut_short: shares.iter().any(|share| share.report.offered.cut_short),
        aborted: shares.iter().find_map(|share| share.report.offered.aborted.clone()),
        ..first.clone()
    }
}

/// The worst verdict with its evidence, and the lag of all of them.
fn generator(shares: &[Share], sum: &record::Sum) -> Generator {
    let verdicts = shares.iter().map(|share| {
        let Generator { verdict, evidence, .. } = &share.report.generator;
        (*verdict, evidence.as_slice())
    });
    let (verdict, evidence) = worst(&verdicts.collect::<Vec<_>>());
    let generators = || shares.iter().map(|share| &share.report.generator);
    let most = |of: fn(&Generator) -> Option<f64>| generators().filter_map(of).reduce(f64::max);
    let is_open = generators().any(|generator| generator.lag.count > 0);
    Generator {
        verdict,
        evidence,
        lag: if is_open { summarise::plain(&sum.lag) } else { Latency::default() },
        cpu_per_request_s: per_request(shares, |report| report.generator.cpu_per_request_s),
        cpu_share: most(|generator| generator.cpu_share),
        shed: generators().map(|generator| generator.shed).sum(),
        connections: generators().map(|generator| generator.connections).sum(),
        in_flight_max: generators().map(|generator| generator.in_flight_max).max().unwrap_or_default(),
        wait_share: most(|generator| generator.wait_share),
    }
}

/// The worst of the folders' verdicts, with the first evidence of each folder that has it: the rest is in its own report.
fn worst(verdicts: &[(Honesty, &[String])]) -> (Honesty, Vec<String>) {
    let all = verdicts.iter().map(|(verdict, _)| *verdict);
    let worst = all.max_by_key(|verdict| badness(*verdict)).unwrap_or(Honesty::Valid);
    if worst == Honesty::Valid {
        return (worst, vec![format!("each of the {} folders is valid", verdicts.len())]);
    }
    let of_worst = (1..).zip(verdicts).filter(|(_, (verdict, _))| *verdict == worst);
    let evidence = of_worst.filter_map(|(number, (_, evidence))| {
        evidence.first().map(|evidence| format!("folder {number}: {evidence}"))
    });
    (worst, evidence.collect())
}

fn badness(verdict: Honesty) -> u8 {
    match verdict {
        Honesty::Valid => 0,
        Honesty::TooFewSamples => 1,
        Honesty::NotStationary => 2,
        Honesty::ServerLimited => 3,
        Honesty::GeneratorLimited => 4,
    }
}

/// A cost per request over the requests of all of them; `None` where one of them does not know it.
fn per_request(shares: &[Share], of: fn(&Report) -> Option<f64>) -> Option<f64> {
    let spent = shares.iter().map(|share| Some(of(&share.report)? * share.report.all.scheduled as f64));
    let requests: u64 = shares.iter().map(|share| share.report.all.scheduled).sum();
    Some(spent.sum::<Option<f64>>()? / requests.max(1) as f64)
}

fn server(shares: &[Share], seconds: f64) -> Option<ServerCost> {
    let cpu_per_request_s = per_request(shares, |report| Some(report.server?.cpu_per_request_s))?;
    let spent: f64 = shares
        .iter()
        .filter_map(|share| Some(share.report.server?.cores * share.report.offered.measured_s))
        .sum();
    let memory = shares.iter().filter_map(|share| Some(share.report.server?.memory_bytes)).max();
    Some(ServerCost {
        cpu_per_request_s,
        cores: spent / seconds.max(f64::MIN_POSITIVE),
        memory_bytes: memory.unwrap_or_default(),
        sql_per_request: per_request(shares, |report| report.server?.sql_per_request),
    })
}

/// Each promise, judged on what all of them kept. What misses that came in bunches are worth adds up too.
fn promises<'a>(outcomes: impl Iterator<Item = &'a SloOutcome>) -> Vec<SloOutcome> {
    let mut merged: Vec<(SloOutcome, u64, u64, f64)> = Vec::new();
    for outcome in outcomes {
        let share = outcome.attained_share.unwrap_or_default();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count")]
        let kept = (share * outcome.scheduled as f64).round() as u64;
        let worth = outcome.worth.unwrap_or(outcome.scheduled as f64);
        match merged.iter_mut().find(|(known, ..)| known.promise == outcome.promise) {
            Some((_, all_kept, scheduled, all_worth)) => {
                *all_kept += kept;
                *scheduled += outcome.scheduled;
                *all_worth += worth;
            }
            None => merged.push((outcome.clone(), kept, outcome.scheduled, worth)),
        }
    }
    merged
        .into_iter()
        .map(|(outcome, kept, scheduled, worth)| {
            summarise::judged(outcome, kept, scheduled, scheduled as f64 / worth.max(1.0))
        })
        .collect()
}

/// Each prediction with the worst finding and the range of what was measured.
fn predictions(shares: &[Share]) -> Vec<Prediction> {
    let mut merged: Vec<Prediction> = Vec::new();
    for held in shares.iter().flat_map(|share| &share.report.predictions) {
        let Some(known) = merged.iter_mut().find(|known| known.quantity == held.quantity) else {
            merged.push(held.clone());
            continue;
        };
        known.measured = match (known.measured, held.measured) {
            (Some(one), Some(other)) => Some(Spread {
                p10: one.p10.min(other.p10),
                p50: f64::midpoint(one.p10.min(other.p10), one.p90.max(other.p90)),
                p90: one.p90.max(other.p90),
            }),
            (one, other) => one.or(other),
        };
        let rank = |finding: Finding| match finding {
            Finding::Confirmed => 0,
            Finding::CannotTell => 1,
            Finding::Refuted => 2,
        };
        if rank(held.finding) > rank(known.finding) {
            (known.finding, known.note) = (held.finding, held.note.clone());
        }
    }
    merged
}

fn set_aside(shares: &[Share], sum: &record::Sum) -> Option<SetAside> {
    let all: Vec<&SetAside> = shares.iter().filter_map(|share| share.report.set_aside.as_ref()).collect();
    let seconds: f64 = all.iter().map(|one| one.seconds).sum();
    let stolen: f64 = all.iter().map(|one| one.stolen_share * one.seconds).sum();
    let p99 = |times: &crate::record::Times| times.value_at_quantile(0.99) as f64 / 1e9;
    (seconds > 0.0).then(|| SetAside {
        seconds,
        of_s: shares
            .iter()
            .map(|share| {
                share.report.set_aside.as_ref().map_or(share.report.offered.measured_s, |one| one.of_s)
            })
            .sum(),
        asked_s: shares
            .iter()
            .map(|share| {
                share.report.set_aside.as_ref().map_or(share.report.offered.measured_s, |one| one.asked_s)
            })
            .sum(),
        // Seconds of different folders are not on one clock.
        at_s: Vec::new(),
        stolen_share: stolen / seconds,
        requests: all.iter().map(|one| one.requests).sum(),
        response_p99_s: p99(&sum.every.response),
        lag_p99_s: all.iter().any(|one| one.lag_p99_s.is_some()).then(|| p99(&sum.every.lag)),
    })
}

/// Each text once, in order.
fn distinct<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut found: Vec<&str> = Vec::new();
    for text in texts.filter(|text| !text.is_empty()) {
        if !found.contains(&text) {
            found.push(text);
        }
    }
    found.join("; ")
}

#[cfg(test)]
mod tests;
