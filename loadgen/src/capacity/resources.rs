//! How busy the processors and the database's writer were at each level, by what was seen beside it.

use super::beside::Reading;
use super::measure::Measured;
use super::search::Search;
use super::utilisation::{Resource, Use};

/// Looks that lie closer together are taken together: the system counts processor time in ticks of 10 ms.
const STRETCH_S: f64 = 0.8;
/// Writes of a commit from which on they are committed together.
const TOGETHER: f64 = 1.005;

/// What can run out, by what was seen.
pub(super) fn resources(search: &Search, measured: &[Measured]) -> Vec<Resource> {
    let levels: Vec<(f64, &Measured)> = (search.levels().iter().zip(measured))
        .filter(|(tried, _)| tried.is_sound() && tried.order.pace.rate().is_some())
        .map(|(tried, measured)| (tried.done_per_s(), measured))
        .collect();
    let readings = || levels.iter().flat_map(|(_, measured)| &measured.readings);
    let servers = readings().find_map(|reading| reading.busy).map(|busy| busy.processors);
    let processors = servers.map(|servers| Resource {
        name: "processors".to_owned(),
        servers,
        // A generator that looks at the clock instead of sleeping gives way to whoever has something to do.
        uses: uses(&levels, |reading| reading.busy.map(|busy| busy.time.as_secs_f64()), |one| one.spun_share),
        is_shared: false,
    });
    let at_work = uses(&levels, |reading| reading.counters?.write_s, |_| 0.0);
    let writer = (!at_work.is_empty()).then(|| Resource {
        name: "database's writer".to_owned(),
        servers: 1,
        uses: at_work,
        is_shared: commits_together(readings()),
    });
    processors.into_iter().chain(writer).collect()
}

fn uses(
    levels: &[(f64, &Measured)],
    of: impl Fn(&Reading) -> Option<f64>,
    less: impl Fn(&Measured) -> f64,
) -> Vec<Use> {
    let mut uses = Vec::new();
    for (per_s, measured) in levels {
        let looks =
            measured.readings.iter().filter_map(|reading| Some((reading.at.as_secs_f64(), of(reading)?)));
        let mut last: Option<(f64, f64)> = None;
        for (at, value) in looks {
            let Some((from, before)) = last else {
                last = Some((at, value));
                continue;
            };
            let seconds = at - from;
            if seconds >= STRETCH_S {
                let busy = (value - before) / seconds - less(measured);
                uses.push(Use { per_s: *per_s, busy, seconds });
                last = Some((at, value));
            }
        }
    }
    uses
}

/// Whether several writes share a commit where several wait, so that each takes less of the writer the more there are.
fn commits_together<'a>(readings: impl Iterator<Item = &'a Reading>) -> bool {
    let counters = readings.filter_map(|reading| reading.counters);
    let of = |one: crate::scrape::Counters| one.committed.zip(one.commits);
    counters.filter_map(of).any(|(writes, commits)| commits > 0.0 && writes / commits > TOGETHER)
}
