//! The target of the self-test: a server on a loopback port that answers at once, and stalls when it is told to.
//!
//! One thread with its own epoll. A stall begins with the arrival of a request of a given number, so that it begins at
//! that request's due time and no clock has to be shared with the generator. While it lasts, connections are accepted
//! and requests read, but nothing is answered; at its end everything that came is answered in the order of its coming.
//! How late that was done is written down: a machine that is too slow for the test must not pass for a wrong tool.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::Context;
use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};
use rustix::fd::OwnedFd;
use rustix::io::Errno;

use super::crowd;

/// How often it looks whether it is to end.
const LOOK: Duration = Duration::from_millis(50);
/// Events taken from the kernel at a time.
const EVENTS: usize = 256;
/// Bytes of a request at most; the self-test's own have less than a hundred.
const REQUEST_BYTES: usize = 4_096;
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
/// The event of the listening socket; connections count from 0.
const LISTENER: u64 = u64::MAX;

/// A stall to come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Planned {
    /// It begins when this request arrives, counted from 1.
    pub(super) at_request: u64,
    pub(super) length: Duration,
}

/// What the target did.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Served {
    /// How much later than planned the last answer of a stall was on its way, at worst.
    pub(super) late: Duration,
    /// Stalls that have ended.
    pub(super) stalls: usize,
}

/// A running target.
pub(super) struct Target {
    pub(super) address: SocketAddr,
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<io::Result<Served>>,
}

impl Target {
    /// Starts one that makes these stalls, in order; on that core alone, if one is named.
    ///
    /// # Errors
    /// The machine refuses a port or a thread.
    pub(super) fn start(stalls: Vec<Planned>, core: Option<usize>) -> anyhow::Result<Target> {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no loopback port is to be had")?;
        let address = listener.local_addr()?;
        let is_over = Arc::new(AtomicBool::new(false));
        let over = is_over.clone();
        let thread = std::thread::Builder::new()
            .name("self-test target".to_owned())
            .spawn(move || {
                let _pinned = core.map(crowd::pin);
                Server::new(listener, stalls)?.serve(&over)
            })
            .context("cannot start the target's thread")?;
        Ok(Target { address, is_over, thread })
    }

    /// Ends it.
    ///
    /// # Errors
    /// It could not go on.
    pub(super) fn stop(self) -> anyhow::Result<Served> {
        self.is_over.store(true, Ordering::Relaxed);
        let served = self.thread.join().map_err(|_| anyhow::anyhow!("the target's thread panicked"))?;
        served.context("the self-test's target could not go on")
    }
}

struct Connection {
    stream: TcpStream,
    request: Vec<u8>,
}

struct Server {
    listener: TcpListener,
    epoll: OwnedFd,
    connections: Vec<Option<Connection>>,
    free: Vec<usize>,
    requests: u64,
    to_come: std::vec::IntoIter<Planned>,
    next: Option<Planned>,
    /// When the stall ends that is under way, and who waits for it.
    stalled_until: Option<Instant>,
    waiting: Vec<usize>,
    served: Served,
}

impl Server {
    fn new(listener: TcpListener, stalls: Vec<Planned>) -> io::Result<Server> {
        listener.set_nonblocking(true)?;
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        epoll::add(&epoll, &listener, epoll::EventData::new_u64(LISTENER), epoll::EventFlags::IN)?;
        let mut to_come = stalls.into_iter();
        Ok(Server {
            listener,
            epoll,
            connections: Vec::new(),
            free: Vec::new(),
            requests: 0,
            next: to_come.next(),
            to_come,
            stalled_until: None,
            waiting: Vec::new(),
            served: Served::default(),
        })
    }

    fn serve(mut self, is_over: &AtomicBool) -> io::Result<Served> {
        let mut events = Vec::with_capacity(EVENTS);
        while !is_over.load(Ordering::Relaxed) {
            let left = self.stalled_until.map(|end| end.saturating_duration_since(Instant::now()));
            let wait = left.unwrap_or(LOOK).min(LOOK);
            events.clear();
            match epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&timespec(wait))) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            for event in &events {
                match event.data.u64() {
                    LISTENER => self.accept()?,
                    index => self.read(usize::try_from(index).unwrap_or(usize::MAX)),
                }
            }
            self.end_stall();
        }
        Ok(self.served)
    }

    fn accept(&mut self) -> io::Result<()> {
        loop {
            let stream = match self.listener.accept() {
                Ok((stream, _)) => stream,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                // Whoever gave up before he was let in.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
                Err(error) => return Err(error),
            };
            stream.set_nonblocking(true)?;
            stream.set_nodelay(true)?;
            let index = self.free.pop().unwrap_or_else(|| {
                self.connections.push(None);
                self.connections.len() - 1
            });
            let data = epoll::EventData::new_u64(index as u64);
            epoll::add(&self.epoll, &stream, data, epoll::EventFlags::IN)?;
            self.connections[index] = Some(Connection { stream, request: Vec::with_capacity(REQUEST_BYTES) });
        }
    }

    fn read(&mut self, index: usize) {
        let Some(connection) = self.connections.get_mut(index).and_then(Option::as_mut) else { return };
        let mut piece = [0; REQUEST_BYTES];
        match connection.stream.read(&mut piece) {
            Ok(count) if count > 0 && connection.request.len() < REQUEST_BYTES => {
                connection.request.extend_from_slice(&piece[..count]);
                if connection.request.ends_with(b"\r\n\r\n") {
                    connection.request.clear();
                    self.take(index);
                }
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {}
            _ => self.close(index),
        }
    }

    /// A whole request has come.
    fn take(&mut self, index: usize) {
        self.requests += 1;
        if let Some(stall) = self.next.filter(|stall| stall.at_request == self.requests) {
            self.stalled_until = Some(Instant::now() + stall.length);
            self.next = self.to_come.next();
        }
        if self.stalled_until.is_some() {
            self.waiting.push(index);
        } else {
            self.answer(index);
        }
    }

    fn end_stall(&mut self) {
        let Some(end) = self.stalled_until.filter(|end| Instant::now() >= *end) else { return };
        self.stalled_until = None;
        for index in std::mem::take(&mut self.waiting) {
            self.answer(index);
        }
        self.served.stalls += 1;
        self.served.late = self.served.late.max(end.elapsed());
    }

    fn answer(&mut self, index: usize) {
        let Some(connection) = self.connections.get_mut(index).and_then(Option::as_mut) else { return };
        // So few bytes always find room; a peer that has gone is no concern of the test's.
        if connection.stream.write_all(ANSWER).is_err() {
            self.close(index);
        }
    }

    fn close(&mut self, index: usize) {
        if self.connections[index].take().is_some() {
            self.free.push(index);
        }
    }
}

fn timespec(wait: Duration) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(wait.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(wait.subsec_nanos()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stall_answers_nothing_and_then_everything_in_order() {
        let length = Duration::from_millis(200);
        let target = Target::start(vec![Planned { at_request: 2, length }], None).unwrap();
        let mut streams: Vec<TcpStream> =
            (0..4).map(|_| TcpStream::connect(target.address).unwrap()).collect();
        let ask = |stream: &mut TcpStream| stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        let answered = |stream: &mut TcpStream| {
            let mut answer = [0; ANSWER.len()];
            stream.read_exact(&mut answer).unwrap();
            assert_eq!(answer, ANSWER);
            Instant::now()
        };
        ask(&mut streams[0]);
        answered(&mut streams[0]);
        let begun = Instant::now();
        streams[1..].iter_mut().for_each(ask);
        for stream in &mut streams[1..] {
            assert!(answered(stream) >= begun + length, "nobody is answered before the end");
        }
        ask(&mut streams[0]);
        answered(&mut streams[0]);
        // Somebody who leaves is no trouble.
        drop(streams.pop());
        assert_eq!(target.stop().unwrap().stalls, 1);
    }
}
