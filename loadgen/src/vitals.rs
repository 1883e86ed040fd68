//! What the processes of a run used, second by second: a series that never grows beyond a limit.

use std::time::Duration;

use scenarios::report::ProcessMoment;

use crate::engine::Nanos;
use crate::process::Usage;

/// Moments at most; beyond, neighbours merge and moments become twice as long.
const MOST_MOMENTS: usize = 600;

/// What was read of both processes at one time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Both {
    pub(crate) server: Option<Usage>,
    pub(crate) generator: Option<Usage>,
}

/// The series in the making.
#[derive(Debug)]
pub(crate) struct Vitals {
    /// When it begins.
    from: Nanos,
    every: Duration,
    last: Option<(Nanos, Both)>,
    moments: Vec<ProcessMoment>,
}

impl Vitals {
    /// A series that begins at `from`.
    pub(crate) fn new(from: Nanos) -> Vitals {
        Vitals { from, every: Duration::from_secs(1), last: None, moments: Vec::new() }
    }

    /// Called some times a second; reads the processes when a moment is over.
    pub(crate) fn look(&mut self, at: Nanos, read: impl FnOnce() -> Both) {
        if at < self.from {
            return;
        }
        let Some((since, before)) = self.last else {
            self.last = Some((at, read()));
            return;
        };
        if at.since(since) < self.every {
            return;
        }
        let now = read();
        self.last = Some((at, now));
        let length_s = at.since(since).as_secs_f64();
        let cores = |before: Option<Usage>, now: Option<Usage>| {
            Some(now?.cpu.saturating_sub(before?.cpu).as_secs_f64() / length_s)
        };
        self.moments.push(ProcessMoment {
            at_s: since.since(self.from).as_secs_f64(),
            length_s,
            server_cores: cores(before.server, now.server),
            server_memory_bytes: now.server.map(|usage| usage.memory_bytes),
            generator_cores: cores(before.generator, now.generator),
            generator_memory_bytes: now.generator.map(|usage| usage.memory_bytes),
        });
        if self.moments.len() >= MOST_MOMENTS {
            self.moments = self.moments.chunks(2).map(merged).collect();
            self.every *= 2;
        }
    }

    /// The series.
    pub(crate) fn moments(&self) -> &[ProcessMoment] {
        &self.moments
    }
}

/// A series made of several, within the limit.
pub(crate) fn thinned(mut moments: Vec<ProcessMoment>) -> Vec<ProcessMoment> {
    while moments.len() >= MOST_MOMENTS {
        moments = moments.chunks(2).map(merged).collect();
    }
    moments
}

/// Neighbours as one: cores averaged over their time, the larger memory.
fn merged(pair: &[ProcessMoment]) -> ProcessMoment {
    let length_s: f64 = pair.iter().map(|moment| moment.length_s).sum();
    let cores = |of: fn(&ProcessMoment) -> Option<f64>| {
        let spent = pair.iter().map(|moment| Some(of(moment)? * moment.length_s)).sum::<Option<f64>>();
        spent.map(|spent| spent / length_s)
    };
    let memory = |of: fn(&ProcessMoment) -> Option<u64>| pair.iter().filter_map(of).max();
    ProcessMoment {
        at_s: pair.first().map_or(0.0, |first| first.at_s),
        length_s,
        server_cores: cores(|moment| moment.server_cores),
        server_memory_bytes: memory(|moment| moment.server_memory_bytes),
        generator_cores: cores(|moment| moment.generator_cores),
        generator_memory_bytes: memory(|moment| moment.generator_memory_bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that uses half a core and grows by 1 KB a second, looked at each tenth of a second.
    fn after(seconds: u64) -> Vitals {
        let mut vitals = Vitals::new(Nanos::after_start(Duration::from_secs(5)));
        for tenth in 0..=(5 + seconds) * 10 {
            let at = Duration::from_millis(tenth * 100);
            let server = Usage { cpu: at / 2, memory_bytes: 1_000 * at.as_secs() };
            vitals.look(Nanos::after_start(at), || Both { server: Some(server), generator: None });
        }
        vitals
    }

    #[test]
    fn what_was_used_is_a_difference_over_a_second() {
        let vitals = after(3);
        assert_eq!(vitals.moments().len(), 3);
        let second = vitals.moments()[1];
        assert!((second.server_cores.unwrap() - 0.5).abs() < 1e-9);
        // The second from 6 to 7 s: 7 KB at its end.
        assert_eq!((second.at_s, second.length_s, second.server_memory_bytes), (1.0, 1.0, Some(7_000)));
        assert_eq!((second.generator_cores, second.generator_memory_bytes), (None, None));
    }

    #[test]
    fn a_long_run_stays_small() {
        let vitals = after(3_000);
        let moments = vitals.moments();
        assert!(moments.len() < MOST_MOMENTS);
        assert!(moments.iter().all(|moment| (moment.server_cores.unwrap() - 0.5).abs() < 1e-9));
        let whole: f64 = moments.iter().map(|moment| moment.length_s).sum();
        // What is not over yet is not there.
        assert!((2_992.0..=3_000.0).contains(&whole), "{whole}");
    }
}
