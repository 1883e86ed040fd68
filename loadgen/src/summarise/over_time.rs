//! How the run went over time: the heat map from the coarse counts that intervals are made of, and failures by kind.

use std::collections::BTreeMap;

use scenarios::report::{Failures, HeatColumn, HeatMap, OverTime, ProcessMoment};

use super::kind;
use crate::record::{self, Blocks, Recorder, STEPS};

/// Everything over time.
pub(crate) fn over_time(recorder: &Recorder, processes: &[ProcessMoment]) -> OverTime {
    OverTime {
        heat: heat(&recorder.all.blocks),
        processes: processes.to_vec(),
        failures: failures(&recorder.failures),
    }
}

/// The blocks as a map with fewer steps.
pub(crate) fn heat(blocks: &Blocks) -> HeatMap {
    let merged = (STEPS / HeatMap::STEPS_PER_OCTAVE) as usize;
    let column = |counts: &[u32]| {
        let steps: Vec<u64> =
            counts.chunks(merged).map(|chunk| chunk.iter().copied().map(u64::from).sum()).collect();
        let first = steps.iter().position(|count| *count > 0);
        let last = steps.iter().rposition(|count| *count > 0);
        first.zip(last).map_or_else(HeatColumn::default, |(first, last)| HeatColumn {
            first,
            counts: steps[first..=last].to_vec(),
        })
    };
    HeatMap {
        column_s: u32::try_from(blocks.length()).unwrap_or(u32::MAX),
        columns: blocks.counts().map(column).collect(),
    }
}

fn failures(record: &record::Failures) -> Vec<Failures> {
    let record::Failures { length, kinds, others } = record;
    let interval_s = u32::try_from(*length).unwrap_or(u32::MAX);
    let series = |kind: String, counts: &BTreeMap<usize, u64>| Failures {
        kind,
        interval_s,
        counts: counts
            .iter()
            .map(|(interval, count)| (u32::try_from(*interval).unwrap_or(u32::MAX), *count))
            .collect(),
    };
    let total = |failures: &Failures| failures.counts.iter().map(|(_, count)| count).sum::<u64>();
    let mut all: Vec<Failures> =
        kinds.iter().map(|((outcome, status), counts)| series(kind(*outcome, *status), counts)).collect();
    all.sort_by(|one, other| total(other).cmp(&total(one)).then(one.kind.cmp(&other.kind)));
    if !others.is_empty() {
        all.push(series("others".to_owned(), others));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_holds_the_requests_of_its_time_by_how_long_they_took() {
        let mut blocks = Blocks::new();
        // 1 ms is 2^9.97 µs: step 39 of quarters of an octave; 1.1 ms is 2^10.1 µs: step 40; 8 ms is 2^12.97: step 51.
        for (second, nanos) in [(0, 1_000_000), (0, 1_000_000), (0, 1_100_000), (2, 8_000_000)] {
            blocks.add(second, nanos, 1);
        }
        let heat = heat(&blocks);
        assert_eq!(heat.column_s, 1);
        let column = |first, counts: &[u64]| HeatColumn { first, counts: counts.to_vec() };
        assert_eq!(heat.columns, [column(39, &[2, 1]), HeatColumn::default(), column(51, &[1])]);
        let step = |step: usize| (HeatMap::begins_s(step), HeatMap::begins_s(step + 1));
        assert!(step(39).0 <= 0.001 && 0.001 < step(39).1);
        assert!(step(51).0 <= 0.008 && 0.008 < step(51).1);
    }
}
