//! Asking a target once, before it is loaded: a target that cannot be loaded is found before the run and not in its report.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::bail;
use rustls::{ClientConnection, StreamOwned};
use scenarios::report::TlsFacts;
use scenarios::requests::Method;
use scenarios::target::Target;

use crate::codec::{Expect, Keep, Malformed, Parser, Progress};
use crate::engine::Scarce;
use crate::journey::{Plan, Request};
use crate::session::Session;
use crate::target::{self, Address, CONNECT_WAIT, TargetError};
use crate::tls;

/// How long the first answer may take.
pub(crate) const ANSWER_WAIT: Duration = Duration::from_secs(10);
/// How long a target may take to be ready, unless the scenario says otherwise.
const READY_WAIT: Duration = Duration::from_secs(30);
/// How often it is looked at meanwhile.
const READY_LOOK: Duration = Duration::from_millis(50);
/// How long one of those looks may take.
const READY_PATIENCE: Duration = Duration::from_secs(2);
/// Bytes read at a time.
const READ_BYTES: usize = 16 * 1024;

/// Sends the first request of the plan that only reads, and waits for its answer. Says what was agreed on in TLS.
///
/// # Errors
/// Why the target cannot be loaded.
pub(crate) fn ask_once(plan: &Plan, address: &Address, seed: u64) -> Result<Option<TlsFacts>, TargetError> {
    let reads = |request: &&Request| {
        matches!(request.template.method(), Method::Get | Method::Head) && plan.stands_alone(request)
    };
    let reading = plan
        .actions
        .iter()
        .find_map(|action| action.first_request().filter(reads).map(|request| (action, request)));
    let mut line = Line::open(address, ANSWER_WAIT)?;
    let Some((action, request)) = reading else { return line.greet() };
    let mut session = Session::new(plan, seed);
    session.begin(plan, 0);
    let mut bytes = Vec::new();
    session.render(plan, request, &mut bytes);
    let is_head = request.template.method() == Method::Head;
    let status = line.ask(&bytes, Expect { head: is_head, keep: Keep::Nothing })?.status();
    if status >= 400 && !request.asks_for(status) {
        return Err(TargetError::Status { address: address.socket, action: action.name.clone(), status });
    }
    Ok(line.facts())
}

/// Waits until a target takes connections, and answers its `ready` path with a status below 400. `alive` is asked
/// between one try and the next.
///
/// # Errors
/// It did not become ready in time, or cannot be asked, or `alive` says that there is no use in waiting.
pub(crate) fn until_ready(
    url: &str,
    target: &Target,
    interrupted: &AtomicBool,
    alive: &mut dyn FnMut() -> anyhow::Result<()>,
) -> anyhow::Result<Address> {
    let longest = target.wait.unwrap_or(READY_WAIT);
    let begun = Instant::now();
    loop {
        alive()?;
        if interrupted.load(Ordering::Relaxed) {
            bail!("interrupted before any load was offered");
        }
        let address = target::resolve(url, target)?;
        let Err(problem) = is_ready(&address, target.ready.as_deref()) else { return Ok(address) };
        if begun.elapsed() > longest {
            bail!(
                "{url} was not ready within {} s: {problem}\n  hint: give it longer with `wait: 2 min` under `target`, or check the path of `ready`",
                longest.as_secs_f64()
            );
        }
        std::thread::sleep(READY_LOOK);
    }
}

/// One try; the problem is told without its hint, which would be about another situation.
fn is_ready(address: &Address, path: Option<&str>) -> Result<(), String> {
    let told = |error: TargetError| error.to_string().lines().next().unwrap_or_default().to_owned();
    let mut line = Line::open(address, READY_PATIENCE).map_err(told)?;
    let Some(path) = path else { return Ok(()) };
    let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", address.host);
    let expect = Expect { head: false, keep: Keep::Nothing };
    match line.ask(request.as_bytes(), expect).map_err(told)?.status() {
        ..400 => Ok(()),
        status => Err(format!("{path} was answered with status {status}")),
    }
}

/// Asks on a connection of its own, and gives the whole answer.
///
/// # Errors
/// There was none.
pub(crate) fn exchange(address: &Address, request: &[u8], expect: Expect) -> Result<Parser, TargetError> {
    Line::open(address, ANSWER_WAIT)?.ask(request, expect)
}

/// One connection, off the hot path: it blocks.
struct Line<'a> {
    address: &'a Address,
    stream: Stream,
}

enum Stream {
    Plain(TcpStream),
    Secure(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl<'a> Line<'a> {
    fn open(address: &'a Address, patience: Duration) -> Result<Line<'a>, TargetError> {
        let refused = |error| address.refused(error);
        let socket = TcpStream::connect_timeout(&address.socket, CONNECT_WAIT).map_err(refused)?;
        socket.set_read_timeout(Some(patience)).map_err(refused)?;
        socket.set_write_timeout(Some(patience)).map_err(refused)?;
        let stream = match &address.tls {
            None => Stream::Plain(socket),
            Some(tls) => Stream::Secure(Box::new(StreamOwned::new(tls.session().map_err(refused)?, socket))),
        };
        Ok(Line { address, stream })
    }

    /// Where nothing can be asked, a handshake is all that can be tried.
    fn greet(mut self) -> Result<Option<TlsFacts>, TargetError> {
        if let Stream::Secure(secure) = &mut self.stream {
            while secure.conn.is_handshaking() {
                let done = secure.conn.complete_io(&mut secure.sock);
                done.map_err(|error| self.address.lost(&error))?;
            }
        }
        Ok(self.facts())
    }

    /// Asks, and gives the whole answer.
    fn ask(&mut self, request: &[u8], expect: Expect) -> Result<Parser, TargetError> {
        let Line { address, stream } = self;
        stream.write_all(request).and_then(|()| stream.flush()).map_err(|error| address.lost(&error))?;
        let mut parser = Parser::new();
        parser.reset(expect);
        let mut buffer = [0u8; READ_BYTES];
        let begun = Instant::now();
        loop {
            if begun.elapsed() > ANSWER_WAIT {
                return Err(address.lost(&io::ErrorKind::TimedOut.into()));
            }
            let read = stream.read(&mut buffer).map_err(|error| address.lost(&error))?;
            if read == 0 {
                let after = format!("after {} bytes", parser.received());
                parser.finish_eof().map_err(|_| address.lost(&io::Error::other(after)))?;
                return Ok(parser);
            }
            let garbage = |problem: Malformed| TargetError::Garbage {
                address: address.socket,
                problem: problem.to_string(),
            };
            if parser.feed(&buffer[..read]).map_err(garbage)? == Progress::Done {
                return Ok(parser);
            }
        }
    }

    fn facts(&self) -> Option<TlsFacts> {
        match &self.stream {
            Stream::Plain(_) => None,
            Stream::Secure(secure) => self.address.tls.as_ref().map(|tls| tls.facts(&secure.conn)),
        }
    }
}

impl Address {
    /// Why there is no connection: what this machine lacks is not the server's doing.
    fn refused(&self, error: io::Error) -> TargetError {
        let address = self.socket;
        match Scarce::of(&error) {
            Some(scarce) => TargetError::Scarce { address, scarce },
            None => TargetError::Refused { address, error },
        }
    }

    /// Why a connection that was there is of no use.
    fn lost(&self, error: &io::Error) -> TargetError {
        let address = self.socket;
        if let Some(trouble) = tls::explain(error) {
            return TargetError::Tls { address, trouble };
        }
        let hint = match self.tls {
            None => "is this an HTTP server, and not an HTTPS one?",
            Some(_) => "is this an HTTPS server?",
        };
        match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => TargetError::Silent { address, hint },
            _ => TargetError::Closed { address, problem: error.to_string(), hint },
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(plain) => plain.read(buffer),
            Stream::Secure(secure) => secure.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(plain) => plain.write(bytes),
            Stream::Secure(secure) => secure.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Stream::Plain(plain) => plain.flush(),
            Stream::Secure(secure) => secure.flush(),
        }
    }
}
