//! What the operating system says of a process: processor time and memory, from `/proc`.

mod below;
pub(crate) mod busy;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::param::clock_ticks_per_second;
use rustix::process::Pid;

pub(crate) use below::descendants;

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
    let page = u64::try_from(rustix::param::page_size()).ok()?;
    parse(&stat(pid)?, clock_ticks_per_second(), page)
}

fn stat(pid: Pid) -> Option<String> {
    std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()
}

/// Reads a process and all that descend from it, those included that have ended and were waited for.
pub(crate) fn usage_of_tree(root: Pid) -> Option<Usage> {
    let below = descendants(root).into_iter().filter_map(|pid| Some((usage(pid)?, waited_for(&stat(pid)?)?)));
    let first = (usage(root)?, waited_for(&stat(root)?)?);
    std::iter::once(first)
        .chain(below)
        .map(|(usage, waited)| Usage { cpu: usage.cpu + waited, ..usage })
        .reduce(|sum, one| Usage {
            cpu: sum.cpu + one.cpu,
            memory_bytes: sum.memory_bytes + one.memory_bytes,
        })
}

/// Processor time of children of this process that have ended and were waited for.
pub(crate) fn waited_for_by(pid: Pid) -> Option<Duration> {
    waited_for(&stat(pid)?)
}

/// Fields 16 and 17 of `/proc/PID/stat`: the processor time of children that have ended and were waited for.
fn waited_for(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace().skip(13);
    let ticks: u64 = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
    let nanos = ticks.checked_mul(1_000_000_000)?.checked_div(clock_ticks_per_second())?;
    Some(Duration::from_nanos(nanos))
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

/// What became of the processor time of the whole machine since it started, in clock ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MachineTime {
    /// Taken away by the host of a virtual machine, though there was something to do.
    stolen: u64,
    cores: u32,
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
        let cores = stat.lines().skip(1).take_while(|line| line.starts_with("cpu")).count();
        let ticks = fields.map(str::parse).collect::<Result<Vec<u64>, _>>().ok()?;
        let cores = u32::try_from(cores).unwrap_or(u32::MAX).max(1);
        Some(MachineTime { stolen: *ticks.get(7)?, cores })
    }

    #[cfg(test)]
    pub(crate) fn of(stolen: u64, cores: u32) -> MachineTime {
        MachineTime { stolen, cores }
    }

    /// Processors that are in use.
    pub(crate) fn cores(self) -> u32 {
        self.cores
    }

    /// Ticks that were taken away since `earlier`, of all cores together.
    pub(crate) fn stolen_ticks_since(self, earlier: MachineTime) -> u64 {
        self.stolen.saturating_sub(earlier.stolen)
    }

    /// What of the processors' time was taken away since `earlier`, which was so long ago; `tick` is the system's.
    pub(crate) fn stolen_share_since(self, earlier: MachineTime, ago: Duration, tick: Duration) -> f64 {
        let all = ago.as_secs_f64() * f64::from(self.cores);
        let stolen = self.stolen_ticks_since(earlier) as f64 * tick.as_secs_f64();
        if all > 0.0 { (stolen / all).min(1.0) } else { 0.0 }
    }
}

/// How long a thread of this process has been ready to run and waited for a processor, since it began; without one
/// named, all threads that there are. `None` where the system does not say.
pub(crate) fn waited(thread: Option<Pid>) -> Option<Duration> {
    let of = |path: PathBuf| run_queue_delay(&std::fs::read_to_string(path.join("schedstat")).ok()?);
    let threads = Path::new("/proc/self/task");
    if let Some(thread) = thread {
        return of(threads.join(thread.as_raw_nonzero().to_string()));
    }
    let threads = std::fs::read_dir(threads).ok()?;
    threads.map_while(Result::ok).filter_map(|thread| of(thread.path())).reduce(|sum, one| sum + one)
}

/// What the scheduler did with the threads of a process and of all that descend from it: how long they were ready to run and
/// waited, and how often they were put off a processor that they wanted to keep. Threads that have ended are not in it.
pub(crate) fn scheduled(root: Pid) -> Option<(Duration, u64)> {
    let pids = std::iter::once(root).chain(descendants(root));
    let threads = pids.flat_map(|pid| {
        let folder = format!("/proc/{}/task", pid.as_raw_nonzero());
        std::fs::read_dir(folder).into_iter().flatten().map_while(Result::ok).map(|thread| thread.path())
    });
    let of = |path: PathBuf| {
        let waited = run_queue_delay(&std::fs::read_to_string(path.join("schedstat")).ok()?)?;
        let switches = put_off(&std::fs::read_to_string(path.join("status")).ok()?)?;
        Some((waited, switches))
    };
    threads.filter_map(of).reduce(|sum, one| (sum.0 + one.0, sum.1 + one.1))
}

/// `nonvoluntary_ctxt_switches` of `/proc/PID/status`.
fn put_off(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("nonvoluntary_ctxt_switches:"))?;
    line.trim().parse().ok()
}

/// Memory of the machine in bytes.
pub(crate) fn memory_of_machine() -> Option<u64> {
    let memory = std::fs::read_to_string("/proc/meminfo").ok()?;
    let kib =
        memory.lines().find_map(|line| line.strip_prefix("MemTotal:")?.split_ascii_whitespace().next())?;
    kib.parse::<u64>().ok().map(|kib| kib * 1024)
}

/// The second field of `schedstat` (Documentation/scheduler/sched-stats.rst): nanoseconds spent waiting to run.
fn run_queue_delay(schedstat: &str) -> Option<Duration> {
    schedstat.split_ascii_whitespace().nth(1)?.parse().ok().map(Duration::from_nanos)
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
    fn what_the_host_took_away_is_seen() {
        let time = |stat: &str| MachineTime::parse(stat).unwrap();
        let (early, late) =
            (time("cpu  10 0 10 70 0 0 0 10 0 0\ncpu0 1\n"), time("cpu  40 0 20 100 0 0 0 40 5 0\n"));
        // The eighth field; the ninth is within the first.
        assert_eq!(early.cores(), 1);
        assert_eq!(late.stolen_ticks_since(early), 30);
        // 0.3 s of 2 s of one core.
        let (ago, tick) = (Duration::from_secs(2), Duration::from_millis(10));
        assert!((late.stolen_share_since(early, ago, tick) - 0.15).abs() < 1e-12);
        assert_eq!(MachineTime::parse("intr 5"), None);
        assert_eq!(MachineTime::parse("cpu  10 0 10 70 0 0 0\n"), None, "a kernel that does not say");
        let four = "cpu  8 0 0 0 0 0 0 0\ncpu0 2\ncpu1 2\ncpu2 2\ncpu3 2\nintr 7\ncpu9 1\n";
        assert_eq!(time(four).cores(), 4);
    }

    #[test]
    fn the_wait_for_a_processor_is_the_second_field() {
        assert_eq!(run_queue_delay("81234 50516 12\n"), Some(Duration::from_nanos(50_516)));
        assert_eq!(run_queue_delay("81234"), None);
        assert_eq!(run_queue_delay(""), None);
    }

    #[test]
    fn time_of_children_that_were_waited_for_is_read() {
        let stat = "42 (sh) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 300 200 20 0 4 0 100 1000000 2560 1";
        let ticks = u32::try_from(clock_ticks_per_second()).unwrap();
        assert_eq!(waited_for(stat), Some(Duration::from_secs(500) / ticks));
        assert_eq!(waited_for("42 (sh) S 1"), None);
    }

    #[test]
    fn this_process_uses_memory() {
        let usage = usage(rustix::process::getpid()).unwrap();
        assert!(usage.memory_bytes > 100_000);
    }
}
