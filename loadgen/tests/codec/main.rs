//! The codec beside hyper's client, on the same bytes: what one takes the other takes, with the same status, fields and body,
//! and both use the connection again or neither does. Where ours differs on purpose, `differences.rs` names it and says why.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `theirs.rs`, `ours.rs` | what either reader makes of bytes that come in pieces |
//! | `cases.rs` | answers that RFC 9112 is about, and those that are known to part readers |
//! | `differences.rs` | where ours differs on purpose, the reason, and an answer that shows it |
//! | `made.rs` | answers made from the cases by chance, from a seed |

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod cases;
mod differences;
mod made;
mod ours;
mod theirs;

use std::collections::BTreeMap;

use cases::CASES;
use differences::{DIFFERENCES, explanation};
use loadgen::codec::Malformed;
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

/// What a reader has made of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answered {
    status: u16,
    /// The fields of the final head by their name in small letters, each with its values in order.
    fields: BTreeMap<String, Vec<Vec<u8>>>,
    body: Vec<u8>,
    /// Whether another request may follow on the connection.
    reuse: bool,
}

/// Bytes that a server sends, and then it closes.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    bytes: Vec<u8>,
    /// The request was HEAD.
    head: bool,
}

/// What the two readers make of the same bytes.
#[derive(Clone, Debug)]
pub(crate) struct Both {
    ours: Result<Answered, Malformed>,
    hyper: Result<Answered, String>,
}

impl Both {
    fn of(sent: &Sent, pieces: &[&[u8]]) -> Both {
        Both { ours: ours::read(pieces, sent.head), hyper: theirs::read(pieces, sent.head) }
    }

    fn agree(&self) -> bool {
        match (&self.ours, &self.hyper) {
            (Ok(ours), Ok(hyper)) => ours == hyper,
            (Err(_), Err(_)) => true,
            _ => false,
        }
    }
}

/// The names of the differences that part the readers here; none when they agree.
///
/// # Panics
/// They disagree, and nothing that is named explains it.
fn parted(sent: &Sent, pieces: &[&[u8]]) -> Vec<&'static str> {
    let both = Both::of(sent, pieces);
    if both.agree() {
        return Vec::new();
    }
    explanation(sent, &both)
        .unwrap_or_else(|| panic!("HEAD {} of {}\n{both:#?}", sent.head, sent.bytes.escape_ascii()))
}

#[test]
fn answers_of_the_standard_are_read_as_hyper_reads_them() {
    for (name, text) in CASES {
        let mut sent = Sent { bytes: text.as_bytes().to_vec(), head: false };
        let single: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
        for pieces in [&[text.as_bytes()][..], &single] {
            assert_eq!(parted(&sent, pieces), [""; 0], "{name}");
        }
        // Whoever asked for a head gets no body: it is more than the answer, or a difference that has a name.
        sent.head = true;
        parted(&sent, &[&sent.bytes]);
    }
}

#[test]
fn each_difference_that_is_named_is_still_there() {
    for difference in DIFFERENCES {
        for text in difference.examples {
            let sent = Sent { bytes: differences::example(text), head: false };
            let found = parted(&sent, &[&sent.bytes]);
            assert_eq!(found, [difference.name], "{text:?}");
        }
        assert!(difference.why.contains("RFC 91"), "{}: where it is written", difference.name);
    }
}

/// Enough that every difference comes up by chance, and quick.
const MADE: u64 = 20_000;

#[test]
fn answers_made_by_chance_are_read_as_hyper_reads_them_or_the_difference_has_a_name() {
    // HEADROOM_MADE=1000000 looks longer.
    let made = std::env::var("HEADROOM_MADE").ok().map_or(MADE, |text| text.parse().unwrap());
    let mut random = ChaCha8Rng::seed_from_u64(4);
    let (mut complete, mut refused) = (0_u64, 0_u64);
    let mut named: BTreeMap<&str, u64> = BTreeMap::new();
    for _ in 0..made {
        let sent = Sent { bytes: made::bytes(&mut random), head: random.random_ratio(1, 8) };
        let pieces = made::pieces(&mut random, &sent.bytes);
        let parting = parted(&sent, &pieces);
        if parting.is_empty() {
            let is_complete = ours::read(&pieces, sent.head).is_ok();
            complete += u64::from(is_complete);
            refused += u64::from(!is_complete);
        }
        for name in parting {
            *named.entry(name).or_default() += 1;
        }
    }
    println!("of {made}: {complete} complete, {refused} refused by both, {named:?}");
    // Made answers that nobody takes, or that nobody refuses, would show little.
    assert!(complete > made / 20 && refused > made / 20, "{complete} and {refused}");
}
