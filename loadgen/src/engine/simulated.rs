//! A made-up world in virtual time: a scripted server behind connections that cost nothing.
//!
//! The server has a queue before a number of workers, a service time for each request, and stalls in which nothing is
//! finished. What it does with a request or a connection is a function of its number, so that a test can refuse,
//! reset, hang or talk nonsense exactly where it wants to. Time moves only while the engine waits or, when the test
//! asks for it, with each call that the engine makes.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    io,
    ops::Range,
    time::Duration,
};

use super::{Nanos, OpenError, Ready, Token, World};

/// What the server does with a request once it has been served.
#[derive(Clone, Debug)]
pub(super) enum Reaction {
    /// Answers.
    Answer(Vec<u8>),
    /// Answers in two pieces, so many nanoseconds apart.
    Pieces(Vec<u8>, u64, Vec<u8>),
    /// Answers and closes.
    AnswerAndClose(Vec<u8>),
    /// Sends this and resets the connection.
    Reset(Vec<u8>),
    /// Never answers.
    Hang,
}

/// What becomes of an attempt to connect.
#[derive(Clone, Copy, Debug)]
pub(super) enum Connecting {
    /// It is there after so many nanoseconds.
    After(u64),
    /// It is refused after so many nanoseconds.
    Refused(u64),
    /// This side has no port left.
    Exhausted,
}

type Script<T> = Box<dyn FnMut(u64) -> T>;

/// The server and the way to it, as the test wants them.
pub(super) struct Behaviour {
    /// How many requests are served at a time; 0: all at once.
    pub(super) workers: usize,
    /// Nanoseconds of service, by the number of the request.
    pub(super) service: Script<u64>,
    /// What it does, by the number of the request.
    pub(super) reaction: Script<Reaction>,
    /// What becomes of a connection, by its number.
    pub(super) connecting: Script<Connecting>,
    /// Nothing is finished from the first of these times to the second.
    pub(super) stalls: Vec<(u64, u64)>,
    /// The server closes connections that are idle for so long.
    pub(super) idle_limit: Option<u64>,
    /// The engine's thread does not run in this time.
    pub(super) pause: Option<Range<u64>>,
    /// How late a wait ends that lasts until the time it was given.
    pub(super) wake_delay: u64,
    /// What each call of the engine costs.
    pub(super) call_cost: u64,
    /// Bytes that one call of send takes, at most.
    pub(super) send_limit: usize,
}

/// The shortest answer that passes.
pub(super) const FINE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Polling is never free, or waiting without sleeping would stop the time.
const POLL_COST: u64 = 100;
/// How long it takes until there is room to send again.
const ROOM_DELAY: u64 = 1_000;

impl Default for Behaviour {
    fn default() -> Behaviour {
        Behaviour {
            workers: 0,
            service: Box::new(|_| 0),
            reaction: Box::new(|_| Reaction::Answer(FINE.to_vec())),
            connecting: Box::new(|_| Connecting::After(0)),
            stalls: Vec::new(),
            idle_limit: None,
            pause: None,
            wake_delay: 0,
            call_cost: 0,
            send_limit: usize::MAX,
        }
    }
}

#[derive(Debug)]
enum Event {
    Connected,
    Refused,
    Room,
    Bytes(Vec<u8>),
    End,
    Reset,
    /// Ends the connection if no further request has come: this many had.
    IdleEnd(u64),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum SocketState {
    #[default]
    Connecting,
    Connected,
    Refused,
    Ended,
    Reset,
}

#[derive(Debug, Default)]
struct Socket {
    state: SocketState,
    inbox: Vec<u8>,
    request: Vec<u8>,
    requests: u64,
}

/// The made-up world.
pub(super) struct Simulated {
    now: std::cell::Cell<u64>,
    behaviour: Behaviour,
    sockets: BTreeMap<(u32, u32), Socket>,
    events: BinaryHeap<Reverse<(u64, u64)>>,
    payloads: BTreeMap<u64, (Token, Event)>,
    scheduled: u64,
    worker_free: Vec<u64>,
    /// Every request that the server has read, in order.
    pub(super) seen: Vec<Vec<u8>>,
    pub(super) connections: u64,
}

impl Simulated {
    pub(super) fn new(behaviour: Behaviour) -> Simulated {
        Simulated {
            now: 0.into(),
            worker_free: vec![0; behaviour.workers],
            behaviour,
            sockets: BTreeMap::new(),
            events: BinaryHeap::new(),
            payloads: BTreeMap::new(),
            scheduled: 0,
            seen: Vec::new(),
            connections: 0,
        }
    }

    fn spend(&self, cost: u64) {
        let mut now = self.now.get() + cost;
        if let Some(pause) = self.behaviour.pause.as_ref().filter(|pause| pause.contains(&now)) {
            now = pause.end;
        }
        self.now.set(now);
    }

    fn schedule(&mut self, at: u64, token: Token, event: Event) {
        self.events.push(Reverse((at, self.scheduled)));
        self.payloads.insert(self.scheduled, (token, event));
        self.scheduled += 1;
    }

    /// The server has read a whole request.
    fn serve(&mut self, token: Token, request: Vec<u8>, requests: u64) {
        let number = self.seen.len() as u64;
        self.seen.push(request);
        let service = (self.behaviour.service)(number);
        let now = self.now.get();
        let mut finished = now + service;
        if let Some(free) = self.worker_free.iter_mut().min() {
            finished = now.max(*free) + service;
            *free = finished;
        }
        for (start, end) in &self.behaviour.stalls {
            if (*start..*end).contains(&finished) {
                finished = *end;
            }
        }
        match (self.behaviour.reaction)(number) {
            Reaction::Answer(bytes) => {
                self.schedule(finished, token, Event::Bytes(bytes));
                if let Some(limit) = self.behaviour.idle_limit {
                    self.schedule(finished + limit, token, Event::IdleEnd(requests));
                }
            }
            Reaction::Pieces(one, apart, two) => {
                self.schedule(finished, token, Event::Bytes(one));
                self.schedule(finished + apart, token, Event::Bytes(two));
            }
            Reaction::AnswerAndClose(bytes) => {
                self.schedule(finished, token, Event::Bytes(bytes));
                self.schedule(finished, token, Event::End);
            }
            Reaction::Reset(bytes) => {
                self.schedule(finished, token, Event::Bytes(bytes));
                self.schedule(finished + 1, token, Event::Reset);
            }
            Reaction::Hang => {}
        }
    }

    /// Carries out what has happened until now.
    fn catch_up(&mut self, ready: &mut Vec<Ready>) {
        while let Some(Reverse((at, number))) = self.events.peek().copied() {
            if at > self.now.get() {
                return;
            }
            self.events.pop();
            let Some((token, event)) = self.payloads.remove(&number) else { continue };
            let Some(socket) = self.sockets.get_mut(&(token.slot, token.generation)) else { continue };
            let mut news = Ready { token, readable: true, writable: true, hung_up: false };
            match event {
                Event::Connected => {
                    socket.state = SocketState::Connected;
                    news.readable = false;
                }
                Event::Refused => socket.state = SocketState::Refused,
                Event::Room => news.readable = false,
                Event::Bytes(bytes) => socket.inbox.extend(bytes),
                Event::End => socket.state = SocketState::Ended,
                Event::IdleEnd(requests) if requests == socket.requests => socket.state = SocketState::Ended,
                Event::IdleEnd(_) => continue,
                Event::Reset => socket.state = SocketState::Reset,
            }
            news.hung_up = !matches!(socket.state, SocketState::Connecting | SocketState::Connected);
            // Like the kernel, tell everything about a connection at once.
            match ready.last_mut().filter(|last| last.token == token) {
                Some(last) => {
                    last.readable |= news.readable;
                    last.hung_up |= news.hung_up;
                }
                None => ready.push(news),
            }
        }
    }
}

impl World for Simulated {
    fn now(&self) -> Nanos {
        Nanos(self.now.get())
    }

    fn cpu(&self) -> Duration {
        Duration::ZERO
    }

    fn open(&mut self, token: Token) -> Result<(), OpenError> {
        let connecting = (self.behaviour.connecting)(self.connections);
        self.connections += 1;
        let mut socket = Socket::default();
        match connecting {
            Connecting::After(0) => socket.state = SocketState::Connected,
            Connecting::After(delay) => self.schedule(self.now.get() + delay, token, Event::Connected),
            Connecting::Refused(delay) => self.schedule(self.now.get() + delay, token, Event::Refused),
            Connecting::Exhausted => {
                return Err(OpenError::Exhausted(io::ErrorKind::AddrNotAvailable.into()));
            }
        }
        let replaced = self.sockets.insert((token.slot, token.generation), socket);
        assert!(replaced.is_none(), "a token is used for one connection only");
        Ok(())
    }

    fn send(&mut self, token: Token, bytes: &[u8]) -> io::Result<usize> {
        self.spend(self.behaviour.call_cost);
        let limit = self.behaviour.send_limit;
        let room_at = self.now.get() + ROOM_DELAY;
        let socket = self.sockets.get_mut(&(token.slot, token.generation)).expect("an open connection");
        match socket.state {
            SocketState::Refused => return Err(io::ErrorKind::ConnectionRefused.into()),
            SocketState::Reset => return Err(io::ErrorKind::ConnectionReset.into()),
            SocketState::Connecting => return Err(io::ErrorKind::WouldBlock.into()),
            SocketState::Connected | SocketState::Ended => {}
        }
        if limit < bytes.len() && socket.request.len() % 2 == 1 {
            // Every other call finds the buffer full.
            socket.request.push(b'\0');
            self.schedule(room_at, token, Event::Room);
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let count = bytes.len().min(limit);
        socket.request.retain(|byte| *byte != b'\0');
        socket.request.extend_from_slice(&bytes[..count]);
        if socket.request.ends_with(b"\r\n\r\n") {
            let request = std::mem::take(&mut socket.request);
            if socket.state == SocketState::Connected {
                socket.requests += 1;
                let requests = socket.requests;
                self.serve(token, request, requests);
            }
        }
        Ok(count)
    }

    fn receive(&mut self, token: Token, buffer: &mut [u8]) -> io::Result<usize> {
        self.spend(self.behaviour.call_cost);
        let socket = self.sockets.get_mut(&(token.slot, token.generation)).expect("an open connection");
        if !socket.inbox.is_empty() {
            let count = socket.inbox.len().min(buffer.len());
            buffer[..count].copy_from_slice(&socket.inbox[..count]);
            socket.inbox.drain(..count);
            return Ok(count);
        }
        match socket.state {
            SocketState::Reset => Err(io::ErrorKind::ConnectionReset.into()),
            SocketState::Ended => Ok(0),
            _ => Err(io::ErrorKind::WouldBlock.into()),
        }
    }

    fn close(&mut self, token: Token) {
        self.sockets.remove(&(token.slot, token.generation));
    }

    fn wait(&mut self, until: Nanos, ready: &mut Vec<Ready>) -> io::Result<()> {
        let now = self.now.get();
        let next = self.events.peek().map_or(u64::MAX, |Reverse((at, _))| *at);
        let target = until.0.min(next);
        assert_ne!(target, u64::MAX, "nothing will ever happen");
        let late = if next <= until.0 { 0 } else { self.behaviour.wake_delay };
        let cost = if target > now { target - now + late } else { POLL_COST };
        self.spend(cost);
        self.catch_up(ready);
        Ok(())
    }
}
