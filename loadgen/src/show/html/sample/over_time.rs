//! Where the time went and how the run went over time, for the reports of tests.

use scenarios::report::{
    HeatColumn, HeatMap, OverTime, Part, ProcessMoment, ServerTiming, TimePart, TimeParts,
};

/// Nearly all of it in the server.
pub(super) fn parts(answered: u64, response_mean_s: f64) -> TimeParts {
    let part = |part, share: f64, count| {
        let mean_s = response_mean_s * share;
        TimePart { part, mean_s, count, p50_s: mean_s * 0.8, p99_s: mean_s * 6.0 }
    };
    let parts = vec![
        part(Part::Lag, 0.02, answered),
        part(Part::Connect, 0.01, 64.min(answered)),
        part(Part::Server, 0.92, answered),
        part(Part::Transfer, 0.05, answered),
    ];
    let db =
        ServerTiming { name: "db".to_owned(), count: answered, mean_s: response_mean_s / 2.0, max_s: 0.02 };
    TimeParts { answered, response_mean_s, parts, server_timing: vec![db] }
}

/// So many columns and moments.
pub(super) fn over_time(columns: u32) -> OverTime {
    let column = |at: u32| HeatColumn {
        first: 38,
        counts: vec![12, 160, 130, 60, 30, 9, 4, 3, u64::from(at % 2), 0, 0, 0, u64::from(at % 7)],
    };
    let moment = |at: u32| ProcessMoment {
        at_s: f64::from(at),
        length_s: 1.0,
        server_cores: Some(0.08 + f64::from(at % 5) * 0.01),
        server_memory_bytes: Some(40_000_000 + u64::from(at) * 10_000),
        generator_cores: Some(0.01),
        generator_memory_bytes: Some(9_000_000),
    };
    OverTime {
        heat: HeatMap { column_s: 1, columns: (0..columns.min(64)).map(column).collect() },
        processes: (0..columns).map(moment).collect(),
        failures: Vec::new(),
    }
}
