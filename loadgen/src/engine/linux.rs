//! The real world: non-blocking sockets, edge-triggered epoll and a clock of nanoseconds.
//!
//! A connection is registered once, when it is opened, for everything that can happen to it; after that a request costs
//! one send and one receive. The thread's timer slack is set to its minimum, since the default of 50 us would be most
//! of the lag of an idle machine.

use std::{
    io,
    marker::PhantomData,
    net::SocketAddr,
    num::NonZeroU64,
    thread,
    time::{Duration, Instant},
};

use rustix::{
    buffer::spare_capacity,
    event::{PollFd, PollFlags, Timespec, epoll, poll},
    fd::OwnedFd,
    io::Errno,
    net::{
        AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, connect, recv, send, socket_with,
        sockopt,
    },
    thread::set_current_timer_slack,
    time::{ClockId, clock_gettime},
};

use super::{Nanos, OpenError, Ready, Scarce, Token, World};

/// Events taken from the kernel at a time; the rest stays there for the next call.
const EVENTS: usize = 256;

/// The least that Linux accepts.
const TIMER_SLACK_NS: NonZeroU64 = NonZeroU64::MIN;

/// Linux may let a wait of epoll last longer by a share of its length: 1 in 1,000, or 1 in 200 for a thread with
/// raised niceness (`select_estimate_accuracy` in fs/select.c). Longer waits than this end earlier by
/// `EARLY_SHARE` and are continued by a short one.
const LONG_WAIT: Duration = Duration::from_millis(1);
const EARLY_SHARE: u32 = 100;

/// A build that knows only waits of whole milliseconds needs at least this long for one of a nanosecond.
const COARSE_WAIT: Duration = Duration::from_micros(900);
const COARSE_PROBES: usize = 3;

/// Sockets, epoll and clock of one engine thread. It belongs to the thread that made it, whose timer slack it sets.
pub struct Linux {
    address: SocketAddr,
    start: Instant,
    epoll: OwnedFd,
    sockets: Vec<Option<OwnedFd>>,
    events: Vec<epoll::Event>,
    is_coarse: bool,
    stays_on_its_thread: PhantomData<*const ()>,
}

impl Linux {
    /// A world in which `address` is the target and `start` is the start of the run. Waits for the start when that is
    /// still to come, so that several threads can begin together.
    ///
    /// # Errors
    /// The kernel has no epoll for us.
    pub fn new(address: SocketAddr, start: Instant) -> io::Result<Linux> {
        set_current_timer_slack(Some(TIMER_SLACK_NS))?;
        let mut linux = Linux {
            address,
            start,
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
            sockets: Vec::new(),
            events: Vec::with_capacity(EVENTS),
            is_coarse: false,
            stays_on_its_thread: PhantomData,
        };
        linux.is_coarse = linux.has_coarse_waits()?;
        thread::sleep(start.saturating_duration_since(Instant::now()));
        Ok(linux)
    }

    /// Whether waits of epoll are rounded up to milliseconds, as they are in a build for kernels before 5.11.
    fn has_coarse_waits(&mut self) -> io::Result<bool> {
        for _ in 0..COARSE_PROBES {
            let before = Instant::now();
            self.take_events(Duration::from_nanos(1))?;
            if before.elapsed() < COARSE_WAIT {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn take_events(&mut self, wait: Duration) -> io::Result<()> {
        self.events.clear();
        match epoll::wait(&self.epoll, spare_capacity(&mut self.events), Some(&timespec(wait))) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn try_open(&self) -> Result<OwnedFd, Errno> {
        let family = if self.address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = socket_with(family, SocketType::STREAM, flags, None)?;
        sockopt::set_tcp_nodelay(&socket, true)?;
        match connect(&socket, &self.address) {
            Ok(()) | Err(Errno::INPROGRESS | Errno::INTR) => Ok(socket),
            Err(error) => Err(error),
        }
    }

    fn socket(&self, token: Token) -> io::Result<&OwnedFd> {
        let socket = self.sockets.get(token.slot as usize).and_then(Option::as_ref);
        socket.ok_or_else(|| Errno::BADF.into())
    }
}

impl World for Linux {
    fn now(&self) -> Nanos {
        Nanos::after_start(Instant::now().saturating_duration_since(self.start))
    }

    fn cpu(&self) -> Duration {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        Duration::try_from(time).unwrap_or_default()
    }

    fn open(&mut self, token: Token) -> Result<(), OpenError> {
        let socket = self.try_open().map_err(classify)?;
        let flags =
            epoll::EventFlags::IN | epoll::EventFlags::OUT | epoll::EventFlags::RDHUP | epoll::EventFlags::ET;
        epoll::add(&self.epoll, &socket, event_data(token), flags).map_err(classify)?;
        let index = token.slot as usize;
        if index >= self.sockets.len() {
            self.sockets.resize_with(index + 1, || None);
        }
        self.sockets[index] = Some(socket);
        Ok(())
    }

    fn send(&mut self, token: Token, bytes: &[u8]) -> io::Result<usize> {
        Ok(send(self.socket(token)?, bytes, SendFlags::NOSIGNAL)?)
    }

    fn receive(&mut self, token: Token, buffer: &mut [u8]) -> io::Result<usize> {
        let (count, _) = recv(self.socket(token)?, buffer, RecvFlags::empty())?;
        Ok(count)
    }

    fn close(&mut self, token: Token) {
        if let Some(socket) = self.sockets.get_mut(token.slot as usize) {
            *socket = None;
        }
    }

    fn wait(&mut self, until: Nanos, ready: &mut Vec<Ready>) -> io::Result<()> {
        // When the time is zero it has passed, whatever the clock says.
        let mut left = if until == Nanos::ZERO { Duration::ZERO } else { until.since(self.now()) };
        if left > LONG_WAIT {
            left -= left / EARLY_SHARE;
        }
        if self.is_coarse && !left.is_zero() {
            let mut epoll = [PollFd::new(&self.epoll, PollFlags::IN)];
            match poll(&mut epoll, Some(&timespec(left))) {
                Ok(0) | Err(Errno::INTR) => return Ok(()),
                Ok(_) => left = Duration::ZERO,
                Err(error) => return Err(error.into()),
            }
        }
        self.take_events(left)?;
        ready.extend(self.events.iter().map(|event| {
            let (flags, data) = (event.flags, event.data);
            Ready {
                token: token(data),
                readable: flags.contains(epoll::EventFlags::IN),
                writable: flags.contains(epoll::EventFlags::OUT),
                hung_up: flags
                    .intersects(epoll::EventFlags::RDHUP | epoll::EventFlags::HUP | epoll::EventFlags::ERR),
            }
        }));
        Ok(())
    }
}

fn timespec(length: Duration) -> Timespec {
    // Whoever waits for ages waits in pieces.
    let seconds = i64::try_from(length.as_secs()).unwrap_or(i64::MAX);
    Timespec { tv_sec: seconds, tv_nsec: length.subsec_nanos().into() }
}

fn event_data(token: Token) -> epoll::EventData {
    epoll::EventData::new_u64(u64::from(token.generation) << u32::BITS | u64::from(token.slot))
}

fn token(data: epoll::EventData) -> Token {
    let halves = [data.u64() & u64::from(u32::MAX), data.u64() >> u32::BITS];
    let [slot, generation] = halves.map(|half| u32::try_from(half).unwrap_or(u32::MAX));
    Token { slot, generation }
}

fn classify(error: Errno) -> OpenError {
    let error = error.into();
    if Scarce::of(&error).is_some() { OpenError::Exhausted(error) } else { OpenError::Failed(error) }
}
