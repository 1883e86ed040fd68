//! Reports for tests: one that is fine in every respect, and what becomes of it when something is not.

mod over_time;

use scenarios::estimate::{Kind, Spread, UnitName};
use scenarios::report::{
    ActionReport, ErrorCount, Failures, Generator, Honesty, Latency, Offered, OverTime, Prediction,
    Provenance, Quantile, REPORT_SCHEMA, Report, Second, Seeded, ServerCost, SetAside, SloOutcome,
    SpectrumPoint, StoredEntity, TargetFacts,
};
use scenarios::verdict::{Attained, Finding};

use super::performance::float;
use over_time::{over_time, parts};

/// A run of the forum in which every promise was kept.
pub(crate) fn met() -> Report {
    let actions = vec![
        action("read question", 9_267, [0.0009, 0.0018, 0.0072, 0.019]),
        action("list latest", 2_778, [0.0014, 0.0029, 0.0090, 0.024]),
        action("ask", 93, [0.0033, 0.0060, 0.018, 0.018]),
    ];
    Report {
        schema: REPORT_SCHEMA,
        scenario: "forum".to_owned(),
        offered: offered(),
        target: target(),
        provenance: provenance(),
        actions,
        all: action("all", 12_360, [0.0010, 0.0022, 0.0081, 0.022]),
        generator: generator(),
        server: Some(ServerCost {
            cpu_per_request_s: 212e-6,
            cores: 0.087,
            memory_bytes: 48_000_000,
            sql_per_request: Some(2.4),
        }),
        slo: vec![
            promise("read question p99 < 200 ms", Attained::Met),
            promise("all errors < 0.1%", Attained::Met),
        ],
        predictions: predictions(),
        seconds: (0..30).map(|at_s| second(at_s, 412)).collect(),
        spectrum: spectrum(12_360),
        notes: vec!["warm-up: the first 5 s and their 2,060 requests are not counted".to_owned()],
        set_aside: None,
        both: None,
        over_time: over_time(30),
        merged: None,
        phases: Vec::new(),
    }
}

/// A run in which the server stalled, failed and missed a promise.
pub(crate) fn missed() -> Report {
    let mut report = met();
    for second in report.seconds.iter_mut().skip(14).take(6) {
        (second.good, second.p50_s, second.p99_s, second.max_s) = (301, 0.18, 1.4, 1.9);
    }
    let errors = |count| vec![error("status 503", count), error("timed out", 12)];
    for action in report.actions.iter_mut().take(1).chain([&mut report.all]) {
        action.good -= 666;
        action.errors = errors(654);
        action.done_per_s -= 22.2;
        action.response.quantiles[2] = quantile(0.99, 1.1, Some((0.74, 1.4)));
        action.response.quantiles[3] =
            Quantile { censored: true, ..quantile(0.999, 10.0, Some((1.9, 10.0))) };
    }
    report.slo[0] = SloOutcome {
        attained_share: Some(0.9281),
        interval: Some((0.9227, 0.9333)),
        ..promise("read question p99 < 200 ms", Attained::Missed)
    };
    report.slo.push(SloOutcome {
        attained_share: None,
        interval: None,
        promised_share: 0.999,
        ..promise("availability 99.9% per month", Attained::CannotTell)
    });
    let failures =
        |kind: &str, counts: Vec<(u32, u64)>| Failures { kind: kind.to_owned(), interval_s: 1, counts };
    report.over_time.failures = vec![
        failures("status 503", (14..20).map(|at| (at, 109)).collect()),
        failures("timed out", vec![(14, 10), (19, 2)]),
    ];
    for point in report.spectrum.iter_mut().filter(|point| point.q > 0.93) {
        point.response_s *= 60.0;
    }
    report
}

/// A run of users who wait for each answer.
pub(crate) fn closed() -> Report {
    let mut report = met();
    report.offered = Offered {
        model: "users".to_owned(),
        arrivals: "think time".to_owned(),
        actions_per_s: None,
        requests_per_s: None,
        users: Some(400),
        think_s: Some(1.0),
        rule: "as many users as make this rate (Little's law: rate × pause)".to_owned(),
        schedule: String::new(),
        ..report.offered
    };
    (report.all.asked_per_s, report.all.done_per_s) = (389.0, 389.0);
    report.seconds = (0..30).map(|at_s| second(at_s, 370 + u64::from(at_s * 7 % 40))).collect();
    (report.target.seeded, report.server) = (None, None);
    for moment in &mut report.over_time.processes {
        (moment.server_cores, moment.server_memory_bytes) = (None, None);
    }
    report.target.what.clone_from(&report.target.url);
    report.slo.clear();
    report
}

/// A run that was ended in its thirteenth second, by a generator that could not keep up.
pub(crate) fn cut_short() -> Report {
    let mut report = met();
    (report.offered.cut_short, report.offered.measured_s) = (true, 12.4);
    report.seconds.truncate(13);
    report.seconds[12].scheduled = 165;
    report.seconds[12].good = 165;
    report.generator.verdict = Honesty::GeneratorLimited;
    report.generator.evidence = vec!["requests left late: lag p99 12 ms, allowed 1 ms".to_owned()];
    report.notes.insert(0, "cut short after 12.4 of 30 s".to_owned());
    report
}

/// A run of which three seconds were set aside, because the host took the processors away, and made up for.
pub(crate) fn disturbed() -> Report {
    let mut report = met();
    report.seconds =
        (0..33).filter(|at_s| ![7, 8, 20].contains(at_s)).map(|at_s| second(at_s, 412)).collect();
    report.set_aside = Some(SetAside {
        seconds: 3.0,
        of_s: 33.0,
        asked_s: 30.0,
        at_s: vec![7, 8, 20],
        stolen_share: 0.041,
        requests: 1_236,
        response_p99_s: 0.0264,
        lag_p99_s: Some(0.0031),
    });
    report
}

/// A run in which nothing was due.
pub(crate) fn empty() -> Report {
    let nothing = |name: &str| ActionReport {
        scheduled: 0,
        good: 0,
        asked_per_s: 0.0,
        done_per_s: 0.0,
        response: Latency::default(),
        service: Latency::default(),
        first_byte: Latency::default(),
        bytes_per_response: 0.0,
        parts: None,
        ..action(name, 1, [0.0; 4])
    };
    let mut report = met();
    report.actions.clear();
    report.all = nothing("all");
    report.generator.verdict = Honesty::TooFewSamples;
    report.generator.lag = Latency::default();
    (report.server, report.target.seeded) = (None, None);
    (report.slo, report.predictions, report.notes) = (Vec::new(), Vec::new(), Vec::new());
    (report.seconds, report.spectrum) = (Vec::new(), Vec::new());
    report.over_time = OverTime::default();
    report
}

/// A run of an hour.
pub(crate) fn long() -> Report {
    let mut report = met();
    report.offered.measured_s = 3_600.0;
    report.seconds = (0..3_600).map(|at_s| second(at_s, 412)).collect();
    report.over_time = over_time(600);
    report.over_time.heat.column_s = 6;
    for moment in &mut report.over_time.processes {
        (moment.at_s, moment.length_s) = (moment.at_s * 6.0, 6.0);
    }
    report
}

fn offered() -> Offered {
    Offered {
        model: "open".to_owned(),
        arrivals: "poisson".to_owned(),
        actions_per_s: Some(412.0),
        requests_per_s: Some(412.0),
        users: None,
        connections: None,
        think_s: None,
        rule: "the peak of the action table".to_owned(),
        measured_s: 30.0,
        warmup_s: 5.0,
        timeout_s: 10.0,
        seed: 7,
        schedule: "9f3a61c0d2b4e875".to_owned(),
        cut_short: false,
        started_midway: None,
        aborted: None,
    }
}

fn target() -> TargetFacts {
    let stored = |entity: &str, rows, bytes| StoredEntity { entity: entity.to_owned(), rows, bytes };
    TargetFacts {
        url: "http://127.0.0.1:41873".to_owned(),
        what: "reference server 0.1.0, SQLite 3.51.3".to_owned(),
        resolved_s: None,
        seeded: Some(Seeded {
            questions: 10_000,
            scenario_questions: 1e6,
            rule: "as many as fill in two seconds, never more than the scenario's".to_owned(),
            database_bytes: 64_000_000,
            seconds: 1.9,
            storage: vec![stored("question", 10_000, 30_000_000), stored("answer", 25_000, 31_000_000)],
        }),
        tls: None,
        connections: String::new(),
    }
}

fn provenance() -> Provenance {
    Provenance {
        started_unix_s: 1_795_449_720,
        version: "loadgen 0.1.0 (release)".to_owned(),
        scenario_hash: "5d41402abc4b2a76".to_owned(),
        command: "loadgen run forum --seed 7 --duration 30s".to_owned(),
        machine: "2 cores, 8 GB of memory, Linux 6.8".to_owned(),
    }
}

fn generator() -> Generator {
    Generator {
        verdict: Honesty::Valid,
        evidence: vec!["lag p99 60 µs".to_owned(), "9 % of its core".to_owned(), "nothing shed".to_owned()],
        lag: latency(12_360, [8e-6, 21e-6, 60e-6, 140e-6], false),
        cpu_per_request_s: Some(14e-6),
        cpu_share: Some(0.09),
        shed: 0,
        connections: 64,
        in_flight_max: 11,
        wait_share: Some(0.004),
    }
}

fn action(name: &str, scheduled: u64, values_s: [f64; 4]) -> ActionReport {
    let rate = float(scheduled) / 30.0;
    ActionReport {
        name: name.to_owned(),
        scheduled,
        good: scheduled,
        errors: Vec::new(),
        asked_per_s: rate,
        done_per_s: rate,
        response: latency(scheduled, values_s, true),
        service: latency(scheduled, values_s.map(|value| value * 0.97), false),
        first_byte: latency(scheduled, values_s.map(|value| value * 0.9), false),
        bytes_per_response: 5_800.0,
        parts: Some(parts(scheduled, values_s[0] * 1.3)),
    }
}

fn latency(count: u64, values_s: [f64; 4], with_intervals: bool) -> Latency {
    let quantiles = [0.5, 0.9, 0.99, 0.999]
        .into_iter()
        .zip(values_s)
        .map(|(q, value)| {
            // From 368 samples on there is an interval for p99, from 3,688 on for p99.9.
            let enough = with_intervals && float(count) * (1.0 - q) >= 3.68;
            quantile(q, value, enough.then_some((value * 0.9, value * 1.14)))
        })
        .collect();
    Latency { count, mean_s: values_s[0] * 1.3, max_s: values_s[3] * 1.6, quantiles }
}

fn quantile(q: f64, value_s: f64, interval_s: Option<(f64, f64)>) -> Quantile {
    Quantile { q, value_s, interval_s, censored: false }
}

fn error(kind: &str, count: u64) -> ErrorCount {
    ErrorCount { kind: kind.to_owned(), count }
}

fn promise(text: &str, verdict: Attained) -> SloOutcome {
    SloOutcome {
        promise: text.to_owned(),
        verdict,
        promised_share: 0.99,
        attained_share: Some(0.9998),
        interval: Some((0.9992, 1.0)),
        independent: None,
        worth: None,
        scheduled: 9_267,
        measurable: true,
        line: 31,
    }
}

fn predictions() -> Vec<Prediction> {
    let row = |quantity: &str,
               unit,
               predicted: (f64, f64, f64),
               measured: Option<f64>,
               finding,
               kind,
               note: &str| {
        let (p10, p50, p90) = predicted;
        Prediction {
            quantity: quantity.to_owned(),
            predicted: Spread { p10, p50, p90 },
            kind,
            unit,
            measured: measured.map(|value| Spread { p10: value * 0.94, p50: value, p90: value * 1.05 }),
            finding,
            claimed: false,
            note: note.to_owned(),
        }
    };
    let too_high = "the default is 4.7 times too high here";
    let next = "run: loadgen capacity forum";
    vec![
        row(
            "mean rate, per node",
            UnitName::PerSecond,
            (380.0, 412.0, 450.0),
            Some(412.0),
            Finding::Confirmed,
            Kind::Given,
            "",
        ),
        row(
            "bytes per response",
            UnitName::Bytes,
            (4e3, 5.9e3, 7e3),
            Some(5.8e3),
            Finding::Confirmed,
            Kind::Derived,
            "",
        ),
        row(
            "CPU per request",
            UnitName::Seconds,
            (5e-4, 1e-3, 2e-3),
            Some(2.1e-4),
            Finding::Refuted,
            Kind::Default,
            too_high,
        ),
        row(
            "storage per question",
            UnitName::Bytes,
            (3.0e3, 3.2e3, 3.3e3),
            Some(3e3),
            Finding::CannotTell,
            Kind::Derived,
            "",
        ),
        row(
            "peak rate one node holds",
            UnitName::PerSecond,
            (650.0, 650.0, 650.0),
            None,
            Finding::CannotTell,
            Kind::Default,
            next,
        ),
    ]
}

/// A second like any other, with some up and down.
fn second(at_s: u32, scheduled: u64) -> Second {
    let swing = f64::from(at_s * 37 % 11) / 10.0;
    let p99_s = 0.0062 + 0.0035 * swing * swing;
    Second { at_s, scheduled, good: scheduled, p50_s: 0.00094 + 0.0002 * swing, p99_s, max_s: p99_s * 2.2 }
}

/// Five points for each halving of what is left, up to the last of so many samples.
fn spectrum(samples: u64) -> Vec<SpectrumPoint> {
    let last = 1.0 - 1.0 / float(samples);
    (0..100)
        .map(|step| 1.0 - 0.5_f64.powf(f64::from(step) / 5.0))
        .take_while(|q| *q <= last)
        .map(|q| {
            let nines = -(1.0 - q).log10();
            let service_s = 0.0006 * 10f64.powf(nines * 0.5);
            SpectrumPoint { q, response_s: service_s * (1.0 + 0.12 * nines), service_s }
        })
        .collect()
}
