//! HTTP/1.1 to and from bytes, without a socket and without a clock.
//!
//! The engine thread and the adapter for users with think time speak through the same code, so that the two models
//! differ in their load alone. Nothing here reads or writes by itself: bytes come in as slices and go out into
//! buffers that the caller owns and uses again.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `request.rs` | templates that are checked once and then written without a further look |
//! | `response.rs` | the incremental parser: each byte is touched once |
//! | `head.rs` | what a status line and header fields mean for the framing of the body |
//! | `line.rs` | finding the end of a line in pieces |
//! | `chunked.rs` | the chunked transfer coding |
//! | `answer.rs` | what is left of a complete response: status, headers, body |
//! | `malformed.rs` | why bytes were refused |
//!
//! One request is outstanding on a connection at any time: there is no pipelining, and bytes after the end of a
//! response are an error.

mod answer;
mod chunked;
mod head;
mod line;
mod malformed;
mod request;
mod response;
#[cfg(test)]
mod response_laws;

pub use answer::Answer;
pub use chunked::MAX_CHUNK_LINE_BYTES;
pub use malformed::{Malformed, Reason};
pub(crate) use request::write_encoded;
pub use request::{Header, HeaderWriter, Name, Path, PathWriter, Refused, Template};
pub use response::{Expect, Keep, MAX_HEAD_BYTES, MAX_KEPT_BODY_BYTES, Parser, Progress};
