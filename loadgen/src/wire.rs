//! A connection of the closed model: plain, or with TLS, carried by tokio.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use rustls::HandshakeKind;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::tls::Tls;

/// An open connection.
pub(crate) enum Wire {
    Plain(TcpStream),
    Secure(Box<TlsStream<TcpStream>>),
}

impl Wire {
    /// Connects, the handshake included.
    pub(crate) async fn open(address: SocketAddr, tls: Option<&Tls>) -> io::Result<Wire> {
        let socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
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
