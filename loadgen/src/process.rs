//! What the operating system says of a process: processor time and memory, from `/proc`.

use std::time::Duration;

use rustix::param::clock_ticks_per_second;
use rustix::process::Pid;

/// A reading of one process, all of its threads, those that have ended included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Usage {
    /// Processor time in user and system mode since it started; in steps of the clock tick, usually 10 ms.
    pub(crate) cpu: Duration,
    /// Resident memory.
    pub(crate) memory_bytes: u64,
}

/// Reads a process; `None` when it has ended or the system does not say.
pub(crate) fn usage(pid: Pid) -> Option<Usage> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
    let page = u64::try_from(rustix::param::page_size()).ok()?;
    parse(&stat, clock_ticks_per_second(), page)
}

/// Fields 14, 15 and 24 of `/proc/PID/stat` (the manual page `proc_pid_stat`): utime, stime, rss. The second field is the name of the
/// program in parentheses, which may hold anything, so counting starts behind the last one.
fn parse(stat: &str, ticks_per_second: u64, page: u64) -> Option<Usage> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace();
    let user: u64 = fields.nth(11)?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    let resident: u64 = fields.nth(8)?.parse().ok()?;
    let nanos = (user + system).checked_mul(1_000_000_000)?.checked_div(ticks_per_second)?;
    Some(Usage { cpu: Duration::from_nanos(nanos), memory_bytes: resident.checked_mul(page)? })
}

/// Smallest difference that [`usage`] can see.
pub(crate) fn tick() -> Duration {
    Duration::from_nanos(1_000_000_000_u64.checked_div(clock_ticks_per_second()).unwrap_or(10_000_000))
}

/// Processor time of the whole machine since it started, in clock ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MachineTime {
    /// Taken away by the host of a virtual machine, though there was something to do.
    stolen: u64,
    /// All of it, idle time included.
    all: u64,
}

impl MachineTime {
    /// As of now; `None` where the system does not say.
    pub(crate) fn now() -> Option<MachineTime> {
        MachineTime::parse(&std::fs::read_to_string("/proc/stat").ok()?)
    }

    /// The first line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal; what follows is part of
    /// the first two.
    fn parse(stat: &str) -> Option<MachineTime> {
        let fields = stat.lines().next()?.strip_prefix("cpu ")?.split_ascii_whitespace().take(8);
        let ticks = fields.map(str::parse).collect::<Result<Vec<u64>, _>>().ok()?;
        Some(MachineTime { stolen: *ticks.get(7)?, all: ticks.iter().sum() })
    }

    /// The share of the time since `earlier` that was taken away.
    pub(crate) fn stolen_since(self, earlier: MachineTime) -> f64 {
        let all = self.all.saturating_sub(earlier.all).max(1);
        self.stolen.saturating_sub(earlier.stolen) as f64 / all as f64
    }
}

/// Processor, cores, memory and kernel, in a line.
pub(crate) fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| {
        line.strip_prefix("model name").map(|rest| rest.trim_start_matches([' ', '\t', ':']))
    });
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib: Option<f64> = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:")?.split_ascii_whitespace().next()?.parse().ok());
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let kernel = rustix::system::uname();
    format!(
        "{}, {cores} cores, {:.0} GiB, {} {}",
        model.unwrap_or("unknown processor"),
        kib.unwrap_or(0.0) / 1024.0 / 1024.0,
        kernel.sysname().to_string_lossy(),
        kernel.release().to_string_lossy(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stat_line_is_read_whatever_the_program_is_called() {
        let stat = "42 (we) ird ) name) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 4 0 100 1000000 2560 18446744073709551615 1 1";
        let usage = parse(stat, 100, 4096).unwrap();
        assert_eq!(usage, Usage { cpu: Duration::from_secs(3), memory_bytes: 2560 * 4096 });
        assert_eq!(parse("42 (cut", 100, 4096), None);
        assert_eq!(parse("42 (cut) S 1", 100, 4096), None);
    }

    #[test]
    fn the_share_that_the_host_took_away_is_seen() {
        let time = |stat: &str| MachineTime::parse(stat).unwrap();
        let (early, late) =
            (time("cpu  10 0 10 70 0 0 0 10 0 0\ncpu0 1\n"), time("cpu  40 0 20 100 0 0 0 40 5 0\n"));
        // 30 of 100 ticks more; the ninth field is within the first.
        assert!((late.stolen_since(early) - 0.3).abs() < 1e-12);
        assert_eq!(MachineTime::parse("intr 5"), None);
    }

    #[test]
    fn this_process_uses_memory() {
        let usage = usage(rustix::process::getpid()).unwrap();
        assert!(usage.memory_bytes > 100_000);
    }
}
