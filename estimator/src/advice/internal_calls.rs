//! gRPC or another binary format between services of one's own, where JSON takes more than a fifth of the processors.
//!
//! JSON is written at about 100 MiB a second on one core and binary formats at 1 GiB (napkin-math, `sirupsen`), so that
//! nine tenths of that time are saved. Google's servers spend a quarter of theirs on such work (Kanev et al., "Profiling
//! a warehouse-scale computer", 2015); from where on a second interface pays for itself is our assumption. How the
//! calls are counted is in `internal`.

use scenarios::estimate::{Advice, UnitName};

use crate::internal::{CALLS, ENDS, JSON_BYTES_PER_SECOND, JSON_SHARE, TRAFFIC};

use super::Findings;
use super::say::{Threshold, flip, held, outcome, say};

const LEAST_JSON_SHARE: Threshold = Threshold(0.2, "assumed");

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let (Some(_), Some(cpu)) = (findings.traffic, findings.at("server CPU per request")) else {
        return Vec::new();
    };
    // Bytes of all internal calls of a request from where on JSON takes too much.
    let limit = LEAST_JSON_SHARE.0 * cpu * JSON_BYTES_PER_SECOND / ENDS;
    let bytes = |value| findings.write(value, UnitName::Bytes);
    let Some(share) = findings.at(JSON_SHARE) else {
        let mut advice = say("grpc", outcome(false), "no gRPC needed");
        "no service of yours calls another here: no tier has a `payload:`".clone_into(&mut advice.because);
        advice.flips = format!("flips at {} of internal calls for each request", bytes(limit));
        return vec![advice];
    };
    let share = held("JSON of internal calls, of the CPU", share, LEAST_JSON_SHARE, UnitName::Share);
    let fires = share.margin >= 1.0;
    let what =
        if fires { "grpc: gRPC between your services" } else { "no gRPC needed between your services" };
    let mut advice = say("grpc", outcome(fires), what);
    let at = |name, unit| findings.at(name).map_or(String::new(), |value| findings.write(value, unit));
    advice.because = format!(
        "{}; {} calls at peak carry {}",
        findings.compare(&share),
        at(CALLS, UnitName::PerSecond),
        at(TRAFFIC, UnitName::BytesPerSecond)
    );
    advice.flip = flip("payload of internal calls", 1.0 / share.margin);
    advice.flips = format!(
        "flips {} {} of internal calls for each request",
        if fires { "below" } else { "at" },
        bytes(findings.at("internal bytes of a request").unwrap_or_default() / share.margin)
    );
    advice.figures = vec![share];
    vec![advice]
}
