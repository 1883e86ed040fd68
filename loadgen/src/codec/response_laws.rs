//! What the response parser must hold to: a table of responses, each read whole, byte by byte and in every two
//! pieces; rows that smugglers would like; and laws on made and on arbitrary bytes.

use proptest::prelude::*;

use super::{
    Expect, Keep, MAX_CHUNK_LINE_BYTES, MAX_HEAD_BYTES, MAX_KEPT_BODY_BYTES, Parser, Progress, Reason,
};

/// Everything that can be seen of a response after its last piece.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Seen {
    Complete { status: u16, keep_alive: bool, body: Vec<u8>, fields: Vec<u8> },
    Open { received: u64 },
    Refused { reason: Reason, offset: u64 },
}

/// Reads the pieces and then, when `closed`, the end of the connection.
fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>, head: bool, closed: bool) -> Seen {
    let mut parser = Parser::new();
    parser.reset(Expect { head, keep: Keep::Body });
    let mut progress = Ok(Progress::NeedMore);
    for piece in pieces {
        progress = parser.feed(piece);
    }
    if closed && progress == Ok(Progress::NeedMore) {
        progress = parser.finish_eof().map(|()| Progress::Done);
    }
    match progress {
        Ok(Progress::Done) => {
            let answer = parser.answer();
            assert_eq!(answer.body_bytes, answer.body.len() as u64);
            Seen::Complete {
                status: parser.status(),
                keep_alive: parser.keep_alive(),
                body: answer.body.to_vec(),
                fields: answer.fields.to_vec(),
            }
        }
        Ok(Progress::NeedMore) => Seen::Open { received: parser.received() },
        Err(malformed) => Seen::Refused { reason: malformed.reason, offset: malformed.offset },
    }
}

/// Reads the bytes whole, byte by byte and in every two pieces; all must see the same.
fn read_every_way(bytes: &[u8], head: bool, closed: bool) -> Seen {
    let whole = read([bytes], head, closed);
    assert_eq!(read(bytes.chunks(1), head, closed), whole, "byte by byte: {:?}", bytes.escape_ascii());
    for at in 0..=bytes.len() {
        let (front, back) = bytes.split_at(at);
        assert_eq!(read([front, back], head, closed), whole, "cut at {at}: {:?}", bytes.escape_ascii());
    }
    whole
}

#[test]
fn complete_responses_are_read_however_they_are_cut() {
    // response, status, keep-alive, body
    for (text, status, keep_alive, body) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, true, "hello"),
        ("HTTP/1.1 200 OK\r\ncontent-length:5  \r\nX-Y:\tz\r\n\r\nhello", 200, true, "hello"),
        ("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, true, ""),
        ("HTTP/1.1 404 Not Found\nContent-Length: 2\n\nno", 404, true, "no"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx", 200, false, "x"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: x, Close\r\n\r\nx", 200, false, "x"),
        ("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, false, "x"),
        ("HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\nx", 200, true, "x"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\nContent-Length: 1\r\n\r\nx", 200, true, "x"),
        ("HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", 204, true, ""),
        ("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, true, ""),
        ("HTTP/1.1 304 X\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n", 304, true, ""),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: , chunked ,\r\n\r\n0\r\n\r\n", 200, true, ""),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nx", 201, true, "x"),
        ("HTTP/1.1 103 E\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, true, ""),
        ("HTTP/1.1 101 Switching Protocols\r\n\r\n", 101, false, ""),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 200, true, "hello"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n3;a=\"b\"\r\nabc\r\nA \r\n0123456789\r\n00\r\nDate: x\r\n\r\n",
            200,
            true,
            "abc0123456789",
        ),
    ] {
        match read_every_way(text.as_bytes(), false, false) {
            Seen::Complete { status: s, keep_alive: k, body: b, .. } => {
                assert_eq!(
                    (s, k, b.escape_ascii().to_string()),
                    (status, keep_alive, body.into()),
                    "{text:?}"
                );
            }
            other => panic!("{text:?}: {other:?}"),
        }
    }
}

#[test]
fn an_answer_to_head_has_no_body_whatever_its_fields_say() {
    for fields in ["Content-Length: 5", "Transfer-Encoding: chunked", "X: y"] {
        let text = format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n");
        let seen = read_every_way(text.as_bytes(), true, false);
        assert!(matches!(seen, Seen::Complete { keep_alive: true, .. }), "{fields}: {seen:?}");
    }
}

#[test]
fn a_body_without_length_lasts_until_the_connection_ends() {
    for fields in ["X: y", "Transfer-Encoding: gzip"] {
        let text = format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\nall of it");
        let open = read_every_way(text.as_bytes(), false, false);
        assert_eq!(open, Seen::Open { received: text.len() as u64 });
        match read_every_way(text.as_bytes(), false, true) {
            Seen::Complete { keep_alive, body, .. } => {
                assert_eq!((keep_alive, body.as_slice()), (false, &b"all of it"[..]));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_early_end_of_the_connection_is_an_error() {
    for text in [
        "",
        "HTTP/1.1 2",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
    ] {
        let seen = read_every_way(text.as_bytes(), false, true);
        let offset = text.len() as u64;
        assert_eq!(seen, Seen::Refused { reason: Reason::Truncated, offset }, "{text:?}");
    }
}

#[test]
fn ambiguous_framing_and_garbage_are_refused_with_their_reason() {
    let ok = |fields: &str| format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\nabc");
    let chunked = |body: &str| format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body}");
    for (text, reason) in [
        (ok("Content-Length: 3\r\nTransfer-Encoding: chunked"), Reason::LengthAndCoding),
        (ok("Transfer-Encoding: gzip\r\nContent-Length: 3"), Reason::LengthAndCoding),
        (ok("Content-Length: 3\r\nContent-Length: 4"), Reason::ContentLengthsDiffer),
        (ok("Content-Length: 3, 4"), Reason::ContentLengthsDiffer),
        (ok("Content-Length: +3"), Reason::ContentLength),
        (ok("Content-Length: -3"), Reason::ContentLength),
        (ok("Content-Length: 3 3"), Reason::ContentLength),
        (ok("Content-Length: 0x3"), Reason::ContentLength),
        (ok("Content-Length:"), Reason::ContentLength),
        (ok("Content-Length: 18446744073709551616"), Reason::ContentLength), // 2^64
        (ok("Transfer-Encoding: chunked, gzip"), Reason::TransferCoding),
        (ok("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"), Reason::TransferCoding),
        (ok("Transfer-Encoding:"), Reason::TransferCoding),
        ("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".into(), Reason::TransferCoding),
        (ok("Content-Length : 3"), Reason::Field),
        (ok("no colon"), Reason::Field),
        (ok(": no name"), Reason::Field),
        (ok("X: y\r\n folded"), Reason::Folded),
        (ok("X: a\rb"), Reason::Control),
        (ok("X: a\0b"), Reason::Control),
        (ok("Content-Length: 2"), Reason::Trailing),
        ("HTTP/1.1 204 No Content\r\n\r\nx".into(), Reason::Trailing),
        (chunked("0\r\n\r\nx"), Reason::Trailing),
        (chunked("\r\n"), Reason::Chunk),
        (chunked("g\r\n"), Reason::Chunk),
        (chunked("-1\r\n"), Reason::Chunk),
        (chunked(" 1\r\na\r\n"), Reason::Chunk),
        (chunked("1\na\r\n"), Reason::Chunk),
        (chunked("1 1\r\na\r\n"), Reason::Chunk),
        (chunked("1;x\ny\r\na\r\n"), Reason::Chunk),
        (chunked("1\r\nab\r\n"), Reason::Chunk),
        (chunked("1\r\na\n"), Reason::Chunk),
        (chunked("1000000000000000\r\n"), Reason::ChunkTooLarge), // 16^15 = 2^60
        (chunked("0\r\nno colon\r\n\r\n"), Reason::Field),
        (chunked("0\r\n\n"), Reason::Chunk),
        (chunked("0\r\nA: b\nC: d\r\n\r\n"), Reason::Chunk),
        (ok("Transfer-Encoding: ,"), Reason::TransferCoding),
        (ok("Transfer-Encoding: chunked,\r\nTransfer-Encoding: x"), Reason::TransferCoding),
        ("HTTP/2 200 OK\r\n\r\n".into(), Reason::NotHttp),
        ("http/1.1 200 OK\r\n\r\n".into(), Reason::NotHttp),
        ("\r\nHTTP/1.1 200 OK\r\n\r\n".into(), Reason::NotHttp),
        ("SSH-2.0-x\r\n".into(), Reason::NotHttp),
        ("\u{15}\u{3}\u{1}".into(), Reason::NotHttp), // a TLS alert
        ("HTTP/1.2 200 OK\r\n\r\n".into(), Reason::StatusLine),
        ("HTTP/1.1 20 OK\r\n\r\n".into(), Reason::StatusLine),
        ("HTTP/1.1 2000 OK\r\n\r\n".into(), Reason::StatusLine),
        ("HTTP/1.1 099 OK\r\n\r\n".into(), Reason::StatusLine),
        ("HTTP/1.1  200 OK\r\n\r\n".into(), Reason::StatusLine),
        ("HTTP/1.1 2x0 OK\r\n\r\n".into(), Reason::StatusLine),
    ] {
        match read_every_way(text.as_bytes(), false, false) {
            Seen::Refused { reason: found, .. } => assert_eq!(found, reason, "{text:?}"),
            other => panic!("{text:?}: {other:?}"),
        }
    }
}

#[test]
fn the_limits_hold_to_the_byte() {
    let opening = "HTTP/1.1 200 OK\r\nX: ";
    let ending = "\r\nContent-Length: 0\r\n\r\n";
    let chunk = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;";
    for (over, fits) in [(0, true), (1, false)] {
        let filler = "x".repeat(MAX_HEAD_BYTES - opening.len() - ending.len() + over);
        let head = [opening, &filler, ending].concat();
        let seen = read([head.as_bytes()], false, false);
        assert_eq!(seen, read(head.as_bytes().chunks(1), false, false));
        let refused = Seen::Refused { reason: Reason::HeadTooLong, offset: MAX_HEAD_BYTES as u64 };
        assert_eq!(seen == refused, !fits, "{over} {seen:?}");

        // `1;` and the line end are four bytes of the line.
        let extension = "x".repeat(MAX_CHUNK_LINE_BYTES - 4 + over);
        let body = [chunk, &extension, "\r\na\r\n0\r\n\r\n"].concat();
        let seen = read([body.as_bytes()], false, false);
        let refused = matches!(seen, Seen::Refused { reason: Reason::ChunkLineTooLong, .. });
        assert_eq!(refused, !fits, "{over} {seen:?}");
    }
}

#[test]
fn endless_interim_answers_are_refused() {
    let interim = "HTTP/1.1 100 Continue\r\n\r\n".repeat(MAX_HEAD_BYTES / 25 + 1);
    let seen = read([interim.as_bytes()], false, false);
    assert_eq!(seen, Seen::Refused { reason: Reason::HeadTooLong, offset: MAX_HEAD_BYTES as u64 });
}

#[test]
fn a_body_beyond_the_limit_is_counted_but_not_kept() {
    let length = MAX_KEPT_BODY_BYTES + 10;
    let mut parser = Parser::new();
    parser.reset(Expect { head: false, keep: Keep::Body });
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
    parser.feed(head.as_bytes()).unwrap();
    assert_eq!(parser.feed(&vec![b'x'; length]), Ok(Progress::Done));
    let answer = parser.answer();
    assert_eq!((answer.body.len(), answer.body_bytes), (MAX_KEPT_BODY_BYTES, length as u64));
    assert!(!answer.is_whole());
}

#[test]
fn what_a_server_says_of_its_time_is_kept_however_it_is_cut() {
    let head = "HTTP/1.1 103 Early\r\nServer-Timing: no;dur=9\r\n\r\nHTTP/1.1 200 OK\r\nserver-timing: db;dur=1\r\n\
                Content-Length: 0\r\nServer-Timing:  app;dur=2 \r\nServer-Timing: ";
    let long = "x".repeat(2_000);
    for (last, expected) in [("a", "db;dur=1,app;dur=2,a"), (long.as_str(), "db;dur=1,app;dur=2")] {
        let bytes = format!("{head}{last}\r\n\r\n");
        for size in [1, 7, bytes.len()] {
            let mut parser = Parser::new();
            let ends: Vec<_> = bytes.as_bytes().chunks(size).map(|piece| parser.feed(piece)).collect();
            assert_eq!(ends.last(), Some(&Ok(Progress::Done)));
            assert_eq!(parser.server_timing(), expected.as_bytes());
            parser.reset(Expect::default());
            assert_eq!(parser.server_timing(), b"");
        }
    }
}

#[test]
fn a_parser_that_was_reset_remembers_nothing() {
    let mut parser = Parser::new();
    parser.reset(Expect { head: false, keep: Keep::Body });
    parser.feed(b"HTTP/1.1 500 No\r\nSet-Cookie: a\r\nSet-cookie: b\r\nContent-Length: 1\r\n\r\nx").unwrap();
    let cookies: Vec<_> = parser.answer().headers("set-cookie").collect();
    assert_eq!(cookies, [b"a", b"b"]);
    assert_eq!(parser.answer().header("location"), None);
    assert!(parser.feed(b"x").is_err());
    parser.reset(Expect::default());
    assert_eq!(parser.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"), Ok(Progress::Done));
    assert_eq!((parser.status(), parser.answer().body, parser.answer().body_bytes), (200, &b""[..], 1));
    assert_eq!(parser.answer().header("content-length"), None);
}

/// A response written in one of the ways a server may choose, and the body it carries.
fn made_response() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    let chunk = prop::collection::vec(any::<u8>(), 1..40);
    let chunks = prop::collection::vec(chunk, 0..5);
    let fields = prop::collection::vec(("[a-zA-Z][a-zA-Z0-9-]{0,12}", "[ -~]{0,30}"), 0..6);
    (chunks, fields, any::<bool>()).prop_map(|(chunks, fields, chunked)| {
        let mut bytes = b"HTTP/1.1 200 OK\r\n".to_vec();
        for (name, value) in fields {
            bytes.extend_from_slice(format!("x-{name}: {value}\r\n").as_bytes());
        }
        let body = chunks.concat();
        if chunked {
            bytes.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
            for chunk in &chunks {
                bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                bytes.extend_from_slice(chunk);
                bytes.extend_from_slice(b"\r\n");
            }
            bytes.extend_from_slice(b"0\r\n\r\n");
        } else {
            bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
            bytes.extend_from_slice(&body);
        }
        (bytes, body)
    })
}

proptest! {
    #[test]
    fn every_made_response_gives_its_body_back((bytes, body) in made_response(), size in 1_usize..60) {
        let whole = read([bytes.as_slice()], false, false);
        let Seen::Complete { body: found, .. } = &whole else {
            return Err(TestCaseError::fail(format!("{whole:?}")));
        };
        prop_assert_eq!(found, &body);
        prop_assert_eq!(read(bytes.chunks(size), false, false), whole);
    }

    #[test]
    fn a_damaged_response_is_seen_alike_however_it_is_cut(
        (mut bytes, _) in made_response(), at: prop::sample::Index, byte: u8, size in 1_usize..60,
    ) {
        let at = at.index(bytes.len());
        bytes[at] = byte;
        prop_assert_eq!(read(bytes.chunks(size), false, true), read([bytes.as_slice()], false, true));
    }

    #[test]
    fn no_bytes_cause_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), size in 1_usize..30) {
        let mut text = b"HTTP/1.1 ".to_vec();
        text.extend_from_slice(&bytes);
        for input in [bytes.as_slice(), text.as_slice()] {
            prop_assert_eq!(read(input.chunks(size), false, true), read([input], false, true));
        }
    }
}
