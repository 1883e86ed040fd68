//! How busy the processors are that a process may use, whoever uses them.

use std::time::Duration;

use rustix::process::Pid;
use rustix::thread::sched_getaffinity;

/// Time during which they were not idle since the system started, all of them together, and how many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Busy {
    pub(crate) time: Duration,
    pub(crate) processors: u32,
}

/// As of now, those of this process; `None` where the system does not say.
pub(crate) fn busy(process: Pid) -> Option<Busy> {
    let allowed = sched_getaffinity(Some(process)).ok()?;
    parse(&std::fs::read_to_string("/proc/stat").ok()?, super::tick(), |cpu| allowed.is_set(cpu))
}

/// Lines `cpuN` of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal. What the host has stolen is as little at
/// anybody's disposal as what is in use.
fn parse(stat: &str, tick: Duration, is_allowed: impl Fn(usize) -> bool) -> Option<Busy> {
    let (mut ticks, mut processors) = (0, 0);
    for line in stat.lines() {
        let Some((number, fields)) = line.strip_prefix("cpu").and_then(|rest| rest.split_once(' ')) else {
            continue;
        };
        if !number.parse().is_ok_and(&is_allowed) {
            continue;
        }
        let fields =
            fields.split_ascii_whitespace().take(8).map(str::parse).collect::<Result<Vec<u64>, _>>().ok()?;
        ticks += fields
            .iter()
            .enumerate()
            .filter(|(at, _)| !matches!(at, 3 | 4))
            .map(|(_, ticks)| ticks)
            .sum::<u64>();
        processors += 1;
    }
    let time = Duration::try_from_secs_f64(tick.as_secs_f64() * ticks as f64).ok()?;
    (processors > 0).then_some(Busy { time, processors })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICK: Duration = Duration::from_millis(10);

    #[test]
    fn what_is_not_idle_is_counted_on_the_processors_that_may_be_used() {
        let stat = "cpu  1 1 1 1 1 1 1 1 1 1\ncpu0 100 20 30 4000 500 6 7 8 90 1\ncpu1 50 0 0 9000 0 0 0 0 0 0\nintr 5\n";
        // cpu0: 100 + 20 + 30 + 6 + 7 + 8 = 171 ticks of 10 ms; cpu1: 50.
        let busy = |ms, processors| Some(Busy { time: Duration::from_millis(ms), processors });
        assert_eq!(parse(stat, TICK, |_| true), busy(2_210, 2));
        assert_eq!(parse(stat, TICK, |cpu| cpu == 0), busy(1_710, 1));
        assert_eq!(parse(stat, TICK, |_| false), None);
        assert_eq!(parse("", TICK, |_| true), None);
        let own = rustix::process::getpid();
        let before = super::busy(own).unwrap();
        assert!(before.processors > 0 && super::busy(own).unwrap().time >= before.time);
    }
}
