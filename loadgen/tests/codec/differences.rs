//! Where our codec differs from hyper's client on purpose, and why.
//!
//! hyper has to get on with whatever a server sends; a load generator has to tell that it is wrong. So ours refuses where the
//! standard lets a client choose. A difference that can be undone in the bytes (`mended`) is undone, and the readers must agree
//! on the rest: a name covers one thing, and not whatever else is in the same answer.

use loadgen::codec::{MAX_CHUNK_LINE_BYTES, MAX_HEAD_BYTES, Reason};

use crate::{Both, Sent};

/// One thing that both do on purpose, and differently.
pub(crate) struct Difference {
    pub(crate) name: &'static str,
    /// What the standard leaves open, and why ours does it this way.
    pub(crate) why: &'static str,
    /// Answers that show it; `{many X}` is more of X than ours or hyper listens to.
    pub(crate) examples: &'static [&'static str],
    /// Whether this is what parts them here.
    fits: fn(&Sent, &Both) -> bool,
    /// The answer without it.
    mended: Option<fn(&Sent, &Both) -> Vec<u8>>,
}

pub(crate) const DIFFERENCES: &[Difference] = &[
    Difference {
        name: "more than the answer",
        why: "RFC 9112, section 6.3: more bytes than the answer has must not be taken for another one. hyper hands the answer out \
              and gives the connection up; ours says that the server sends more than it promised.",
        examples: &[
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello",
            "HTTP/1.1 204 No Content\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        ],
        fits: |_, both| {
            reason(both) == Some(Reason::Trailing)
                && both.hyper.as_ref().is_ok_and(|answered| !answered.reuse)
        },
        mended: Some(|sent, both| sent.bytes[..place(both)].to_vec()),
    },
    Difference {
        name: "both a length and chunks",
        why: "RFC 9112, section 6.3, item 3: such an answer ought to be handled as an error, since it may be an attempt to smuggle; \
              hyper goes by the chunks.",
        examples: &[
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
        ],
        fits: |_, both| reason(both) == Some(Reason::LengthAndCoding),
        mended: None,
    },
    Difference {
        name: "codings out of order",
        why: "RFC 9112, section 6.1: chunked is applied once and last, or not at all; section 6.3, item 4 lets a client read such \
              an answer until the end, as hyper does, and take the framing for its content.",
        examples: &[
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n\r\nhello",
            "HTTP/1.1 103 E\r\nTransfer-Encoding: ,\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        ],
        fits: |_, both| reason(both) == Some(Reason::TransferCoding),
        mended: None,
    },
    Difference {
        name: "nothing after chunked in a list",
        why: "RFC 9110, section 5.6.1.2: empty elements of a list are ignored, so that chunked is the last one; hyper reads until \
              the end.",
        examples: &["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked,\r\n\r\n1\r\nx\r\n0\r\n\r\n"],
        fits: |sent, _| lines(&sent.bytes).any(ends_in_nothing),
        mended: Some(|sent, _| without_nothing(&sent.bytes)),
    },
    Difference {
        name: "a wrong length that does not matter",
        why: "RFC 9110, section 8.6: a length that is no number is an error wherever it stands; hyper looks at it only where it \
              decides (RFC 9112, section 6.3).",
        examples: &[
            "HTTP/1.1 304 Not Modified\r\nContent-Length: x\r\n\r\n",
            "HTTP/1.1 204 No Content\r\nContent-Length: 1, 2\r\n\r\n",
            "HTTP/1.1 100 C\r\nContent-Length: -1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: x\r\n\r\n0\r\n\r\n",
        ],
        fits: |_, both| matches!(reason(both), Some(Reason::ContentLength | Reason::ContentLengthsDiffer)),
        mended: None,
    },
    Difference {
        name: "an empty line before the answer",
        why: "RFC 9112, section 2.2: a server should ignore one before a request; of answers nothing of the kind is said, and it \
              is what a body longer than promised leaves behind. hyper ignores any number.",
        examples: &[
            "\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 100 C\r\n\r\n\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        ],
        fits: |sent, both| {
            reason(both) == Some(Reason::NotHttp)
                && matches!(sent.bytes.get(place(both)), Some(b'\r' | b'\n'))
        },
        mended: Some(|sent, both| without(&sent.bytes, place(both))),
    },
    Difference {
        name: "the delete character",
        why: "RFC 9110, section 5.5: a recipient may keep control characters other than those that end lines; ours looks for bytes \
              below the blank alone, eight at a step. hyper refuses byte 127.",
        examples: &[
            "HTTP/1.1 200 OK\r\nX: a\x7fb\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 O\x7fK\r\nContent-Length: 0\r\n\r\n",
        ],
        fits: |sent, both| both.hyper.is_err() && sent.bytes.contains(&0x7f),
        mended: Some(|sent, _| replaced(&sent.bytes, |byte| byte == 0x7f)),
    },
    Difference {
        name: "other letters beside words that frame",
        why: "RFC 9110, section 5.5: bytes from 128 are opaque data; hyper ignores a whole Connection or Transfer-Encoding field \
              that has one, ours reads the words beside it.",
        examples: &[
            "HTTP/1.1 200 OK\r\nConnection: é, close\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: é, chunked\r\n\r\n0\r\n\r\n",
        ],
        fits: |sent, _| lines(&sent.bytes).any(|line| frames(line) && !line.is_ascii()),
        mended: Some(|sent, _| replaced(&sent.bytes, |byte| byte >= 0x80)),
    },
    Difference {
        name: "control characters in an extension",
        why: "RFC 9112, section 7.1.1: an extension is made of words and quoted text, neither of which has any; hyper skips \
              whatever is no line end.",
        examples: &["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a\0b\r\nx\r\n0\r\n\r\n"],
        fits: |sent, both| {
            reason(both) == Some(Reason::Chunk)
                && sent.bytes.get(place(both)).is_some_and(|byte| *byte < b' ')
        },
        mended: Some(|sent, both| {
            let mut bytes = sent.bytes.clone();
            bytes[place(both)] = b'x';
            bytes
        }),
    },
    Difference {
        name: "a lone line feed in place of trailers",
        why: "RFC 9112, section 2.2: a recipient may take a lone line feed for the end of a line; ours does so in heads alone, since \
              readers part over the end of chunks. hyper takes it for the end of the trailers, and skips what follows until a \
              line end in full and an empty line.",
        examples: &["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\nHTTP/1.1 200 OK\r\n\r\n"],
        fits: |sent, both| {
            let before = place(both).checked_sub(1).and_then(|at| sent.bytes.get(at));
            reason(both) == Some(Reason::Chunk) && before == Some(&b'\n')
        },
        mended: None,
    },
    Difference {
        name: "a head without end",
        why: "RFC 9110, section 5.4 sets no limit and expects each side to have one: 64 KiB of heads here, interim ones included; \
              hyper listens to 400 KiB.",
        examples: &[
            "HTTP/1.1 200 OK\r\nX: {many x}\r\nContent-Length: 0\r\n\r\n",
            "{many HTTP/1.1 103 E\r\n\r\n}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        ],
        fits: |sent, both| reason(both) == Some(Reason::HeadTooLong) && sent.bytes.len() > MAX_HEAD_BYTES,
        mended: None,
    },
    Difference {
        name: "an extension without end",
        why: "RFC 9112, section 7.1.1: the length of extensions ought to be limited: 1 KiB a line here, 16 KiB an answer in hyper.",
        examples: &["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;{many x}\r\nx\r\n0\r\n\r\n"],
        fits: |sent, both| {
            reason(both) == Some(Reason::ChunkLineTooLong) && sent.bytes.len() > MAX_CHUNK_LINE_BYTES
        },
        mended: None,
    },
    Difference {
        name: "more than a hundred fields",
        why: "RFC 9110, section 5.4 sets no limit: hyper stops at 100 fields, ours at 64 KiB.",
        examples: &["HTTP/1.1 200 OK\r\n{many A: b\r\n}Content-Length: 0\r\n\r\n"],
        fits: |sent, both| both.hyper.is_err() && lines(&sent.bytes).count() > MOST_FIELDS,
        mended: None,
    },
];

/// The fields that hyper takes in one head.
const MOST_FIELDS: usize = 100;

/// Changes undone in one answer, at most: it is as long as the longest that is made.
const MOST_MENDED: usize = 200;

/// Why ours refused.
fn reason(both: &Both) -> Option<Reason> {
    both.ours.as_ref().err().map(|malformed| malformed.reason)
}

/// Where ours refused; 0 when it did not.
fn place(both: &Both) -> usize {
    both.ours.as_ref().err().map_or(0, |malformed| usize::try_from(malformed.offset).unwrap())
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| *byte == b'\n')
}

fn begins(line: &[u8], name: &str) -> bool {
    line.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
}

fn frames(line: &[u8]) -> bool {
    begins(line, "connection:") || begins(line, "transfer-encoding:")
}

fn ends_in_nothing(line: &[u8]) -> bool {
    begins(line, "transfer-encoding:") && line.trim_ascii_end().ends_with(b",")
}

/// The bytes without empty elements at the end of lists of codings.
fn without_nothing(bytes: &[u8]) -> Vec<u8> {
    let mended = lines(bytes).map(|line| {
        let Some(kept) = line.trim_ascii_end().strip_suffix(b",").filter(|_| ends_in_nothing(line)) else {
            return line.to_vec();
        };
        [kept, &line[line.trim_ascii_end().len()..]].concat()
    });
    mended.collect::<Vec<_>>().join(&b'\n')
}

fn without(bytes: &[u8], at: usize) -> Vec<u8> {
    [&bytes[..at], &bytes[at + 1..]].concat()
}

fn replaced(bytes: &[u8], is_odd: fn(u8) -> bool) -> Vec<u8> {
    bytes.iter().map(|byte| if is_odd(*byte) { b'x' } else { *byte }).collect()
}

/// What parts the readers here, one name after the other; nothing when no name fits.
pub(crate) fn explanation(sent: &Sent, both: &Both) -> Option<Vec<&'static str>> {
    let mut names = Vec::new();
    let (mut sent, mut both) = (sent.clone(), both.clone());
    for _ in 0..MOST_MENDED {
        let found = DIFFERENCES.iter().find(|difference| (difference.fits)(&sent, &both))?;
        if !names.contains(&found.name) {
            names.push(found.name);
        }
        let Some(mended) = found.mended else { return Some(names) };
        let bytes = mended(&sent, &both);
        assert_ne!(bytes, sent.bytes, "{}", found.name);
        sent.bytes = bytes;
        both = Both::of(&sent, &[&sent.bytes]);
        if both.agree() {
            return Some(names);
        }
    }
    None
}

/// The bytes of an example.
pub(crate) fn example(text: &str) -> Vec<u8> {
    let Some((before, rest)) = text.split_once("{many ") else { return text.as_bytes().to_vec() };
    let (repeated, after) = rest.split_once('}').expect("the end of what is repeated");
    // Beyond the limit for extensions, for heads, or for the number of fields, but not beyond another one.
    let times = match repeated {
        "x" if before.contains("chunked") => MAX_CHUNK_LINE_BYTES,
        "A: b\r\n" => MOST_FIELDS,
        _ => MAX_HEAD_BYTES / repeated.len() + 1,
    };
    [before, &repeated.repeat(times), after].concat().into_bytes()
}
