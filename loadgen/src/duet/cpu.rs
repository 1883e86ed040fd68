//! How much processor time a server has used, to the nanosecond.
//!
//! `/proc/PID/stat` counts in ticks of 10 ms, of which a block of a second has few. The processor-time clock of a process
//! (`clock_getcpuclockid`, POSIX) counts in nanoseconds, threads that have ended included. A server that runs elsewhere may
//! say it by itself: `process_cpu_seconds_total` is what Prometheus' clients call it.

use std::fs;
use std::time::Duration;

use nix::time::{clock_getcpuclockid, clock_gettime};
use rustix::process::Pid;

use crate::process;
use crate::scrape;

/// Whose time is read.
#[derive(Clone, Debug)]
pub(crate) enum Meter {
    /// Of a process of this machine and all below it.
    Process(Pid),
    /// Of a server that says it at this address.
    Metrics(String),
    /// Nobody's: it cannot be known.
    Unknown,
}

impl Meter {
    /// The best there is for a server at `url` that is not ours: its process, if it is on this machine, or its own word.
    pub(crate) fn of_url(url: &str, socket: std::net::SocketAddr) -> Meter {
        if socket.ip().to_canonical().is_loopback()
            && let Some(pid) = listening(socket.port())
        {
            return Meter::Process(pid);
        }
        let metrics = format!("{url}/metrics");
        match scrape::scrape(&metrics) {
            Some(counters) if counters.cpu_s.is_some() => Meter::Metrics(metrics),
            _ => Meter::Unknown,
        }
    }

    /// What was used since the server began; `None` where it cannot be known, or not any more.
    pub(crate) fn read(&self) -> Option<Duration> {
        match self {
            Meter::Process(root) => of_tree(*root),
            Meter::Metrics(url) => {
                scrape::scrape(url)?.cpu_s.and_then(|cpu| Duration::try_from_secs_f64(cpu).ok())
            }
            Meter::Unknown => None,
        }
    }

    /// Resident memory of the processes.
    pub(crate) fn memory(&self) -> Option<u64> {
        match self {
            Meter::Process(root) => process::usage_of_tree(*root).map(|usage| usage.memory_bytes),
            _ => None,
        }
    }
}

/// The processes below `root`, those included that have ended and were waited for.
fn of_tree(root: Pid) -> Option<Duration> {
    let first = of(root)? + process::waited_for_by(root).unwrap_or_default();
    let below = process::descendants(root).into_iter();
    // One that ends between being found and being read is counted when its parent has waited for it.
    Some(below.fold(first, |sum, pid| {
        sum + of(pid).unwrap_or_default() + process::waited_for_by(pid).unwrap_or_default()
    }))
}

/// One process, all threads it ever had.
fn of(pid: Pid) -> Option<Duration> {
    let clock = clock_getcpuclockid(nix::unistd::Pid::from_raw(pid.as_raw_nonzero().get())).ok()?;
    clock_gettime(clock).ok().map(Duration::from)
}

/// The process that listens on a TCP port of this machine, if it may be seen.
fn listening(port: u16) -> Option<Pid> {
    let inodes: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|file| fs::read_to_string(file).ok())
        .flat_map(|table| table.lines().filter_map(|line| inode_of_listener(line, port)).collect::<Vec<_>>())
        .map(|inode| format!("socket:[{inode}]"))
        .collect();
    if inodes.is_empty() {
        return None;
    }
    let processes = fs::read_dir("/proc").ok()?.filter_map(Result::ok).filter_map(|entry| {
        let pid = Pid::from_raw(entry.file_name().to_str()?.parse().ok()?)?;
        let mut open = fs::read_dir(entry.path().join("fd")).ok()?.filter_map(Result::ok);
        let has = open.any(|fd| {
            fs::read_link(fd.path())
                .is_ok_and(|to| inodes.iter().any(|inode| to.as_os_str() == inode.as_str()))
        });
        has.then_some(pid)
    });
    // Workers inherit the socket of the process that began to listen, which has the lowest number.
    processes.min_by_key(|pid| pid.as_raw_nonzero())
}

/// A line of `/proc/net/tcp`: number, local address, remote address, state (0A: listening), queues, timer, retransmits,
/// user, timeout, inode.
fn inode_of_listener(line: &str, port: u16) -> Option<String> {
    let mut fields = line.split_ascii_whitespace();
    let local = fields.nth(1)?;
    let is_port = u16::from_str_radix(local.rsplit_once(':')?.1, 16).ok()? == port;
    let is_listening = fields.nth(1)? == "0A";
    (is_port && is_listening).then(|| fields.nth(5).map(str::to_owned))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_is_found_by_its_port() {
        let line = "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 424242 1 0000000000000000 100 0 0 10 0";
        assert_eq!(inode_of_listener(line, 8080).as_deref(), Some("424242"));
        assert_eq!(inode_of_listener(line, 8081), None);
        assert_eq!(inode_of_listener(&line.replace(" 0A ", " 01 "), 8080), None, "a connection");
        assert_eq!(inode_of_listener("  sl  local_address rem_address", 8080), None);
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        assert_eq!(listening(port), Some(rustix::process::getpid()));
        drop(listener);
        assert_eq!(listening(port), None);
    }

    #[test]
    fn processor_time_grows_with_work_and_not_with_time() {
        let meter = Meter::Process(rustix::process::getpid());
        let before = meter.read().unwrap();
        let mut sum = 0u64;
        for number in 0..3_000_000u64 {
            sum = std::hint::black_box(sum.wrapping_add(number * number));
        }
        assert!(meter.read().unwrap() > before && meter.memory().unwrap() > 0);
        let mut sleeper = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let sleeping = Meter::Process(Pid::from_child(&sleeper));
        assert!(sleeping.read().unwrap() < Duration::from_millis(500), "a program that sleeps");
        sleeper.kill().unwrap();
        sleeper.wait().unwrap();
        assert_eq!(sleeping.read(), None, "a program that has ended");
        assert_eq!(Meter::Unknown.read(), None);
    }
}
