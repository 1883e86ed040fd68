//! The least that a load generator can be: sockets, epoll and a clock. What it costs, and how punctual it is, is what this
//! machine allows; whatever a real one costs beyond it is its own doing.
//!
//! `minimal ADDRESS CONNECTIONS SECONDS [RATE]`: without a rate every connection sends its next request as soon as the
//! answer is there; with one, requests leave at equal distances over whichever connection is free. It knows nothing of
//! HTTP but that all answers are as long as the first. Prints how many answers came, and the seconds they took.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::num::NonZeroU64;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::{PollFd, PollFlags, Timespec, epoll, poll};
use rustix::net::{RecvFlags, SendFlags, recv, send};
use rustix::thread::set_current_timer_slack;

const EVENTS: usize = 256;
const READ_BYTES: usize = 64 * 1024;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse::<f64>().ok());
    let (Some(address), Some(connections), Some(seconds)) = (arguments.first(), number(1), number(2)) else {
        return Err(io::Error::other("minimal ADDRESS CONNECTIONS SECONDS [RATE]"));
    };
    let gap = number(3).map(|rate| Duration::from_secs_f64(1.0 / rate));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of connections")]
    let mut minimal = Minimal::new(address, connections.max(1.0) as usize)?;
    let start = Instant::now();
    let answers = minimal.run(start, Duration::from_secs_f64(seconds), gap)?;
    writeln!(io::stdout(), "answers {answers}\nseconds {:.6}", start.elapsed().as_secs_f64())
}

struct Minimal {
    request: Vec<u8>,
    epoll: std::os::fd::OwnedFd,
    sockets: Vec<TcpStream>,
    /// Bytes of the answer that have come.
    received: Vec<usize>,
    /// Bytes of any answer.
    whole: usize,
    buffer: Vec<u8>,
}

impl Minimal {
    fn new(address: &str, connections: usize) -> io::Result<Minimal> {
        set_current_timer_slack(Some(NonZeroU64::MIN))?;
        let request = format!("GET / HTTP/1.1\r\nHost: {address}\r\n\r\n").into_bytes();
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let mut sockets = Vec::new();
        for slot in 0..connections {
            let socket = TcpStream::connect(address)?;
            socket.set_nodelay(true)?;
            let data = epoll::EventData::new_u64(slot as u64);
            epoll::add(&epoll, &socket, data, epoll::EventFlags::IN | epoll::EventFlags::ET)?;
            sockets.push(socket);
        }
        let mut buffer = vec![0; READ_BYTES];
        (&sockets[0]).write_all(&request)?;
        let whole = (&sockets[0]).read(&mut buffer)?;
        sockets.iter().try_for_each(|socket| socket.set_nonblocking(true))?;
        Ok(Minimal { request, epoll, received: vec![0; sockets.len()], sockets, whole, buffer })
    }

    fn send(&self, slot: usize) -> io::Result<()> {
        send(&self.sockets[slot], &self.request, SendFlags::NOSIGNAL)?;
        Ok(())
    }

    /// Reads; true when an answer is complete.
    fn receive(&mut self, slot: usize) -> io::Result<bool> {
        match recv(&self.sockets[slot], &mut self.buffer[..], RecvFlags::empty()) {
            Ok((0, _)) => return Err(io::ErrorKind::ConnectionReset.into()),
            Ok((count, _)) => self.received[slot] += count,
            Err(rustix::io::Errno::AGAIN) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        let is_whole = self.received[slot] >= self.whole;
        if is_whole {
            self.received[slot] = 0;
        }
        Ok(is_whole)
    }

    fn run(&mut self, start: Instant, length: Duration, gap: Option<Duration>) -> io::Result<u64> {
        let mut events = Vec::with_capacity(EVENTS);
        let mut idle: Vec<usize> = (0..self.sockets.len()).collect();
        let (mut answers, mut due) = (0, Duration::ZERO);
        if gap.is_none() {
            idle.drain(..).try_for_each(|slot| self.send(slot))?;
        }
        while start.elapsed() < length {
            let mut wait = Duration::from_millis(100);
            if let Some(gap) = gap {
                while due <= start.elapsed()
                    && let Some(slot) = idle.pop()
                {
                    self.send(slot)?;
                    due += gap;
                }
                wait = due.saturating_sub(start.elapsed());
            }
            events.clear();
            // A wait of epoll may be rounded to milliseconds; one of poll is not.
            if gap.is_some() && !wait.is_zero() {
                let wait = Timespec { tv_sec: 0, tv_nsec: wait.subsec_nanos().into() };
                match poll(&mut [PollFd::new(&self.epoll, PollFlags::IN)], Some(&wait)) {
                    Ok(0) | Err(rustix::io::Errno::INTR) => continue,
                    Ok(_) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            let wait = if gap.is_some() { Duration::ZERO } else { wait };
            let wait = Timespec { tv_sec: 0, tv_nsec: wait.subsec_nanos().into() };
            match epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&wait)) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            for event in &events {
                let slot = usize::try_from(event.data.u64()).unwrap_or_default();
                if self.receive(slot)? {
                    answers += 1;
                    if gap.is_none() {
                        self.send(slot)?;
                    } else {
                        idle.push(slot);
                    }
                }
            }
        }
        Ok(answers)
    }
}
