//! The incremental response parser.
//!
//! It is fed whatever a socket delivers and touches each byte once. The result does not depend on how the bytes were
//! cut into pieces: neither the end that is found, nor the error and its place. It keeps its memory from one response
//! to the next, so that a connection in steady state allocates nothing. Sockets, clocks and time-outs are left to
//! whoever feeds it.

use super::answer::Answer;
use super::chunked::{Chunks, Part};
use super::head::{self, Framing, Head, split_field};
use super::line::Lines;
use super::malformed::{Malformed, Reason};

/// The most bytes of status lines, header fields and trailers of one response. Servers refuse requests at 8 to 64 KiB,
/// so no sane answer is beyond.
pub const MAX_HEAD_BYTES: usize = 64 * 1024;

/// The most bytes of one body that are kept for those who want to look into it; the rest is counted only.
pub const MAX_KEPT_BODY_BYTES: usize = 4 * 1024 * 1024;

/// A kept buffer that has grown beyond this is given back, so that one large answer does not stay in memory on every
/// connection that ever saw one.
const KEPT_CAPACITY_BYTES: usize = 64 * 1024;

/// The most bytes of `Server-Timing` that are kept of one response; lists go on from field to field.
const MAX_TIMING_BYTES: usize = 1024;

const OPENING: &[u8] = b"HTTP/1.";

/// What is known about a response before it comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expect {
    /// The request was HEAD: whatever the fields say, there is no body.
    pub head: bool,
    /// What of it [`Parser::answer`] has to show.
    pub keep: Keep,
}

/// What of a response is kept for those who judge it; each has what the ones before it have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keep {
    /// Status and sizes, which are always known.
    #[default]
    Nothing,
    /// The fields that set cookies.
    Cookies,
    /// All header fields.
    Fields,
    /// The body, too.
    Body,
}

/// How far a response has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// More bytes are expected.
    NeedMore,
    /// The response is complete.
    Done,
}

/// Reads one response after the other, piece by piece.
#[derive(Debug, Default)]
pub struct Parser {
    state: State,
    expect: Expect,
    head: Head,
    framing: Option<Framing>,
    lines: Lines,
    head_bytes: usize,
    received: u64,
    body_bytes: u64,
    fields: Vec<u8>,
    timing: Vec<u8>,
    body: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Opening(usize),
    StatusLine,
    Fields,
    Length(u64),
    Chunks(Chunks),
    Trailers,
    UntilClose,
    Done,
    Failed(Malformed),
}

impl Default for State {
    fn default() -> State {
        State::Opening(0)
    }
}

impl Parser {
    /// A parser that expects the response to a plain request.
    #[must_use]
    pub fn new() -> Parser {
        Parser::default()
    }

    /// Forgets the last response and expects another; memory is kept for it.
    pub fn reset(&mut self, expect: Expect) {
        self.state = State::default();
        self.expect = expect;
        self.head = Head::default();
        self.framing = None;
        self.lines.reset();
        self.head_bytes = 0;
        self.received = 0;
        self.body_bytes = 0;
        self.fields.clear();
        self.timing.clear();
        self.body.clear();
        if self.body.capacity() > KEPT_CAPACITY_BYTES {
            self.body = Vec::new();
        }
    }

    /// Reads the next piece.
    ///
    /// # Errors
    /// The bytes are not a response, or there are more of them than the response has. The same error is given from
    /// then on, until the next `reset`.
    pub fn feed(&mut self, piece: &[u8]) -> Result<Progress, Malformed> {
        let mut at = 0;
        while at < piece.len() {
            match self.step(&piece[at..]) {
                Ok(used) => {
                    at += used;
                    self.received += used as u64;
                }
                Err((fine, reason)) => return Err(self.fail(reason.at(self.received + fine as u64))),
            }
        }
        match self.state {
            State::Done => Ok(Progress::Done),
            State::Failed(malformed) => Err(malformed),
            _ => Ok(Progress::NeedMore),
        }
    }

    /// The connection has ended: a body that lasts until then is complete.
    ///
    /// # Errors
    /// The response was not complete.
    pub fn finish_eof(&mut self) -> Result<(), Malformed> {
        match self.state {
            State::Done | State::UntilClose => {
                self.state = State::Done;
                Ok(())
            }
            State::Failed(malformed) => Err(malformed),
            _ => Err(self.fail(Reason::Truncated.at(self.received))),
        }
    }

    /// Bytes of the response read so far, heads and framing included.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.received
    }

    /// The status code; 0 before there is one.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.head.status
    }

    /// What the server says of its own time: the values of `Server-Timing`, as one list. Empty for most.
    #[must_use]
    pub fn server_timing(&self) -> &[u8] {
        &self.timing
    }

    /// Whether another request may follow on the connection of this complete response.
    #[must_use]
    pub fn keep_alive(&self) -> bool {
        matches!(self.state, State::Done)
            && self.framing != Some(Framing::UntilClose)
            && self.head.keep_alive()
    }

    /// The response as far as it has come and was kept.
    #[must_use]
    pub fn answer(&self) -> Answer<'_> {
        Answer {
            status: self.head.status,
            body: &self.body,
            body_bytes: self.body_bytes,
            fields: &self.fields,
        }
    }

    /// Reads at least one byte. The error says how many bytes were fine before it.
    fn step(&mut self, piece: &[u8]) -> Result<usize, (usize, Reason)> {
        match self.state {
            State::Opening(matched) => self.opening(matched, piece),
            State::StatusLine | State::Fields | State::Trailers => self.line(piece),
            State::Length(left) => {
                let here = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
                self.keep(&piece[..here]);
                let left = left - here as u64;
                self.state = if left == 0 { State::Done } else { State::Length(left) };
                Ok(here)
            }
            State::Chunks(mut chunks) => {
                let part = chunks.take(piece)?;
                self.state = State::Chunks(chunks);
                Ok(match part {
                    Part::Framing(used) => used,
                    Part::Body(used) => {
                        self.keep(&piece[..used]);
                        used
                    }
                    Part::Last(used) => {
                        self.state = State::Trailers;
                        used
                    }
                })
            }
            State::UntilClose => {
                self.keep(piece);
                Ok(piece.len())
            }
            State::Done => Err((0, Reason::Trailing)),
            State::Failed(malformed) => Err((0, malformed.reason)),
        }
    }

    /// The first bytes, one by one: another protocol is known as such before it has sent a whole line.
    fn opening(&mut self, matched: usize, piece: &[u8]) -> Result<usize, (usize, Reason)> {
        if piece[0] != OPENING[matched] {
            return Err((0, Reason::NotHttp));
        }
        self.head_bytes += 1;
        if self.head_bytes > MAX_HEAD_BYTES {
            return Err((0, Reason::HeadTooLong));
        }
        self.state =
            if matched + 1 == OPENING.len() { State::StatusLine } else { State::Opening(matched + 1) };
        Ok(1)
    }

    /// One line of the head or of the trailers, or as much of it as there is.
    fn line(&mut self, piece: &[u8]) -> Result<usize, (usize, Reason)> {
        let allowed = MAX_HEAD_BYTES - self.head_bytes;
        if allowed == 0 {
            return Err((0, Reason::HeadTooLong));
        }
        let look = self.lines.look(&piece[..piece.len().min(allowed)])?;
        let used = look.used;
        self.head_bytes += used;
        let Some(line) = look.line else { return Ok(used) };
        // An error in a line is placed at the end of the line, which is the same however the line was cut.
        let refused = |reason| (used, reason);
        match self.state {
            State::StatusLine => {
                self.head.status_line(line).map_err(refused)?;
                self.state = State::Fields;
            }
            State::Fields if line.is_empty() => self.end_of_head().map_err(refused)?,
            State::Fields => {
                if self.head.field(line).map_err(refused)? {
                    keep_timing(&mut self.timing, line);
                }
                if self.expect.keep >= Keep::Fields
                    || self.expect.keep == Keep::Cookies && head::sets_cookie(line)
                {
                    self.fields.extend_from_slice(line);
                    self.fields.push(b'\n');
                }
            }
            // Trailers are a part of the chunks, where line ends are written in full.
            _ if look.is_lone => return Err(refused(Reason::Chunk)),
            _ if line.is_empty() => self.state = State::Done,
            _ => {
                split_field(line).map_err(refused)?;
            }
        }
        Ok(used)
    }

    fn end_of_head(&mut self) -> Result<(), Reason> {
        if self.head.is_interim() {
            self.head = Head::default();
            self.fields.clear();
            self.timing.clear();
            self.state = State::default();
            return Ok(());
        }
        let framing = self.head.framing(self.expect.head)?;
        self.framing = Some(framing);
        self.state = match framing {
            Framing::Nothing | Framing::Length(0) => State::Done,
            Framing::Length(length) => State::Length(length),
            Framing::Chunked => State::Chunks(Chunks::new()),
            Framing::UntilClose => State::UntilClose,
        };
        Ok(())
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.body_bytes += bytes.len() as u64;
        if self.expect.keep == Keep::Body {
            let room = MAX_KEPT_BODY_BYTES - self.body.len();
            self.body.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
    }

    fn fail(&mut self, malformed: Malformed) -> Malformed {
        if let State::Failed(earlier) = self.state {
            return earlier;
        }
        self.state = State::Failed(malformed);
        malformed
    }
}

/// Appends the value of a field to a list, unless it would become too long.
fn keep_timing(list: &mut Vec<u8>, line: &[u8]) {
    let Ok((_, value)) = split_field(line) else { return };
    if list.len() + value.len() < MAX_TIMING_BYTES {
        if !list.is_empty() {
            list.push(b',');
        }
        list.extend_from_slice(value);
    }
}
