//! The connections of the closed model: plain, or with TLS, carried by tokio; each user's own, or shared where there is a
//! maximum.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use rustls::HandshakeKind;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::engine::Outcome;
use crate::tls::Tls;

/// Connects, without the handshake that may follow.
pub(crate) async fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpStream::connect(address).await?;
    socket.set_nodelay(true)?;
    Ok(socket)
}

/// An open connection.
pub(crate) enum Wire {
    Plain(TcpStream),
    Secure(Box<TlsStream<TcpStream>>),
}

impl Wire {
    /// A wire over a connection that is there, the handshake included.
    pub(crate) async fn over(socket: TcpStream, tls: Option<&Tls>) -> io::Result<Wire> {
        let Some(tls) = tls else { return Ok(Wire::Plain(socket)) };
        let connector = TlsConnector::from(tls.config.clone());
        Ok(Wire::Secure(Box::new(connector.connect(tls.name.clone(), socket).await?)))
    }

    /// Whether TLS went on from an earlier connection; `None` without TLS.
    pub(crate) fn is_resumed(&self) -> Option<bool> {
        match self {
            Wire::Plain(_) => None,
            Wire::Secure(stream) => Some(stream.get_ref().1.handshake_kind() == Some(HandshakeKind::Resumed)),
        }
    }

    /// Whether a kept connection is still open and has nothing to say.
    pub(crate) fn is_quiet(&mut self) -> bool {
        let mut byte = [0u8];
        let mut buffer = ReadBuf::new(&mut byte);
        let mut context = Context::from_waker(Waker::noop());
        let read = match self {
            Wire::Plain(stream) => Pin::new(stream).poll_read(&mut context, &mut buffer),
            Wire::Secure(stream) => Pin::new(stream.as_mut()).poll_read(&mut context, &mut buffer),
        };
        matches!(read, Poll::Pending)
    }

    /// Sends all of it.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Wire::Plain(stream) => stream.write_all(bytes).await,
            Wire::Secure(stream) => {
                stream.write_all(bytes).await?;
                stream.flush().await
            }
        }
    }

    /// Receives what is there; 0 is the end.
    pub(crate) async fn receive(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Wire::Plain(stream) => stream.read(buffer).await,
            Wire::Secure(stream) => stream.read(buffer).await,
        }
    }
}

/// A connection, and the right to have it open.
pub(crate) struct Held {
    pub(crate) wire: Wire,
    /// Given back when it closes.
    pub(crate) _permit: Option<OwnedSemaphorePermit>,
}

/// All connections, where there is a maximum; without one, each user keeps their own.
pub(crate) struct Wires {
    shared: Option<Shared>,
}

struct Shared {
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<Held>>,
}

impl Wires {
    pub(crate) fn new(most: Option<u32>) -> Wires {
        let shared = |most: u32| Shared {
            permits: Arc::new(Semaphore::new(usize::try_from(most).unwrap_or(Semaphore::MAX_PERMITS))),
            idle: Mutex::new(Vec::new()),
        };
        Wires { shared: most.map(shared) }
    }

    /// An open connection that nobody uses.
    pub(crate) fn idle(&self) -> Option<Held> {
        let mut idle = self.shared.as_ref()?.idle.lock().unwrap_or_else(PoisonError::into_inner);
        // One that the server has closed meanwhile is no good.
        std::iter::from_fn(|| idle.pop()).find_map(|mut held| held.wire.is_quiet().then_some(held))
    }

    /// Leaves a connection for whoever asks next; without a maximum it stays with its user.
    pub(crate) fn give_back(&self, held: Option<Held>) -> Option<Held> {
        let Some(shared) = &self.shared else { return held };
        shared.idle.lock().unwrap_or_else(PoisonError::into_inner).extend(held);
        None
    }

    /// The right to open another connection.
    ///
    /// # Errors
    /// There are as many as there may be, and all of them are in use.
    pub(crate) fn permit(&self) -> Result<Option<OwnedSemaphorePermit>, Outcome> {
        let Some(shared) = &self.shared else { return Ok(None) };
        shared.permits.clone().try_acquire_owned().map(Some).map_err(|_| Outcome::Shed)
    }
}
