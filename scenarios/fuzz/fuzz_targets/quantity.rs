//! Numbers as people write them: whatever stands there, it is read or refused with a message that can be shown.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use scenarios::conventions::Conventions;
use scenarios::read_quantity;
use scenarios::units::Dimension;

/// What may be due where a number stands; nothing in particular where a formula stands.
const EXPECTED: [Option<Dimension>; 8] = [
    None,
    Some(Dimension::NONE),
    Some(Dimension::BYTES),
    Some(Dimension::TIME),
    Some(Dimension::RATE),
    Some(Dimension::BANDWIDTH),
    Some(Dimension::MONEY),
    Some(Dimension::PRICE),
];

fuzz_target!(|data: &[u8]| -> Corpus {
    // The first byte chooses what is due.
    let Some((first, text)) = data.split_first() else { return Corpus::Reject };
    let Ok(text) = std::str::from_utf8(text) else { return Corpus::Reject };
    let expected = EXPECTED[usize::from(*first) % EXPECTED.len()];
    match read_quantity(text, expected, &Conventions::default()) {
        Ok(read) => {
            assert!(0.0 <= read.low && read.low <= read.high && read.high.is_finite(), "{text}: {read:?}");
            assert!(expected.is_none_or(|expected| expected == read.dimension), "{text}: {read:?}");
        }
        Err(error) => {
            assert!(error.advice().is_some_and(|hint| !hint.is_empty()), "{text}: {error}");
            // Drawing it is the slow part, and depends on little of the text.
            if first.is_ascii_uppercase() {
                drop(error.render("number", text));
            }
        }
    }
    Corpus::Keep
});
