//! Whatever a server sends: the load generator's parser takes it or refuses it, how the bytes were cut into pieces makes no
//! difference to what it finds nor to where, and the memory it takes is in proportion to what was sent, not to what was promised.

#![no_main]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use libfuzzer_sys::{Corpus, fuzz_target};

/// The parser alone: it needs nothing of the crate around it, which would bring clients, servers and their set-up.
#[allow(dead_code, unused_imports)]
#[path = "../../../loadgen/src/codec/mod.rs"]
mod codec;

use codec::{Answer, Expect, Keep, MAX_KEPT_BODY_BYTES, Malformed, Parser, Progress, Reason};

/// Counts what is held and the most that was; the fuzzer's own memory is not Rust's.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: everything is the system's work; the counters touch no memory of its.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD.fetch_add(layout.size(), Relaxed) + layout.size();
        MOST.fetch_max(held, Relaxed);
        // SAFETY: the caller's promise is handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller's promise is handed on.
        unsafe { System.dealloc(memory, layout) }
    }
}

/// A byte that was sent lies in one of the parser's buffers, and in a second one while its line is looked at; a buffer that
/// grows has twice its size beside its old self.
const MOST_PER_BYTE: usize = 6;
/// The least that the four buffers take as soon as they are used.
const MOST_AT_FIRST: usize = 256;

/// What came of an answer: how far it came and how it ended, and all that can be asked of it then.
#[derive(Debug, PartialEq)]
struct Found {
    progress: Progress,
    ended: Result<(), Malformed>,
    status: u16,
    keep_alive: bool,
    received: u64,
    body_bytes: u64,
    body: Vec<u8>,
    fields: Vec<Vec<u8>>,
    timing: Vec<u8>,
}

/// Reads the pieces and then the end of the connection. What is known of bytes that were refused is nobody's business.
fn parse<'a>(
    parser: &mut Parser,
    expect: Expect,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Found, Malformed> {
    parser.reset(expect);
    let mut progress = Ok(Progress::NeedMore);
    for piece in pieces {
        let before = progress;
        progress = parser.feed(piece);
        assert!(before.is_ok() || progress == before, "a refusal is final");
    }
    let progress = progress?;
    let received = parser.received();
    let ended = parser.finish_eof();
    let answer = parser.answer();
    Ok(Found {
        progress,
        ended,
        status: parser.status(),
        keep_alive: parser.keep_alive(),
        received,
        body_bytes: answer.body_bytes,
        body: answer.body.to_vec(),
        fields: fields(&answer),
        timing: parser.server_timing().to_vec(),
    })
}

/// The values of some fields, looked up as journeys do.
fn fields(answer: &Answer<'_>) -> Vec<Vec<u8>> {
    let names = ["set-cookie", "location", "content-length", "transfer-encoding", "connection", "a", "x"];
    names.iter().flat_map(|name| answer.headers(name)).map(<[u8]>::to_vec).collect()
}

/// Pieces of the lengths that the seed says, from one byte to sixteen, and now and then many.
fn pieces(seed: u8, mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut state = u32::from(seed);
    std::iter::from_fn(move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let drawn = (state >> 24) as usize;
        let length = if drawn >= 240 { drawn } else { 1 + drawn % 16 };
        let (piece, rest) = bytes.split_at(length.min(bytes.len()));
        bytes = rest;
        (!piece.is_empty()).then_some(piece)
    })
}

/// What a parser takes at most to read the bytes, whole.
fn holds_little(expect: Expect, bytes: &[u8]) {
    let before = HELD.load(Relaxed);
    MOST.store(before, Relaxed);
    let mut parser = Parser::new();
    parser.reset(expect);
    let _ = parser.feed(bytes);
    let most = MOST.load(Relaxed) - before;
    assert!(most <= bytes.len() * MOST_PER_BYTE + MOST_AT_FIRST, "{most} bytes for {}", bytes.len());
}

/// Bytes are refused where they are wrong: nothing before that place is, and nothing after it changes the verdict.
fn refused_in_place(expect: Expect, bytes: &[u8], malformed: Malformed) {
    let place = usize::try_from(malformed.offset).expect("a place in a slice");
    assert!(place <= bytes.len());
    let mut parser = Parser::new();
    // What is wrong with a line is told at its end.
    let before = parse(&mut parser, expect, [&bytes[..place.saturating_sub(1)]]);
    assert!(before.is_ok(), "{before:?}, and with the rest {malformed:?}");
    let upto = &bytes[..bytes.len().min(place + 1)];
    assert_eq!(parse(&mut parser, expect, [upto]), Err(malformed));
    if malformed.reason == Reason::Trailing {
        // All that was counted up to there is the answer, and it is complete.
        let answer = parse(&mut parser, expect, [&bytes[..place]]).expect("an answer before the rest");
        assert_eq!((answer.progress, answer.received), (Progress::Done, malformed.offset));
    }
}

fuzz_target!(|data: &[u8]| -> Corpus {
    // The first byte chooses what is known before, the second how to cut.
    let [first, seed, bytes @ ..] = data else { return Corpus::Reject };
    let keep = [Keep::Nothing, Keep::Cookies, Keep::Fields, Keep::Body][usize::from(first >> 1) % 4];
    let expect = Expect { head: first & 1 == 1, keep };
    holds_little(expect, bytes);
    // The same parser for all: nothing of an answer is left for the next.
    let mut parser = Parser::new();
    let whole = parse(&mut parser, expect, [bytes]);
    assert_eq!(whole, parse(&mut parser, expect, bytes.chunks(1)), "one piece, and byte by byte");
    assert_eq!(whole, parse(&mut parser, expect, pieces(*seed, bytes)), "one piece, and cut by {seed}");
    let found = match whole {
        Ok(found) => found,
        Err(malformed) => {
            refused_in_place(expect, bytes, malformed);
            return Corpus::Keep;
        }
    };
    assert_eq!(found.received, bytes.len() as u64, "what was fed is what was received");
    assert!(found.body.len() <= MAX_KEPT_BODY_BYTES && found.body_bytes <= found.received);
    assert!(keep < Keep::Body || found.body_bytes == found.body.len() as u64);
    assert!(keep == Keep::Body || found.body.is_empty());
    assert!(!found.keep_alive || found.ended.is_ok() && (200..=999).contains(&found.status));
    assert!(found.progress != Progress::Done || found.ended.is_ok() && found.status >= 101);
    Corpus::Keep
});
