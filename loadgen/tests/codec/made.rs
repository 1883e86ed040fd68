//! Answers made from the cases by chance: bytes changed, words put in, stretches doubled, moved or left out, and all of it
//! cut anywhere.

use rand::{RngExt, rngs::ChaCha8Rng};

use crate::cases::CASES;
use crate::differences::{DIFFERENCES, example};

/// What decides about framing, and what lies beside it.
const WORDS: &[&[u8]] = &[
    b"\r\n",
    b"\n",
    b"\r",
    b"\r\n\r\n",
    b" ",
    b"\t",
    b":",
    b",",
    b";",
    b"\0",
    b"\x7f",
    b"\xff",
    b"0",
    b"1",
    b"a",
    b"5",
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.0 200 OK\r\n",
    b"HTTP/1.1 204 \r\n",
    b"HTTP/1.1 304 \r\n",
    b"HTTP/1.1 100 \r\n\r\n",
    b"HTTP/1.1 101 \r\n",
    b"Content-Length: ",
    b"Content-Length: 5\r\n",
    b"Transfer-Encoding: ",
    b"Transfer-Encoding: chunked\r\n",
    b"chunked",
    b"gzip, ",
    b"Connection: close\r\n",
    b"Connection: keep-alive\r\n",
    b"keep-alive",
    b"close",
    b"0\r\n\r\n",
    b"5\r\nhello\r\n",
    b"X: y\r\n",
    b"18446744073709551615",
    b";a=b",
];
/// A word is rather short, and so are stretches.
const LONGEST_STRETCH: usize = 24;
const MOST_CHANGES: u32 = 4;
/// A piece of more bytes than this is as good as the whole.
const LONGEST_PIECE: usize = 40;

/// An answer, or what is left of one.
pub(crate) fn bytes(random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = one(random);
    for _ in 0..random.random_range(0..=MOST_CHANGES) {
        change(random, &mut bytes);
    }
    bytes
}

/// A case, or an example of a difference that is not long.
fn one(random: &mut ChaCha8Rng) -> Vec<u8> {
    if random.random_ratio(1, 6) {
        let difference = &DIFFERENCES[random.random_range(0..DIFFERENCES.len())];
        let text = difference.examples[random.random_range(0..difference.examples.len())];
        if !text.contains("{many") {
            return example(text);
        }
    }
    CASES[random.random_range(0..CASES.len())].1.as_bytes().to_vec()
}

fn change(random: &mut ChaCha8Rng, bytes: &mut Vec<u8>) {
    let at = random.random_range(0..=bytes.len());
    let end = (at + random.random_range(1..=LONGEST_STRETCH)).min(bytes.len());
    match random.random_range(0..6) {
        0 if at < bytes.len() => bytes[at] = random.random(),
        1 => drop(bytes.drain(at..end)),
        2 => {
            let stretch = bytes[at..end].to_vec();
            let to = random.random_range(0..=bytes.len());
            bytes.splice(to..to, stretch);
        }
        3 => bytes.truncate(at),
        4 => {
            let other = one(random);
            let from = random.random_range(0..=other.len());
            bytes.splice(at..end, other[from..].iter().copied());
        }
        _ => {
            let word = WORDS[random.random_range(0..WORDS.len())];
            bytes.splice(at..at, word.iter().copied());
        }
    }
}

/// The bytes in pieces; now and then in one.
pub(crate) fn pieces<'a>(random: &mut ChaCha8Rng, mut bytes: &'a [u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    let is_whole = random.random_ratio(1, 4);
    while !bytes.is_empty() {
        let length = if is_whole { bytes.len() } else { random.random_range(1..=LONGEST_PIECE) };
        let (piece, rest) = bytes.split_at(length.min(bytes.len()));
        pieces.push(piece);
        bytes = rest;
    }
    pieces
}
