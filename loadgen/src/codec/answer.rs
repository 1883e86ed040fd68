//! What is left of a complete response for those who judge it.
//!
//! Header fields and body are there only when they were asked for before the response came; the status and the number
//! of bytes always are.

use super::head::split_field;

/// A complete response, as far as it was kept.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The status code.
    pub status: u16,
    /// The body as far as it was kept: empty unless it was asked for.
    pub body: &'a [u8],
    /// Bytes of the body as received, kept or not; chunk framing is not counted.
    pub body_bytes: u64,
    pub(super) fields: &'a [u8],
}

impl<'a> Answer<'a> {
    /// An answer that did not come from a parser; `fields` has one `name: value` a line.
    #[must_use]
    pub fn new(status: u16, fields: &'a [u8], body: &'a [u8]) -> Answer<'a> {
        Answer { status, body, body_bytes: body.len() as u64, fields }
    }

    /// The values of all fields of this name, in order. None unless headers were asked for.
    pub fn headers<'n>(&self, name: &'n str) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        self.fields
            .split(|byte| *byte == b'\n')
            .filter_map(|line| split_field(line).ok())
            .filter(move |(found, _)| found.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value)
    }

    /// The first value of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a [u8]> {
        self.headers(name).next()
    }

    /// The value of the last cookie of this name that is set. None unless headers or cookies were asked for.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&'a [u8]> {
        let set = self.headers("set-cookie").filter_map(|field| {
            let pair = field.split(|byte| *byte == b';').next()?;
            let equals = pair.iter().position(|byte| *byte == b'=')?;
            let value = pair[equals + 1..].trim_ascii();
            (pair[..equals].trim_ascii() == name.as_bytes()).then_some(value)
        });
        set.last()
    }

    /// Whether the whole body is at hand.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.body.len() as u64 == self.body_bytes
    }
}
