//! Why the bytes of a response were refused: what, and where in the response.
//!
//! A server that frames its answers badly has an error of its own in a report; nothing is guessed, since a guess
//! about where one answer ends is an error in the time of the next.

/// A response that is not HTTP/1.1, or whose end cannot be told for certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {offset} of the response: {reason}\n  hint: {}", reason.hint())]
pub struct Malformed {
    /// What is wrong.
    pub reason: Reason,
    /// Position in the response, from 0, of the line or byte that was refused.
    pub offset: u64,
}

/// What is wrong with a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The first bytes are those of another protocol.
    #[error("expected `HTTP/1.`, found something else")]
    NotHttp,
    /// The version is neither 1.0 nor 1.1, or the status is not a number of three digits from 100.
    #[error("expected a status line such as `HTTP/1.1 200 OK`, found another one")]
    StatusLine,
    /// A header field without a name, without a colon, or with a character that names cannot have.
    #[error("expected a header field `name: value`, found a line that is none")]
    Field,
    /// A header field that goes on in the next line, which has been forbidden since 2014.
    #[error("expected a header field, found a line that starts with a blank (a folded field)")]
    Folded,
    /// A control character inside the head.
    #[error("expected text, found a control character")]
    Control,
    /// The head goes on for longer than this side will listen.
    #[error("expected the head to end within 64 KiB, found more")]
    HeadTooLong,
    /// A length that is no number.
    #[error("expected a number in `content-length`, found something else")]
    ContentLength,
    /// Two lengths, and they differ.
    #[error("expected one `content-length`, found two that differ")]
    ContentLengthsDiffer,
    /// Both ways of framing a body at once: the way requests and responses are smuggled.
    #[error("expected `content-length` or `transfer-encoding`, found both")]
    LengthAndCoding,
    /// A transfer coding in HTTP/1.0, or one that is chunked twice or not at the end.
    #[error("expected `transfer-encoding` to end in one `chunked`, found another order")]
    TransferCoding,
    /// A chunk whose size is no hexadecimal number, or that does not end where it says.
    #[error(
        "expected a chunk: a hexadecimal size, a line end, that many bytes, a line end; found something else"
    )]
    Chunk,
    /// A chunk of 2^60 bytes or more.
    #[error("expected a chunk of less than 2^60 bytes, found a larger size")]
    ChunkTooLarge,
    /// The line before a chunk goes on for longer than this side will listen.
    #[error("expected the line with the size of a chunk to end within 1 KiB, found more")]
    ChunkLineTooLong,
    /// More bytes than the response has.
    #[error("expected nothing after the end of the response, found more bytes")]
    Trailing,
    /// The connection was closed before the response was complete.
    #[error("expected the rest of the response, found the end of the connection")]
    Truncated,
}

impl Reason {
    /// What a person can do about it.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Reason::NotHttp => "is this an HTTP/1.1 port without TLS?",
            Reason::HeadTooLong => "look for cookies or headers that grow with every answer",
            Reason::ContentLength
            | Reason::ContentLengthsDiffer
            | Reason::LengthAndCoding
            | Reason::TransferCoding => {
                "a proxy in between may add a second one; `curl -sv` shows the headers as sent"
            }
            Reason::Trailing => {
                "the body is longer than its `content-length`, or an answer without a body has one"
            }
            Reason::Truncated => {
                "look in the log of the server for a crash or a time-out while it was writing"
            }
            _ => "`curl -sv --raw` shows the bytes as sent",
        }
    }

    /// This reason at a place.
    pub(super) fn at(self, offset: u64) -> Malformed {
        Malformed { reason: self, offset }
    }
}
