//! The vocabulary of made-up text: common short English words.

use std::sync::LazyLock;

/// The words of `words.txt`; their order is part of what a seed means, so new ones go to the end.
pub(super) static WORDS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| include_str!("words.txt").split_whitespace().collect());
