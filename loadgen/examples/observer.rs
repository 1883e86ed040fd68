//! A small target for the bench: answers a fixed 1 KiB, and sees when requests arrive.
//!
//! One thread, epoll, kept connections, one request at a time on each. With `--stamps` every request carries the time at
//! which the kernel received it (`SO_TIMESTAMPNS`), which is the sender's doing alone: however late this program gets to
//! read it, the stamp stands. Without, it is as quick as a server can be.
//!
//! `observer [--stamps] [--work MICROSECONDS] [ADDRESS]` says where it listens, and serves until it is ended. With work, each
//! request takes so long of its core, so that it is the limit whoever asks. Whoever measures asks it:
//!
//! ```text
//! GET /observer/begin            forget what has been seen
//! GET /observer/end              take no more into account
//! GET /observer/report           what was seen in between, a line for each figure
//! GET anything else              200, 1 KiB
//! ```
//!
//! The deviation of a request is the distance of its stamp from the evenly spaced schedule that fits all stamps best
//! (least squares). Back to back is what comes within a tenth of that spacing after another.

use std::io::{self, IoSliceMut, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg, setsockopt, sockopt::ReceiveTimestampns};
use nix::sys::time::TimeSpec;
use rustix::buffer::spare_capacity;
use rustix::event::epoll;
use rustix::net::{RecvFlags, SendFlags, recv, send};
use rustix::time::{ClockId, clock_gettime};

const BODY_BYTES: usize = 1024;
const READ_BYTES: usize = 16 * 1024;
const EVENTS: usize = 256;
/// What stands for the listener among the events.
const LISTENER: u64 = u64::MAX;
/// Stamps kept at most: 64 MiB.
const MOST_STAMPS: usize = 8_000_000;
const END: &[u8] = b"\r\n\r\n";

fn main() -> io::Result<()> {
    let (mut stamps, mut work, mut address) = (false, Duration::ZERO, "127.0.0.1:0".to_owned());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--stamps" => stamps = true,
            "--work" => {
                let micros = arguments.next().and_then(|text| text.parse().ok());
                work = Duration::from_micros(micros.ok_or_else(|| io::Error::other("--work MICROSECONDS"))?);
            }
            other => other.clone_into(&mut address),
        }
    }
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    writeln!(io::stdout(), "listening {}", listener.local_addr()?)?;
    Observer::new(listener, stamps, work)?.serve()
}

/// A connection and what has come of a request on it.
struct Connection {
    socket: TcpStream,
    begun: Vec<u8>,
}

struct Observer {
    listener: TcpListener,
    stamps: bool,
    work: Duration,
    epoll: std::os::fd::OwnedFd,
    connections: Vec<Option<Connection>>,
    free: Vec<usize>,
    answer: Vec<u8>,
    buffer: Vec<u8>,
    seen: Seen,
}

/// What was seen since `begin`.
#[derive(Default)]
struct Seen {
    is_over: bool,
    requests: u64,
    /// When requests were received, in nanoseconds since 1970.
    stamps: Vec<u64>,
    /// Of the first, the second and the last request, by this program's clock.
    first: Option<Duration>,
    second: Option<Duration>,
    last: Duration,
    cpu_at_begin: Duration,
    cpu: Duration,
}

impl Observer {
    fn new(listener: TcpListener, stamps: bool, work: Duration) -> io::Result<Observer> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        epoll::add(&epoll, &listener, epoll::EventData::new_u64(LISTENER), epoll::EventFlags::IN)?;
        let body = "x".repeat(BODY_BYTES);
        let answer = format!(
            "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: {BODY_BYTES}\r\n\r\n{body}"
        );
        Ok(Observer {
            listener,
            stamps,
            work,
            epoll,
            connections: Vec::new(),
            free: Vec::new(),
            answer: answer.into_bytes(),
            buffer: vec![0; READ_BYTES],
            seen: Seen::default(),
        })
    }

    fn serve(&mut self) -> io::Result<()> {
        let mut events = Vec::with_capacity(EVENTS);
        loop {
            events.clear();
            match epoll::wait(&self.epoll, spare_capacity(&mut events), None) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            for event in &events {
                match event.data.u64() {
                    LISTENER => self.accept()?,
                    slot => self.read(usize::try_from(slot).unwrap_or(usize::MAX)),
                }
            }
        }
    }

    fn accept(&mut self) -> io::Result<()> {
        while let Ok((socket, _)) = self.listener.accept() {
            socket.set_nonblocking(true)?;
            socket.set_nodelay(true)?;
            if self.stamps {
                setsockopt(&socket, ReceiveTimestampns, &true)?;
            }
            let slot = self.free.pop().unwrap_or_else(|| {
                self.connections.push(None);
                self.connections.len() - 1
            });
            epoll::add(&self.epoll, &socket, epoll::EventData::new_u64(slot as u64), epoll::EventFlags::IN)?;
            self.connections[slot] = Some(Connection { socket, begun: Vec::new() });
        }
        Ok(())
    }

    fn read(&mut self, slot: usize) {
        let Some(connection) = self.connections.get_mut(slot).and_then(Option::as_mut) else { return };
        let Some((count, stamp)) = receive(&connection.socket, self.stamps, &mut self.buffer) else { return };
        let piece = &self.buffer[..count];
        let request = if connection.begun.is_empty() {
            piece
        } else {
            connection.begun.extend_from_slice(piece);
            &connection.begun
        };
        if count == 0 || request.len() > READ_BYTES {
            self.connections[slot] = None;
            self.free.push(slot);
            return;
        }
        if !request.ends_with(END) {
            if connection.begun.is_empty() {
                connection.begun.extend_from_slice(piece);
            }
            return;
        }
        if let Some(asked) = request.strip_prefix(b"GET /observer/") {
            let says = self.seen.asked(asked);
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", says.len());
            let _ = (&connection.socket).write_all(format!("{head}{says}").as_bytes());
        } else {
            self.seen.request(stamp);
            if !self.work.is_zero() {
                let begun = Instant::now();
                while begun.elapsed() < self.work {}
            }
            // An answer of this size fits into the buffer of a socket on which nothing else is under way.
            let _ = send(&connection.socket, &self.answer, SendFlags::NOSIGNAL);
        }
        connection.begun.clear();
    }
}

/// Reads what is there, and when the kernel received it; 0 bytes: the peer has gone. `None`: nothing.
fn receive(socket: &TcpStream, stamps: bool, buffer: &mut [u8]) -> Option<(usize, Option<u64>)> {
    if !stamps {
        return match recv(socket, buffer, RecvFlags::empty()) {
            Ok((count, _)) => Some((count, None)),
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => None,
            Err(_) => Some((0, None)),
        };
    }
    let mut space = nix::cmsg_space!(TimeSpec);
    let mut slices = [IoSliceMut::new(buffer)];
    match recvmsg::<()>(socket.as_raw_fd(), &mut slices, Some(&mut space), MsgFlags::empty()) {
        Ok(message) => {
            let stamp = message.cmsgs().ok()?.find_map(|control| match control {
                ControlMessageOwned::ScmTimestampns(time) => {
                    u64::try_from(Duration::from(time).as_nanos()).ok()
                }
                _ => None,
            });
            Some((message.bytes, stamp))
        }
        Err(nix::errno::Errno::EAGAIN | nix::errno::Errno::EINTR) => None,
        Err(_) => Some((0, None)),
    }
}

impl Seen {
    fn request(&mut self, stamp: Option<u64>) {
        if self.is_over {
            return;
        }
        self.requests += 1;
        if let Some(stamp) = stamp.filter(|_| self.stamps.len() < MOST_STAMPS) {
            self.stamps.push(stamp);
        }
        // The clock is read for some of them only: it is for the rate alone.
        if self.requests <= 2 || self.requests.is_multiple_of(64) {
            let now = now();
            if self.first.is_some() {
                self.second.get_or_insert(now);
            }
            self.first.get_or_insert(now);
            self.last = now;
        }
    }

    fn asked(&mut self, asked: &[u8]) -> String {
        if asked.starts_with(b"begin") {
            let mut stamps = std::mem::take(&mut self.stamps);
            stamps.clear();
            *self = Seen { stamps, cpu_at_begin: cpu(), ..Seen::default() };
        } else if asked.starts_with(b"end") {
            self.is_over = true;
            self.cpu = cpu();
        } else if asked.starts_with(b"report") {
            return self.report();
        } else {
            return "begin, end or report?\n".to_owned();
        }
        "done\n".to_owned()
    }

    fn report(&mut self) -> String {
        let seconds = self.first.map_or(0.0, |first| self.last.saturating_sub(first).as_secs_f64());
        let cpu = if self.is_over { self.cpu } else { cpu() }.saturating_sub(self.cpu_at_begin).as_secs_f64();
        let each = cpu / self.requests.max(1) as f64 * 1e6;
        let mut says = vec![
            format!("requests {}", self.requests),
            format!("seconds {seconds:.6}"),
            format!("cpu_us {each:.3}"),
            format!("first_unix_s {:.6}", self.first.unwrap_or_default().as_secs_f64()),
            format!("second_unix_s {:.6}", self.second.unwrap_or_default().as_secs_f64()),
        ];
        self.stamps.sort_unstable();
        if let Some(Pace { spacing, p50, p99, p999, back_to_back }) = Pace::of(&self.stamps) {
            says.extend([
                format!("rate {:.4}", 1e9 / spacing),
                format!("p50_us {p50:.3}"),
                format!("p99_us {p99:.3}"),
                format!("p999_us {p999:.3}"),
                format!("back_to_back {back_to_back:.6}"),
            ]);
        }
        says.join("\n") + "\n"
    }
}

/// How evenly requests came.
struct Pace {
    /// Nanoseconds from one to the next.
    spacing: f64,
    /// Quantiles of the deviation, in microseconds.
    p50: f64,
    p99: f64,
    p999: f64,
    /// Share of the gaps that are shorter than a tenth of the spacing.
    back_to_back: f64,
}

impl Pace {
    /// From stamps in order: the line through (number, stamp) by least squares, and the distances from it.
    fn of(stamps: &[u64]) -> Option<Pace> {
        let first = *stamps.first().filter(|_| stamps.len() > 2)?;
        let times: Vec<f64> = stamps.iter().map(|stamp| (stamp - first) as f64).collect();
        let count = times.len() as f64;
        let (middle, mean) = ((count - 1.0) / 2.0, times.iter().sum::<f64>() / count);
        let from_middle = |number: usize| number as f64 - middle;
        let along: f64 =
            times.iter().enumerate().map(|(number, time)| from_middle(number) * (time - mean)).sum();
        let across: f64 = (0..times.len()).map(|number| from_middle(number).powi(2)).sum();
        let spacing = along / across;
        let residual = |number: usize, time: f64| time - mean - spacing * from_middle(number);
        let mut residuals: Vec<f64> =
            times.iter().enumerate().map(|(at, time)| residual(at, *time)).collect();
        residuals.sort_unstable_by(f64::total_cmp);
        // Few that are far off move the line; the bulk of the requests is where it should be.
        let center = residuals[residuals.len() / 2];
        let mut off: Vec<f64> = residuals.iter().map(|residual| (residual - center).abs() / 1e3).collect();
        off.sort_unstable_by(f64::total_cmp);
        let at = |per_mille: usize| off[(off.len() * per_mille / 1_000).min(off.len() - 1)];
        let close = stamps.windows(2).filter(|pair| ((pair[1] - pair[0]) as f64) < spacing / 10.0).count();
        Some(Pace {
            spacing,
            p50: at(500),
            p99: at(990),
            p999: at(999),
            back_to_back: close as f64 / (count - 1.0),
        })
    }
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Processor time of this program so far.
fn cpu() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).unwrap_or_default()
}
