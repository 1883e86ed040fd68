//! The chunked transfer coding (RFC 9112, section 7.1): sizes, extensions, data; trailers are left to the caller.
//!
//! Line ends must be written in full here, unlike in the head: a lone line feed inside a chunk is where two readers
//! of the same bytes begin to disagree.

use super::malformed::Reason;

/// The most bytes that the line with the size of a chunk may have, its extensions included. Servers that sign their
/// chunks need about 100.
pub const MAX_CHUNK_LINE_BYTES: usize = 1024;

/// Chunks are smaller than this: one more hexadecimal digit still fits into 64 bits.
const CHUNK_LIMIT_BYTES: u64 = 1 << 60;

/// Where in the coding the reader stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunks {
    state: State,
    size: u64,
    line_bytes: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    FirstDigit,
    Digits,
    Blank,
    Extension,
    SizeLineFeed,
    Data,
    DataReturn,
    DataLineFeed,
}

/// What the next bytes were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// So many bytes of framing.
    Framing(usize),
    /// So many bytes of the body.
    Body(usize),
    /// So many bytes of framing, and with them the last chunk: trailers follow.
    Last(usize),
}

impl Chunks {
    pub(super) fn new() -> Chunks {
        Chunks { state: State::FirstDigit, size: 0, line_bytes: 0 }
    }

    /// Takes the next part from `bytes`, which are not empty. The error says how many bytes were fine.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<Part, (usize, Reason)> {
        if self.state == State::Data {
            let here = usize::try_from(self.size).unwrap_or(usize::MAX).min(bytes.len());
            self.size -= here as u64;
            if self.size == 0 {
                self.state = State::DataReturn;
            }
            return Ok(Part::Body(here));
        }
        for (at, byte) in bytes.iter().enumerate() {
            let last = self.framing_byte(*byte).map_err(|reason| (at, reason))?;
            if last {
                return Ok(Part::Last(at + 1));
            }
            if self.state == State::Data {
                return Ok(Part::Framing(at + 1));
            }
        }
        Ok(Part::Framing(bytes.len()))
    }

    /// Moves on by one byte that is not data; true when it ends the line of the last chunk.
    fn framing_byte(&mut self, byte: u8) -> Result<bool, Reason> {
        match self.state {
            State::DataReturn | State::DataLineFeed => {}
            _ if self.line_bytes == MAX_CHUNK_LINE_BYTES => return Err(Reason::ChunkLineTooLong),
            _ => self.line_bytes += 1,
        }
        self.state = match (self.state, byte) {
            (State::FirstDigit | State::Digits, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                if self.size >= CHUNK_LIMIT_BYTES >> 4 {
                    return Err(Reason::ChunkTooLarge);
                }
                self.size = self.size << 4 | u64::from((byte as char).to_digit(16).unwrap_or(0));
                State::Digits
            }
            (State::Digits | State::Blank, b' ' | b'\t') => State::Blank,
            (State::Digits | State::Blank | State::Extension, b'\r') => State::SizeLineFeed,
            (State::Digits | State::Blank, b';') | (State::Extension, b'\t' | b' '..) => State::Extension,
            (State::SizeLineFeed, b'\n') => {
                self.line_bytes = 0;
                if self.size == 0 {
                    return Ok(true);
                }
                State::Data
            }
            (State::DataReturn, b'\r') => State::DataLineFeed,
            (State::DataLineFeed, b'\n') => State::FirstDigit,
            _ => return Err(Reason::Chunk),
        };
        Ok(false)
    }
}
