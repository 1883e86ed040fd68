//! A copy as bytes that another forum understands: a line of JSON about the answer, then its body as it was sent.
//!
//! The line begins with the number of this format. What another program or another version has written in another form is
//! no copy, and is asked of the database.

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};

/// The number of this format.
const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Head {
    format: u32,
    status: u16,
    headers: Vec<(String, String)>,
}

/// What is copied of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answer {
    /// The bytes; `None` when a header is no text, which none of ours is.
    pub(super) fn encode(&self) -> Option<Vec<u8>> {
        let text = |(name, value): (&HeaderName, &HeaderValue)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        };
        let headers = self.headers.iter().map(text).collect::<Option<_>>()?;
        let head = Head { format: FORMAT, status: self.status.as_u16(), headers };
        let mut bytes = serde_json::to_vec(&head).ok()?;
        bytes.push(b'\n');
        bytes.extend_from_slice(&self.body);
        Some(bytes)
    }

    /// The answer again; `None` when the bytes are none of ours.
    pub(super) fn decode(bytes: Vec<u8>) -> Option<Self> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let head: Head = serde_json::from_slice(&bytes[..end]).ok()?;
        if head.format != FORMAT {
            return None;
        }
        let mut headers = HeaderMap::new();
        for (name, value) in head.headers {
            headers.append(HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?);
        }
        let status = StatusCode::from_u16(head.status).ok()?;
        Some(Self { status, headers, body: Bytes::from(bytes).slice(end + 1..) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answer(body: Vec<u8>) -> Answer {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("text/html; charset=utf-8"));
        headers.append("vary", HeaderValue::from_static("cookie"));
        headers.append("vary", HeaderValue::from_static("authorization"));
        Answer { status: StatusCode::OK, headers, body: Bytes::from(body) }
    }

    #[test]
    fn a_copy_is_a_line_and_the_body() {
        let bytes = answer(b"<p>\n</p>".to_vec()).encode().expect("text");
        let head = r#"{"format":1,"status":200,"headers":[["content-type","text/html; charset=utf-8"],["vary","cookie"],["vary","authorization"]]}"#;
        assert_eq!(String::from_utf8(bytes).expect("text"), format!("{head}\n<p>\n</p>"));
    }

    #[test]
    fn what_is_none_of_ours_is_no_copy() {
        for bytes in [
            "",
            "\n",
            "no line of JSON\nbody",
            r#"{"format":1,"status":200,"headers":[]}"#, // no end of the line
            "{\"format\":2,\"status\":200,\"headers\":[]}\nbody",
            "{\"format\":1,\"status\":20,\"headers\":[]}\nbody",
            "{\"format\":1,\"status\":200,\"headers\":[[\"a b\",\"c\"]]}\nbody",
            "{\"format\":1,\"status\":200,\"headers\":[[\"a\",\"b\\nc\"]]}\nbody",
        ] {
            assert_eq!(Answer::decode(bytes.as_bytes().to_vec()), None, "{bytes}");
        }
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let answer = answer(body);
            let bytes = answer.encode().expect("text");
            prop_assert_eq!(Answer::decode(bytes), Some(answer));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Answer::decode(bytes);
        }
    }
}
