//! How busy the processors are that a process may use, whoever uses them.

use std::time::Duration;

use rustix::param::clock_ticks_per_second;
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
    parse(&std::fs::read_to_string("/proc/stat").ok()?, clock_ticks_per_second(), |cpu| allowed.is_set(cpu))
}

/// Lines `cpuN` of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal. What the host has stolen is as little at
/// anybody's disposal as what is in use.
fn parse(stat: &str, ticks_per_second: u64, is_allowed: impl Fn(usize) -> bool) -> Option<Busy> {
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
    let nanos = ticks.checked_mul(1_000_000_000)?.checked_div(ticks_per_second)?;
    (processors > 0).then_some(Busy { time: Duration::from_nanos(nanos), processors })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_idle_is_counted_on_the_processors_that_may_be_used() {
        let stat = "cpu  1 1 1 1 1 1 1 1 1 1\ncpu0 100 20 30 4000 500 6 7 8 90 1\ncpu1 50 0 0 9000 0 0 0 0 0 0\nintr 5\n";
        // cpu0: 100 + 20 + 30 + 6 + 7 + 8 = 171 ticks of 10 ms; cpu1: 50.
        let busy = |ms, processors| Some(Busy { time: Duration::from_millis(ms), processors });
        assert_eq!(parse(stat, 100, |_| true), busy(2_210, 2));
        assert_eq!(parse(stat, 100, |cpu| cpu == 0), busy(1_710, 1));
        assert_eq!(parse(stat, 100, |_| false), None);
        assert_eq!(parse("", 100, |_| true), None);
        let own = rustix::process::getpid();
        let before = super::busy(own).unwrap();
        assert!(before.processors > 0 && super::busy(own).unwrap().time >= before.time);
    }
}
