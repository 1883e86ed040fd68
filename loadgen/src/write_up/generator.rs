//! What the generator did and spent, and its verdict on itself.

use std::time::Duration;

use scenarios::report::{ActionReport, Generator, Latency, SloOutcome};
use scenarios::scenario::Model;
use scenarios::verdict::Attained;

use super::{Run, Spent};
use crate::drive::{CLOSED_THREADS, Driven};
use crate::engine::Outcome;
use crate::honesty::{self, Evidence, Open};
use crate::phases;
use crate::process;
use crate::summarise;

pub(super) fn generator(run: &Run<'_>, spent: &Spent, all: &ActionReport, slo: &[SloOutcome]) -> Generator {
    let recorder = &run.driven.recorder;
    let count = |outcome: Outcome| -> u64 {
        recorder.all.errors.iter().filter(|((known, _), _)| *known == outcome).map(|(_, count)| count).sum()
    };
    let is_open = run.config.model == Model::Open;
    // The users of the closed model have so many threads, whatever the machine has.
    let cores =
        std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(CLOSED_THREADS) as f64;
    let cpu_share = match &run.driven.offered {
        // The engine's own thread: deliberate looking at the clock is not load.
        Some(offered) => {
            let seconds = offered.ended.since(crate::engine::Nanos::ZERO).as_secs_f64();
            let busy = offered.cpu.saturating_sub(offered.spun);
            // What was spun is wall time; where it is most of all, what is left says nothing.
            (offered.spun < offered.cpu / 2).then(|| busy.as_secs_f64() / seconds.max(f64::MIN_POSITIVE))
        }
        None => spent.generator.map(|cpu| cpu.as_secs_f64() / spent.seconds.max(f64::MIN_POSITIVE) / cores),
    };
    let shed = count(Outcome::Shed);
    let time = &run.driven.seen.time;
    let is_one_thread = run.driven.offered.is_some();
    let wait_share = time.wait_share().map(|share| if is_one_thread { share } else { share / cores });
    let evidence = Evidence {
        due: all.scheduled,
        sent: all.scheduled - shed,
        good: all.good,
        shed,
        exhausted: run.driven.exhausted,
        scarce: run.driven.troubles.scarce,
        room: run.driven.room,
        lost: run.driven.lost,
        lag_p99: Duration::from_nanos(recorder.counted.lag.value_at_quantile(0.99)),
        response_p99: Duration::from_nanos(recorder.all.response.value_at_quantile(0.99)),
        response_p50: Duration::from_nanos(recorder.all.response.value_at_quantile(0.5)),
        cpu_share,
        is_open,
        is_one_thread,
        wait_share,
        stolen_share: time.stolen_share(false),
        asked: time.asked(),
        sound: time.sound(),
        set_aside: time.set_aside(),
        medians: phases::medians(recorder, &run.driven.course),
        unanswered: count(Outcome::TimedOut)
            + if run.driven.seen.cut_short || run.driven.seen.aborted.is_some() {
                0
            } else {
                count(Outcome::CutShort)
            },
        open: left_open(slo),
    };
    let (verdict, evidence) = honesty::judge(&evidence);
    let requests = spent.requests.max(1) as f64;
    Generator {
        verdict,
        evidence,
        // A user acts when he is ready: there is nothing to be late for.
        lag: if is_open { summarise::plain(&recorder.counted.lag) } else { Latency::default() },
        cpu_per_request_s: spent
            .generator
            .map(|cpu| cpu.as_secs_f64() - spun(run.driven, spent))
            // Less than the clock can see is not known.
            .filter(|cpu| *cpu > 2.0 * process::tick().as_secs_f64())
            .map(|cpu| cpu / requests),
        cpu_share,
        shed,
        connections: run.driven.connections,
        in_flight_max: run
            .driven
            .offered
            .as_ref()
            .map_or(u64::from(run.driven.users.unwrap_or(0)), |offered| offered.peak_in_flight as u64),
        wait_share,
    }
}

/// Promises that can be measured, and that the run left open.
fn left_open(slo: &[SloOutcome]) -> Vec<Open> {
    slo.iter()
        .filter(|slo| slo.measurable && slo.verdict == Attained::CannotTell)
        .map(|slo| Open { promise: slo.promise.clone(), share: slo.promised_share, scheduled: slo.scheduled })
        .collect()
}

/// Seconds of processor time within the measured window that went into looking at the clock on purpose: the window's
/// share of the whole run's.
fn spun(driven: &Driven, spent: &Spent) -> f64 {
    driven.offered.as_ref().map_or(0.0, |offered| {
        let whole = offered.ended.since(crate::engine::Nanos::ZERO).as_secs_f64().max(f64::MIN_POSITIVE);
        offered.spun.as_secs_f64() * (spent.seconds / whole).min(1.0)
    })
}
