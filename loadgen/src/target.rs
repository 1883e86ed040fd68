//! A target that is not ours: finding its address, and asking it once before it is loaded.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use scenarios::requests::Method;

use crate::codec::{Expect, Parser, Progress};
use crate::journey::{Plan, Request};
use crate::session::Session;

/// How long the first connection may take.
const CONNECT_WAIT: Duration = Duration::from_secs(3);
/// How long the first answer may take.
const ANSWER_WAIT: Duration = Duration::from_secs(10);

/// Where a target listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// Value of the Host header.
    pub(crate) host: String,
    /// Where to connect.
    pub(crate) socket: SocketAddr,
    /// As the report names it.
    pub(crate) url: String,
}

/// Why a target cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TargetError {
    #[error("{url}: {problem}\n  hint: like --target http://127.0.0.1:8080")]
    Url { url: String, problem: String },
    #[error(
        "{host}: the name is not known: {source}\n  hint: check the spelling, or give the address itself"
    )]
    Unknown { host: String, source: std::io::Error },
    #[error(
        "{address} does not take connections: {source}\n  hint: is the server running, and on this port?"
    )]
    Refused { address: SocketAddr, source: std::io::Error },
    #[error("{address} takes connections but did not answer within {} s\n  hint: is this an HTTP server, and not an HTTPS one?", ANSWER_WAIT.as_secs())]
    Silent { address: SocketAddr },
    #[error(
        "{address} closed the connection before it had answered: {problem}\n  hint: is this an HTTP server, and not an HTTPS one?"
    )]
    Closed { address: SocketAddr, problem: String },
    #[error(
        "{address} did not answer in HTTP/1.1: {problem}\n  hint: is this an HTTP server? other protocols cannot be loaded"
    )]
    Garbage { address: SocketAddr, problem: String },
    #[error(
        "{address} refuses what the scenario asks: the first request for `{action}` was answered with status {status}\n  hint: check its path under `requests`; a run of failures measures nothing"
    )]
    Status { address: SocketAddr, action: String, status: u16 },
}

/// Finds out where a URL leads.
pub(crate) fn resolve(url: &str) -> Result<Address, TargetError> {
    let url = url.trim_end_matches('/');
    scenarios::check_url(url).map_err(|problem| TargetError::Url { url: url.to_owned(), problem })?;
    let host = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let has_port = host.rfind(':').is_some_and(|colon| !host[colon..].contains(']'));
    let with_port = if has_port { host.clone() } else { format!("{host}:80") };
    let unknown = |source| TargetError::Unknown { host: host.clone(), source };
    let found: Vec<SocketAddr> = with_port.to_socket_addrs().map_err(unknown)?.collect();
    // A name may have several addresses, and the server listen on one of them.
    let answering = found.iter().find(|address| TcpStream::connect_timeout(address, CONNECT_WAIT).is_ok());
    let socket = answering.or(found.first()).copied();
    let socket = socket.ok_or_else(|| unknown(std::io::Error::other("no address")))?;
    Ok(Address { url: format!("http://{host}"), host, socket })
}

/// Sends the first request of the plan that only reads, and waits for its answer, so that a target that cannot be
/// loaded is found before the run and not in its report.
pub(crate) fn ask_once(plan: &Plan, address: SocketAddr, seed: u64) -> Result<(), TargetError> {
    let mut stream = TcpStream::connect_timeout(&address, CONNECT_WAIT)
        .map_err(|source| TargetError::Refused { address, source })?;
    let reads = |request: &&Request| {
        matches!(request.template.method(), Method::Get | Method::Head) && plan.stands_alone(request)
    };
    let reading = plan
        .actions
        .iter()
        .find_map(|action| action.first_request().filter(reads).map(|request| (action, request)));
    let Some((action, request)) = reading else { return Ok(()) };
    let mut session = Session::new(plan, seed);
    session.begin(plan, 0);
    let mut bytes = Vec::new();
    session.render(plan, request, &mut bytes);
    let closed = |problem: std::io::Error| match problem.kind() {
        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut => TargetError::Silent { address },
        _ => TargetError::Closed { address, problem: problem.to_string() },
    };
    stream.set_read_timeout(Some(ANSWER_WAIT)).map_err(closed)?;
    stream.set_write_timeout(Some(ANSWER_WAIT)).map_err(closed)?;
    stream.write_all(&bytes).map_err(closed)?;
    let mut parser = Parser::new();
    parser
        .reset(Expect { head: request.template.method() == Method::Head, keep: crate::codec::Keep::Nothing });
    let mut buffer = [0u8; 16 * 1024];
    let begun = std::time::Instant::now();
    loop {
        if begun.elapsed() > ANSWER_WAIT {
            return Err(TargetError::Silent { address });
        }
        let read = stream.read(&mut buffer).map_err(closed)?;
        if read == 0 {
            let received = parser.received();
            parser
                .finish_eof()
                .map_err(|_| TargetError::Closed { address, problem: format!("after {received} bytes") })?;
            break;
        }
        let garbage =
            |problem: crate::codec::Malformed| TargetError::Garbage { address, problem: problem.to_string() };
        if parser.feed(&buffer[..read]).map_err(garbage)? == Progress::Done {
            break;
        }
    }
    match parser.status() {
        status @ 400.. if !request.asks_for(status) => {
            Err(TargetError::Status { address, action: action.name.clone(), status })
        }
        _ => Ok(()),
    }
}
