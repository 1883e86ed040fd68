//! What a status line and header fields say about the rest of the response (RFC 9112, section 6).
//!
//! Only the fields that decide about framing and about the connection are looked into, and `Server-Timing` is pointed out; of all others the name is
//! checked. What the rest of the fields mean is the business of those who asked for them.

use super::malformed::Reason;

/// How the body is delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    Nothing,
    Length(u64),
    Chunked,
    UntilClose,
}

/// What is known of a head so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Head {
    pub(super) status: u16,
    old_version: bool,
    length: Option<u64>,
    coding: Coding,
    says_close: bool,
    says_keep_alive: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Coding {
    #[default]
    Plain,
    Chunked,
    Other,
}

impl Head {
    /// Reads what follows `HTTP/1.` in the status line.
    pub(super) fn status_line(&mut self, rest: &[u8]) -> Result<(), Reason> {
        let [minor, b' ', first @ b'1'..=b'9', second, third, rest @ ..] = rest else {
            return Err(Reason::StatusLine);
        };
        if !second.is_ascii_digit() || !third.is_ascii_digit() || !matches!(rest, [] | [b' ', ..]) {
            return Err(Reason::StatusLine);
        }
        self.old_version = match minor {
            b'0' => true,
            b'1' => false,
            _ => return Err(Reason::StatusLine),
        };
        self.status = u16::from(first - b'0') * 100 + u16::from(second - b'0') * 10 + u16::from(third - b'0');
        Ok(())
    }

    /// Reads one header field; whether it is `Server-Timing`.
    pub(super) fn field(&mut self, line: &[u8]) -> Result<bool, Reason> {
        let (name, value) = split_field(line)?;
        // The length alone rules out nearly every other name.
        match name.len() {
            10 if name.eq_ignore_ascii_case(b"connection") => self.connection(value),
            13 => return Ok(name.eq_ignore_ascii_case(b"server-timing")),
            14 if name.eq_ignore_ascii_case(b"content-length") => self.content_length(value)?,
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => self.transfer_coding(value)?,
            _ => {}
        }
        Ok(false)
    }

    /// An answer before the answer, such as 100 Continue or 103 Early Hints. After 101 the connection speaks another
    /// protocol, so that one is final.
    pub(super) fn is_interim(&self) -> bool {
        self.status < 200 && self.status != 101
    }

    /// How the body is delimited, once all fields are known.
    pub(super) fn framing(&self, asked_for_head: bool) -> Result<Framing, Reason> {
        // These have no body whatever the fields say, so that fields at odds with each other do no harm.
        if asked_for_head || self.status < 200 || self.status == 204 || self.status == 304 {
            return Ok(Framing::Nothing);
        }
        if self.length.is_some() && self.coding != Coding::Plain {
            return Err(Reason::LengthAndCoding);
        }
        if self.old_version && self.coding != Coding::Plain {
            return Err(Reason::TransferCoding);
        }
        Ok(match (self.coding, self.length) {
            (Coding::Chunked, _) => Framing::Chunked,
            (Coding::Plain, Some(length)) => Framing::Length(length),
            _ => Framing::UntilClose,
        })
    }

    /// Whether another request may follow on this connection, framing aside.
    pub(super) fn keep_alive(&self) -> bool {
        !self.says_close && self.status >= 200 && (!self.old_version || self.says_keep_alive)
    }

    fn connection(&mut self, value: &[u8]) {
        for option in value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii) {
            self.says_close |= option.eq_ignore_ascii_case(b"close");
            self.says_keep_alive |= option.eq_ignore_ascii_case(b"keep-alive");
        }
    }

    fn content_length(&mut self, value: &[u8]) -> Result<(), Reason> {
        // A list of equal lengths is what a proxy makes of two equal fields, and harmless.
        for item in value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii) {
            let length = decimal(item).ok_or(Reason::ContentLength)?;
            if self.length.is_some_and(|other| other != length) {
                return Err(Reason::ContentLengthsDiffer);
            }
            self.length = Some(length);
        }
        Ok(())
    }

    fn transfer_coding(&mut self, value: &[u8]) -> Result<(), Reason> {
        let codings = value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        let mut is_empty = true;
        // Empty elements of a list are ignored (RFC 9110, section 5.6.1.2), but not a list of nothing else.
        for coding in codings.filter(|coding| !coding.is_empty()) {
            if self.coding == Coding::Chunked {
                return Err(Reason::TransferCoding); // chunked is not the last one
            }
            is_empty = false;
            self.coding =
                if coding.eq_ignore_ascii_case(b"chunked") { Coding::Chunked } else { Coding::Other };
        }
        if is_empty { Err(Reason::TransferCoding) } else { Ok(()) }
    }
}

/// Whether a header field sets a cookie. Its first letter rules out nearly every other.
pub(super) fn sets_cookie(line: &[u8]) -> bool {
    const NAME: &[u8] = b"set-cookie:";
    matches!(line.first(), Some(b's' | b'S'))
        && line.get(..NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME))
}

/// Takes `name: value` apart, after a look at the name.
pub(super) fn split_field(line: &[u8]) -> Result<(&[u8], &[u8]), Reason> {
    if matches!(line, [b' ' | b'\t', ..]) {
        return Err(Reason::Folded);
    }
    let end = line.iter().position(|byte| !NAME_BYTES[usize::from(*byte)]).ok_or(Reason::Field)?;
    if end == 0 || line[end] != b':' {
        return Err(Reason::Field);
    }
    Ok((&line[..end], line[end + 1..].trim_ascii()))
}

/// The bytes that a field name can have: `token` in RFC 9110, section 5.6.2.
const NAME_BYTES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128_u8 {
        let sign =
            matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~');
        table[byte as usize] = sign || byte.is_ascii_alphanumeric();
        byte += 1;
    }
    table
};

/// A name as the sender of a request must write it, too.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| NAME_BYTES[usize::from(byte)])
}

/// Digits alone: no sign, no blank, and not above what 64 bits hold.
fn decimal(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0_u64, |value, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    })
}
