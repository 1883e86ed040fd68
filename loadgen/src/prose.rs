//! Made-up text for the bodies of requests: pronounceable, plain ASCII, no quotes, so that it needs no escaping.

use std::sync::LazyLock;

use rand::{Rng, RngExt, SeedableRng, rngs::ChaCha8Rng};

/// Common words; what is written matters less than that it compresses and indexes like prose.
const WORDS: &[&str] = &[
    "about",
    "after",
    "again",
    "always",
    "answer",
    "around",
    "because",
    "before",
    "between",
    "budget",
    "build",
    "cache",
    "change",
    "check",
    "column",
    "common",
    "connection",
    "could",
    "count",
    "current",
    "data",
    "database",
    "default",
    "different",
    "document",
    "during",
    "every",
    "example",
    "expect",
    "fail",
    "fast",
    "field",
    "file",
    "first",
    "follow",
    "found",
    "from",
    "function",
    "give",
    "group",
    "handle",
    "help",
    "high",
    "index",
    "inside",
    "instead",
    "into",
    "just",
    "keep",
    "kind",
    "know",
    "large",
    "later",
    "latency",
    "less",
    "like",
    "limit",
    "list",
    "little",
    "load",
    "local",
    "long",
    "make",
    "many",
    "measure",
    "memory",
    "message",
    "method",
    "might",
    "more",
    "most",
    "move",
    "much",
    "need",
    "never",
    "next",
    "node",
    "often",
    "only",
    "open",
    "order",
    "other",
    "page",
    "part",
    "path",
    "people",
    "place",
    "point",
    "problem",
    "process",
    "query",
    "question",
    "queue",
    "quick",
    "rate",
    "read",
    "reason",
    "request",
    "response",
    "result",
    "retry",
    "right",
    "same",
    "second",
    "server",
    "service",
    "should",
    "simple",
    "since",
    "size",
    "slow",
    "small",
    "some",
    "start",
    "state",
    "still",
    "store",
    "system",
    "table",
    "take",
    "test",
    "than",
    "that",
    "their",
    "then",
    "there",
    "thing",
    "think",
    "thread",
    "through",
    "time",
    "under",
    "until",
    "update",
    "user",
    "value",
    "wait",
    "want",
    "when",
    "where",
    "which",
    "while",
    "with",
    "without",
    "work",
    "would",
    "write",
];

/// Bytes of prose that longer texts are cut from.
const PROSE_BYTES: usize = 1 << 16;

/// One stretch of prose, made once; always the same.
static PROSE: LazyLock<String> = LazyLock::new(|| {
    let mut random = ChaCha8Rng::seed_from_u64(0x70_72_6f_73_65);
    let mut prose = String::with_capacity(PROSE_BYTES + 32);
    while prose.len() < PROSE_BYTES {
        let length = random.random_range(5..15);
        words(&mut random, length, &mut prose);
        prose.push_str(". ");
    }
    prose
});

/// Appends so many words.
pub(crate) fn words(random: &mut impl Rng, count: u32, out: &mut String) {
    for index in 0..count {
        if index > 0 {
            out.push(' ');
        }
        out.push_str(WORDS[random.random_range(0..WORDS.len())]);
    }
}

/// Appends so many bytes of prose, beginning somewhere.
pub(crate) fn text(random: &mut impl Rng, bytes: usize, out: &mut String) {
    let mut at = random.random_range(0..PROSE.len());
    let mut left = bytes;
    while left > 0 {
        let piece = left.min(PROSE.len() - at);
        out.push_str(&PROSE[at..at + piece]);
        left -= piece;
        at = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_the_length_asked_for_and_needs_no_escaping() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        for bytes in [0, 1, 1_000, PROSE_BYTES * 2 + 7] {
            let mut out = String::new();
            text(&mut random, bytes, &mut out);
            assert_eq!(out.len(), bytes);
            assert_eq!(serde_json::to_string(&out).unwrap().len(), bytes + 2);
        }
    }

    #[test]
    fn the_same_seed_writes_the_same_words() {
        let write = |seed| {
            let mut out = String::new();
            words(&mut ChaCha8Rng::seed_from_u64(seed), 9, &mut out);
            out
        };
        assert_eq!(write(3), write(3));
        assert_ne!(write(3), write(4));
        assert_eq!(write(3).split(' ').count(), 9);
    }
}
