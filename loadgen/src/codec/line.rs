//! The end of a line, found in bytes that come in pieces.
//!
//! A line is handed on straight from the input when it lies there whole, which is nearly always so; only a line that
//! was cut by the end of a piece is collected in a buffer. The search takes eight bytes at a step: within a line the
//! only bytes below 32 that are allowed are tabs, so "the next byte below 32" finds line ends and forbidden
//! characters in one pass.

use super::malformed::Reason;

/// The first byte that text cannot have: a space is the lowest that it can.
const LOWEST_TEXT: u8 = b' ';

/// Collects one line after the other.
#[derive(Debug, Default)]
pub(super) struct Lines {
    carried: Vec<u8>,
    after_return: bool,
    complete: bool,
}

/// What one look at a piece brought.
#[derive(Debug)]
pub(super) struct Look<'a> {
    /// Bytes used up.
    pub(super) used: usize,
    /// The line without its end, or nothing when the piece was too short.
    pub(super) line: Option<&'a [u8]>,
    /// It ended with a line feed alone, which is not for every place.
    pub(super) is_lone: bool,
}

impl Look<'_> {
    fn unfinished(used: usize) -> Look<'static> {
        Look { used, line: None, is_lone: false }
    }
}

impl Lines {
    /// Forgets everything but the memory it holds.
    pub(super) fn reset(&mut self) {
        self.carried.clear();
        self.after_return = false;
        self.complete = false;
    }

    /// Looks for the end of the current line. The error tells how many bytes of the piece were fine.
    pub(super) fn look<'a>(&'a mut self, piece: &'a [u8]) -> Result<Look<'a>, (usize, Reason)> {
        if self.complete {
            self.reset();
        }
        let mut at = 0;
        if self.after_return {
            match piece.first() {
                None => return Ok(Look::unfinished(0)),
                Some(b'\n') => {
                    self.complete = true;
                    return Ok(Look { used: 1, line: Some(&self.carried), is_lone: false });
                }
                Some(_) => return Err((0, Reason::Control)),
            }
        }
        while let Some(found) = next_control(&piece[at..]) {
            at += found;
            let (end, is_lone) = match (piece[at], piece.get(at + 1)) {
                (b'\t', _) => {
                    at += 1;
                    continue;
                }
                (b'\n', _) => (at + 1, true),
                (b'\r', Some(b'\n')) => (at + 2, false),
                (b'\r', None) => {
                    self.carried.extend_from_slice(&piece[..at]);
                    self.after_return = true;
                    return Ok(Look::unfinished(at + 1));
                }
                (b'\r', Some(_)) => return Err((at + 1, Reason::Control)),
                _ => return Err((at, Reason::Control)),
            };
            if self.carried.is_empty() {
                return Ok(Look { used: end, line: Some(&piece[..at]), is_lone });
            }
            self.carried.extend_from_slice(&piece[..at]);
            self.complete = true;
            return Ok(Look { used: end, line: Some(&self.carried), is_lone });
        }
        self.carried.extend_from_slice(piece);
        Ok(Look::unfinished(piece.len()))
    }
}

/// The position of the first byte below 32.
fn next_control(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    let (words, rest) = bytes.as_chunks::<8>();
    for (number, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // The high bit of each byte is set where that byte is below 32. A borrow can only set bits above the first
        // true one, so the lowest is right.
        let below = word.wrapping_sub(ONES * u64::from(LOWEST_TEXT)) & !word & HIGH;
        if below != 0 {
            return Some(number * 8 + (below.trailing_zeros() / 8) as usize);
        }
    }
    let found = rest.iter().position(|byte| *byte < LOWEST_TEXT)?;
    Some(words.len() * 8 + found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_quick_search_finds_what_the_plain_one_finds(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            prop_assert_eq!(next_control(&bytes), bytes.iter().position(|byte| *byte < 32));
        }

        #[test]
        fn a_single_control_byte_among_high_ones_is_found(at in 0_usize..40, control in 0_u8..32) {
            let mut bytes = vec![0xff_u8; 40];
            bytes[at] = control;
            prop_assert_eq!(next_control(&bytes), Some(at));
        }
    }
}
