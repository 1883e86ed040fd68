//! Text that looks like text: words, sentences, paragraphs, of about a wanted length.

use rand::Rng;

use super::words::WORDS;

/// Words of a sentence, shortest and longest.
const SENTENCE: (u32, u32) = (6, 14);
/// Sentences of a paragraph, fewest and most.
const PARAGRAPH: (u32, u32) = (2, 5);

/// A number from `low` to `high`, both included. The bias of the multiplication is below one in ten million.
pub(super) fn between(random: &mut impl Rng, (low, high): (u32, u32)) -> u32 {
    let span = u64::from(high - low) + 1;
    let picked = (u64::from(random.next_u32()) * span) >> 32;
    // Less than `span`, which fits.
    low + u32::try_from(picked).unwrap_or(0)
}

/// One word.
pub(super) fn word(random: &mut impl Rng) -> &'static str {
    let last = u32::try_from(WORDS.len() - 1).unwrap_or(0);
    WORDS[between(random, (0, last)) as usize]
}

/// Paragraphs of sentences, at most `bytes` long and at most a word shorter.
pub(super) fn body(random: &mut impl Rng, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes);
    'text: loop {
        for _ in 0..between(random, PARAGRAPH) {
            for place in 0..between(random, SENTENCE) {
                let word = word(random);
                if text.len() + word.len() + 2 > bytes {
                    break 'text; // one byte for the space, one for the full stop
                }
                if place == 0 {
                    push_capitalised(&mut text, word);
                } else {
                    text.push(' ');
                    text.push_str(word);
                }
            }
            text.push_str(". ");
        }
        text.truncate(text.trim_end().len());
        text.push_str("\n\n");
    }
    text.truncate(text.trim_end().len());
    if !text.ends_with('.') {
        text.push('.');
    }
    text
}

/// A question in a line, at most `bytes` long and at most a word shorter.
pub(super) fn title(random: &mut impl Rng, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes);
    push_capitalised(&mut text, word(random));
    loop {
        let word = word(random);
        if text.len() + word.len() + 2 > bytes {
            text.push('?');
            return text;
        }
        text.push(' ');
        text.push_str(word);
    }
}

/// A word with a capital, as in a name.
pub(super) fn push_capitalised(text: &mut String, word: &str) {
    let mut letters = word.chars();
    text.extend(letters.next().map(|first| first.to_ascii_uppercase()));
    text.push_str(letters.as_str());
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    use super::*;

    /// The longest word, plus its space and full stop.
    const SLACK: usize = 11;

    #[test]
    fn text_is_as_long_as_wanted_but_for_a_word() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        for bytes in [40, 100, 1_500, 30_000] {
            let text = body(&mut random, bytes);
            assert!(text.len() <= bytes && text.len() + SLACK + 4 >= bytes, "{} for {bytes}", text.len());
            assert!(text.ends_with('.') && !text.contains("\n\n\n"), "{text}");
        }
        for bytes in [20, 60, 120] {
            let text = title(&mut random, bytes);
            assert!(text.len() <= bytes && text.len() + SLACK >= bytes, "{text}");
        }
    }

    #[test]
    fn the_vocabulary_is_some_hundred_distinct_plain_words() {
        let mut words = WORDS.clone();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), WORDS.len(), "a word is listed twice");
        assert!(words.len() >= 300);
        assert!(
            words
                .iter()
                .all(|word| word.len() + 2 <= SLACK && word.bytes().all(|byte| byte.is_ascii_lowercase()))
        );
    }
}
