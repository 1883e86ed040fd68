//! A world in which every connection speaks TLS, over the connections of another world.
//!
//! rustls does no I/O: it turns bytes into bytes. So the engine's thread carries TLS itself, over the same non-blocking
//! sockets and with the same events. To the engine a connection is there when its handshake is done, so that the
//! handshake is part of what passes before the request is sent; when it began is kept for each connection. Sessions are resumed where the server allows it, as browsers do.

use std::io::{self, Read as _, Write as _};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, HandshakeKind};

use super::{Nanos, OpenError, Ready, Token, World};

/// Bytes taken from a connection at a time: more than the 16 KiB that one record of TLS has at most.
const RECEIVE_BYTES: usize = 32 * 1024;

/// Plain bytes encrypted at a time, so that a large body is not encrypted into memory at once.
const SEND_BYTES: usize = 64 * 1024;

/// TLS over the connections of `inner`.
pub struct Secure<W> {
    inner: W,
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
    sessions: Vec<Option<Session>>,
    received: Vec<u8>,
    handshakes: Handshakes,
}

/// What became of the handshakes of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Handshakes {
    /// With certificates.
    pub full: u64,
    /// By what was agreed on before.
    pub resumed: u64,
}

/// TLS on one connection.
struct Session {
    token: Token,
    tls: ClientConnection,
    /// What was received and found no room among the plain bytes that were asked for.
    carried: Vec<u8>,
    is_counted: bool,
    /// When the connection below took the first words of the handshake.
    reached: Option<Nanos>,
}

impl<W: World> Secure<W> {
    /// Speaks TLS with a server of this name.
    pub fn new(inner: W, config: Arc<ClientConfig>, name: ServerName<'static>) -> Secure<W> {
        let received = vec![0; RECEIVE_BYTES];
        Secure { inner, config, name, sessions: Vec::new(), received, handshakes: Handshakes::default() }
    }

    /// How many handshakes there were.
    #[must_use]
    pub fn handshakes(&self) -> Handshakes {
        self.handshakes
    }

    /// The session of a connection, apart from what it needs to go on.
    fn parts(&mut self, token: Token) -> io::Result<(&mut Session, Wire<'_, W>)> {
        let session = self.sessions.get_mut(token.slot as usize).and_then(Option::as_mut);
        let session = session.ok_or(io::ErrorKind::NotConnected)?;
        Ok((session, Wire { world: &mut self.inner, buffer: &mut self.received, token }))
    }
}

/// The connection below a session.
struct Wire<'a, W> {
    world: &'a mut W,
    buffer: &'a mut [u8],
    token: Token,
}

impl<W: World> io::Write for Wire<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.world.send(self.token, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Session {
    /// Sends what there is to say.
    fn flush<W: World>(&mut self, wire: &mut Wire<'_, W>) -> io::Result<()> {
        while self.tls.wants_write() {
            self.tls.write_tls(wire)?;
        }
        Ok(())
    }

    /// Goes on with the handshake.
    fn shake<W: World>(&mut self, wire: &mut Wire<'_, W>) -> io::Result<()> {
        while self.tls.is_handshaking() {
            self.flush(wire)?;
            // The first flight has gone out, which it does as soon as the connection is there.
            self.reached.get_or_insert_with(|| wire.world.now());
            let count = wire.world.receive(wire.token, wire.buffer)?;
            if count == 0 {
                return Err(io::Error::new(
                    io::ErrorKind::UnexpectedEof,
                    "the server closed the connection in the middle of the TLS handshake",
                ));
            }
            let mut piece = &wire.buffer[..count];
            while !piece.is_empty() {
                self.tls.read_tls(&mut piece)?;
                if let Err(error) = self.tls.process_new_packets() {
                    // The server is told why, as far as there is room.
                    drop(self.flush(wire));
                    return Err(io::Error::new(io::ErrorKind::InvalidData, error));
                }
            }
        }
        Ok(())
    }

    /// Decrypts a piece until `plain` is full, and keeps the rest of it; an empty piece is the end of the connection.
    fn feed(&mut self, mut piece: &[u8], plain: &mut Plain<'_>) -> io::Result<()> {
        loop {
            self.tls.read_tls(&mut piece)?;
            self.tls
                .process_new_packets()
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
            plain.fill(&mut self.tls)?;
            if piece.is_empty() {
                return Ok(());
            }
            if plain.is_full() {
                self.carried.extend_from_slice(piece);
                return Ok(());
            }
        }
    }
}

/// Plain bytes for the engine, as far as they have come.
struct Plain<'a> {
    bytes: &'a mut [u8],
    filled: usize,
    /// The server has said that nothing follows.
    has_ended: bool,
}

impl Plain<'_> {
    fn is_full(&self) -> bool {
        self.filled == self.bytes.len()
    }

    /// Takes what the session has decrypted.
    fn fill(&mut self, tls: &mut ClientConnection) -> io::Result<()> {
        while !self.is_full() && !self.has_ended {
            match tls.reader().read(&mut self.bytes[self.filled..]) {
                Ok(0) => self.has_ended = true,
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                // Without a word of farewell nobody knows whether the server or somebody in between cut it off. What
                // came before comes first; this is told when it is asked for again.
                Err(_) if self.filled > 0 => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl<W: World> World for Secure<W> {
    fn now(&self) -> Nanos {
        self.inner.now()
    }

    fn cpu(&self) -> Duration {
        self.inner.cpu()
    }

    fn open(&mut self, token: Token) -> Result<(), OpenError> {
        let tls = ClientConnection::new(self.config.clone(), self.name.clone())
            .map_err(|error| OpenError::Failed(io::Error::other(error)))?;
        self.inner.open(token)?;
        let index = token.slot as usize;
        if index >= self.sessions.len() {
            self.sessions.resize_with(index + 1, || None);
        }
        self.sessions[index] =
            Some(Session { token, tls, carried: Vec::new(), is_counted: false, reached: None });
        Ok(())
    }

    fn reached(&self, token: Token) -> Option<Nanos> {
        self.sessions.get(token.slot as usize)?.as_ref()?.reached
    }

    fn send(&mut self, token: Token, bytes: &[u8]) -> io::Result<usize> {
        let (session, mut wire) = self.parts(token)?;
        session.shake(&mut wire)?;
        session.flush(&mut wire)?;
        let count = session.tls.writer().write(&bytes[..bytes.len().min(SEND_BYTES)])?;
        let flushed = session.flush(&mut wire);
        let is_new = !std::mem::replace(&mut session.is_counted, true);
        let is_resumed = session.tls.handshake_kind() == Some(HandshakeKind::Resumed);
        self.handshakes.full += u64::from(is_new && !is_resumed);
        self.handshakes.resumed += u64::from(is_new && is_resumed);
        match flushed {
            // The rest goes out when there is room, which `wait` sees to.
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => Err(error),
            _ => Ok(count),
        }
    }

    fn receive(&mut self, token: Token, buffer: &mut [u8]) -> io::Result<usize> {
        let (session, mut wire) = self.parts(token)?;
        let mut plain = Plain { bytes: buffer, filled: 0, has_ended: false };
        plain.fill(&mut session.tls)?;
        // A piece that does not fill the buffer was all there is, as with the connection itself.
        let mut has_more = true;
        while !plain.is_full() && !plain.has_ended && (has_more || plain.filled == 0) {
            if !session.carried.is_empty() {
                let carried = std::mem::take(&mut session.carried);
                session.feed(&carried, &mut plain)?;
                continue;
            }
            let count = match wire.world.receive(token, wire.buffer) {
                Err(_) if plain.filled > 0 => break,
                received => received?,
            };
            has_more = count == wire.buffer.len();
            session.feed(&wire.buffer[..count], &mut plain)?;
            // What there is to answer, such as new keys, is little, and goes out now or with the next request.
            drop(session.flush(&mut wire));
        }
        Ok(plain.filled)
    }

    fn close(&mut self, token: Token) {
        if let Ok((session, mut wire)) = self.parts(token) {
            session.tls.send_close_notify();
            drop(session.flush(&mut wire));
        }
        if let Some(session) = self.sessions.get_mut(token.slot as usize) {
            *session = None;
        }
        self.inner.close(token);
    }

    fn wait(&mut self, until: Nanos, ready: &mut Vec<Ready>) -> io::Result<()> {
        let known = ready.len();
        self.inner.wait(until, ready)?;
        for news in ready[known..].iter().filter(|news| news.writable) {
            // A connection that is broken shows in what the engine does next.
            if let Ok((session, mut wire)) = self.parts(news.token)
                && session.token == news.token
                && !session.tls.is_handshaking()
            {
                drop(session.flush(&mut wire));
            }
        }
        Ok(())
    }
}
