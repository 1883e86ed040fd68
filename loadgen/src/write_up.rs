//! Putting the report of a run together.

mod generator;

use std::time::Duration;

use scenarios::Scenario;
use scenarios::estimate::{Estimate, Spread};
use scenarios::report::{
    ActionReport, Offered, Provenance, REPORT_SCHEMA, Report, ServerCost, SetAside, StartedMidway,
    TargetFacts,
};
use scenarios::scenario::{Arrivals, Model};
use scenarios::show;

use crate::config::RunConfig;
use crate::drive::Driven;
use crate::hold::{self, Found};
use crate::journey::{self, Plan};
use crate::offered::{self, Rate};
use crate::phases;
use crate::process::{self, Usage};
use crate::record::Times;
use crate::summarise;

/// All that is known of a run.
pub(crate) struct Run<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) estimate: &'a Estimate,
    pub(crate) config: &'a RunConfig,
    pub(crate) plan: &'a Plan,
    pub(crate) rate: Option<&'a Rate>,
    pub(crate) driven: &'a Driven,
    pub(crate) target: TargetFacts,
    pub(crate) provenance: Provenance,
}

/// Processor time within the measured window, what was set aside included.
struct Spent {
    seconds: f64,
    generator: Option<Duration>,
    server: Option<(Duration, Usage)>,
    sql: Option<f64>,
    /// Requests that this was spent on: of every second, since a process's clock cannot leave out any.
    requests: u64,
}

/// Below this share, what a host takes away is not worth a note.
const STOLEN_WORTH_SAYING: f64 = 0.01;

/// The report.
pub(crate) fn report(run: &Run<'_>) -> Report {
    let driven = run.driven;
    let spent = spent(driven);
    let measured_s = driven.seen.time.sound().as_secs_f64();
    // Where nothing counts, nothing was done in it: 0 per second.
    let divisor = measured_s.max(f64::MIN_POSITIVE);
    let mut actions: Vec<ActionReport> = (run.plan.actions.iter().zip(&driven.recorder.counted.actions))
        .map(|(action, record)| summarise::action(&action.name, record, divisor))
        .collect();
    let mut all = summarise::action("all", &driven.recorder.all, divisor);
    for (index, action) in actions.iter_mut().enumerate() {
        if let Some(parts) = &mut action.parts {
            parts.server_timing = driven.timings.of(index);
        }
    }
    if let Some(parts) = &mut all.parts {
        parts.server_timing = driven.timings.of_all();
    }
    let server = server_cost(&spent);
    let slo = summarise::slo(&run.scenario.slo, &driven.recorder);
    let generator = generator::generator(run, &spent, &all, &slo);
    let found = found(run, &spent, measured_s, server.as_ref());
    let notes = notes(run, &spent, measured_s);
    Report {
        schema: REPORT_SCHEMA,
        scenario: run.scenario.name.clone(),
        offered: what_was_offered(run, measured_s),
        target: run.target.clone(),
        provenance: run.provenance.clone(),
        actions,
        all,
        generator,
        server,
        slo,
        predictions: hold::hold(run.estimate, &run.scenario.expect, &found),
        seconds: summarise::seconds_of(&driven.recorder, &driven.seen.time.set_aside_at()),
        spectrum: summarise::spectrum(&driven.recorder.all),
        notes,
        set_aside: set_aside(run),
        both: None,
        over_time: summarise::over_time(&driven.recorder, driven.seen.vitals.moments()),
        merged: None,
        phases: phases::phases(
            &driven.recorder,
            &driven.course,
            &driven.seen.time,
            &run.scenario.slo,
            if run.config.model == Model::Open { run.plan.requests_per_visit() } else { 1.0 },
        ),
    }
}

/// What does not count, and what the figures would be if it did.
fn set_aside(run: &Run<'_>) -> Option<SetAside> {
    let (time, recorder) = (&run.driven.seen.time, &run.driven.recorder);
    let p99 = |times: &Times| Duration::from_nanos(times.value_at_quantile(0.99)).as_secs_f64();
    let every = recorder.every();
    (!time.set_aside().is_zero()).then(|| SetAside {
        seconds: time.set_aside().as_secs_f64(),
        of_s: (time.set_aside() + time.sound()).as_secs_f64(),
        asked_s: time.asked().as_secs_f64(),
        at_s: time.set_aside_at(),
        stolen_share: time.stolen_share(true).unwrap_or_default(),
        requests: recorder.aside.scheduled,
        response_p99_s: p99(&every.response),
        lag_p99_s: (run.config.model == Model::Open).then(|| p99(&every.lag)),
    })
}

fn spent(driven: &Driven) -> Spent {
    let Some((first, last)) = &driven.seen.window else {
        return Spent { seconds: 0.0, generator: None, server: None, sql: None, requests: 0 };
    };
    let used =
        |first: Option<Usage>, last: Option<Usage>| Some((last?.cpu.saturating_sub(first?.cpu), last?));
    Spent {
        seconds: last.at.since(first.at).as_secs_f64(),
        generator: used(first.generator, last.generator).map(|(cpu, _)| cpu),
        server: used(first.server, last.server),
        sql: first
            .counters
            .and_then(|c| c.sql)
            .zip(last.counters.and_then(|c| c.sql))
            .map(|(first, last)| last - first),
        requests: driven.recorder.every().scheduled,
    }
}

fn server_cost(spent: &Spent) -> Option<ServerCost> {
    let (cpu, usage) = spent.server?;
    let requests = spent.requests;
    if requests == 0 || spent.seconds <= 0.0 {
        return None;
    }
    Some(ServerCost {
        cpu_per_request_s: cpu.as_secs_f64() / requests as f64,
        cores: cpu.as_secs_f64() / spent.seconds,
        memory_bytes: usage.memory_bytes,
        sql_per_request: spent.sql.map(|sql| sql / requests as f64),
    })
}

fn what_was_offered(run: &Run<'_>, measured_s: f64) -> Offered {
    let model = run.config.model;
    let rate = run.rate.filter(|_| model == Model::Open).map(|rate| shaped(rate, run));
    let per_action = run.plan.requests_per_visit() / run.plan.actions_per_visit();
    Offered {
        model: match model {
            // Of both, this is the open part.
            Model::Open | Model::Both => "open",
            Model::Users => "users",
            Model::Connections => "connections",
        }
        .to_owned(),
        arrivals: match (model, run.scenario.load.arrivals) {
            (Model::Users, _) => format!("think time {}", run.config.think),
            (Model::Connections, _) => "back to back".to_owned(),
            (Model::Open | Model::Both, Arrivals::Poisson) => "poisson".to_owned(),
            (Model::Open | Model::Both, Arrivals::Constant) => "constant".to_owned(),
        },
        actions_per_s: rate.as_ref().map(|rate| rate.actions_per_s),
        requests_per_s: rate.as_ref().map(|rate| rate.actions_per_s * per_action),
        users: run.driven.users,
        connections: (model == Model::Connections).then_some(run.config.connections),
        think_s: (model == Model::Users).then_some(run.config.think.mean().as_secs_f64()),
        rule: match (model, run.config.users) {
            (Model::Connections, _) => "--connections, or `load: connections` of the scenario".to_owned(),
            (Model::Open | Model::Both, _) => rate.map_or(String::new(), |rate| rate.rule),
            (Model::Users, Some(_)) => "--users, or `load: users` of the scenario".to_owned(),
            (Model::Users, None) => "as many users as make this rate (Little's law: rate × pause)".to_owned(),
        },
        measured_s,
        warmup_s: run.driven.seen.time.from().since(crate::engine::Nanos::ZERO).as_secs_f64(),
        timeout_s: run.config.timeout.as_secs_f64(),
        seed: run.config.seed,
        schedule: run.driven.schedule.clone(),
        started_midway: run.driven.started_midway,
        cut_short: run.driven.seen.cut_short,
        aborted: run.driven.seen.aborted.clone(),
    }
}

/// The rate as it was offered: on average, where it had a shape.
fn shaped(rate: &Rate, run: &Run<'_>) -> Rate {
    let Some(shape) = &run.config.shape else { return rate.clone() };
    Rate {
        actions_per_s: run.driven.course.mean() * run.plan.actions_per_visit(),
        rule: format!(
            "on average, by its shape: {} (base rate {}/s: {})",
            shape.text(),
            show::digits(rate.actions_per_s),
            rate.rule
        ),
        is_peak: false,
    }
}

/// Whether the run was to offer the peak that the estimate speaks of.
fn wants_peak(run: &Run<'_>) -> bool {
    let users_given = run.config.model == Model::Users && run.config.users.is_some();
    run.rate.is_some_and(|rate| rate.is_peak)
        && run.config.shape.is_none()
        && !users_given
        && !run.driven.seen.cut_short
        && run.driven.seen.aborted.is_none()
}

/// Whether it did: what was due came to the rate asked for (give or take a tenth and three standard deviations), and
/// nearly all of it was answered well. A server that fails, or visits that last longer than the run, say nothing
/// about how much is asked of the system.
fn reached_peak(run: &Run<'_>, seconds: f64) -> bool {
    let all = &run.driven.recorder.all;
    let per_action = run.plan.requests_per_visit() / run.plan.actions_per_visit();
    let asked = run.rate.map_or(0.0, |rate| rate.actions_per_s * per_action) * seconds;
    let off = (all.scheduled as f64 - asked).abs();
    off <= asked * 0.1 + 3.0 * asked.sqrt() && all.good as f64 >= all.scheduled as f64 * 0.95
}

fn found(run: &Run<'_>, spent: &Spent, seconds: f64, server: Option<&ServerCost>) -> Found {
    let all = &run.driven.recorder.all;
    let requests = hold::rate_of(all.good, seconds);
    let per_action = run.plan.requests_per_visit() / run.plan.actions_per_visit();
    let scale =
        |spread: Spread, by: f64| Spread { p10: spread.p10 * by, p50: spread.p50 * by, p90: spread.p90 * by };
    let bytes = if all.answers == 0 { None } else { Some(all.bytes_received as f64 / all.answers as f64) };
    // The system counts processor time in ticks; a reading is right to one tick at either end.
    let error = 2.0 * process::tick().as_secs_f64();
    let cpu = spent.server.map(|(cpu, _)| cpu.as_secs_f64());
    let with_error = |total: f64, by: f64| Spread {
        p10: (total - error).max(0.0) * by,
        p50: total * by,
        p90: (total + error) * by,
    };
    Found {
        at_peak: wants_peak(run) && reached_peak(run, seconds),
        actions_per_s: requests.map(|spread| scale(spread, 1.0 / per_action)),
        requests_per_s: requests,
        bytes_per_response: bytes.map(Spread::point),
        egress: requests.zip(bytes).map(|(spread, bytes)| scale(spread, bytes)),
        cpu_per_request: cpu
            .filter(|_| server.is_some())
            .map(|cpu| with_error(cpu, 1.0 / spent.requests.max(1) as f64)),
        // The estimate speaks of the cores that are needed when none is to be busier than the limit.
        cores: cpu
            .zip(offered::number(run.estimate, "CPU limit"))
            .filter(|_| server.is_some())
            .map(|(cpu, limit)| with_error(cpu, 1.0 / spent.seconds / limit)),
        stored: run.target.seeded.as_ref().map(|seeded| seeded.storage.clone()).unwrap_or_default(),
        holds: None,
    }
}

/// How the load began, where visits last.
fn midway_note(midway: &StartedMidway) -> String {
    let StartedMidway { expected, started, caught_up, left_out } = *midway;
    let caught_up = match caught_up {
        0 => String::new(),
        count => {
            format!("; {count} of them first asked, during the warm-up, for what they would have by then")
        }
    };
    let left_out = match left_out {
        0 => String::new(),
        count => format!(
            "; {count} more had no time for that, so that later steps are too few at first: a longer warm-up makes room"
        ),
    };
    format!(
        "{started} visits began in the middle, where visits that last are found when one looks ({} are under way on average){caught_up}{left_out}",
        show::digits(expected)
    )
}

/// What figures of this model are good for.
fn connections_note(plan: &Plan) -> String {
    let pauses = if plan.think_per_visit().is_zero() { "" } else { "; pauses of the visits are left out" };
    format!(
        "connections model: response is service here. A server that stalls is asked nothing meanwhile, and the waits that others would have had do not show (coordinated omission): take these figures for throughput and for bracketing capacity, and the open model for latency{pauses}"
    )
}

fn notes(run: &Run<'_>, spent: &Spent, measured_s: f64) -> Vec<String> {
    let (recorder, time) = (&run.driven.recorder, &run.driven.seen.time);
    let mut notes = Vec::new();
    if run.driven.seen.cut_short {
        notes.push(format!(
            "cut short after {} of {} s",
            show::digits(spent.seconds),
            run.config.duration.as_secs()
        ));
    }
    notes.push(format!(
        "warm-up: the first {} s and their {} requests are not counted",
        show::digits(time.from().since(crate::engine::Nanos::ZERO).as_secs_f64()),
        recorder.warmup
    ));
    notes.extend(run.driven.started_midway.as_ref().map(midway_note));
    if run.config.model == Model::Connections {
        notes.push(connections_note(run.plan));
    }
    if !run.target.connections.is_empty() {
        notes.push(format!("connections: {}", run.target.connections));
    }
    if run.config.shape.is_none() {
        notes.extend(summarise::first_seconds(&run.driven.recorder));
    }
    if wants_peak(run) && !reached_peak(run, measured_s) {
        notes.push(
            "the peak was not reached (failures, slow answers, or visits longer than the run), so what is predicted for it cannot be told"
                .to_owned(),
        );
    }
    if let Some(stolen) = time.stolen_share(false).filter(|stolen| *stolen > STOLEN_WORTH_SAYING) {
        notes.push(format!(
            "the host of this virtual machine took its processors away for {} of the time: figures of a quieter machine would be lower",
            show::share(stolen)
        ));
    }
    if let Some(waiting) = run.driven.waiting.filter(|waiting| !waiting.spin.is_zero()) {
        notes.push(format!(
            "this machine wakes threads late (p99 {}), so the engine looked at the clock instead of sleeping: it took a core from the rest",
            show::seconds(waiting.late_p99.as_secs_f64())
        ));
    }
    if run.plan.has_run_out() {
        notes.push("a table whose rows are used once had no row left, so the run ended early".to_owned());
    }
    notes.extend(run.plan.failed().iter().map(|failed| {
        let journey::Failed { action, check, count } = failed;
        format!("{action}: {count} answers failed `{check}`, warm-up included")
    }));
    notes.extend(run.driven.troubles.notes());
    notes
}
