//! Under which words made-up questions are filed.
//!
//! Tags are words of the vocabulary, drawn by Zipf's law with exponent 1: on a large forum few tags are on a
//! great part of all questions and most are rare. The exponent is an assumption.

use rand::rngs::ChaCha8Rng;
use rand_distr::{Distribution, Zipf};

use super::population::randomness;
use super::prose;
use super::words::WORDS;

/// How many tags there are.
const TAGS: usize = 200;
/// Tags of a question, fewest and most.
const TAGS_OF_A_QUESTION: (u32, u32) = (1, 5);
/// Zipf's exponent for tags by rank.
const EXPONENT: f64 = 1.0;

/// Draws tags.
pub(super) struct Filing {
    random: ChaCha8Rng,
    ranks: Zipf<f64>,
}

impl Filing {
    /// The tags of a seed.
    pub(super) fn new(seed: u64) -> Option<Self> {
        let tags = u32::try_from(TAGS).ok()?;
        Some(Self { random: randomness(seed, "tags"), ranks: Zipf::new(f64::from(tags), EXPONENT).ok()? })
    }

    /// The tags of the next question, as they are kept with it: a JSON array of names, each once. What is
    /// drawn twice counts once, so that a question has a little less on average than the range says.
    pub(super) fn tags(&mut self) -> String {
        let mut names: Vec<&str> = Vec::new();
        for _ in 0..prose::between(&mut self.random, TAGS_OF_A_QUESTION) {
            let name = WORDS[self.rank() - 1];
            if !names.contains(&name) {
                names.push(name);
            }
        }
        // Lower-case letters only, so nothing needs an escape.
        let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
        format!("[{}]", quoted.join(","))
    }

    /// From 1 to [`TAGS`].
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 to a few hundred")]
    fn rank(&mut self) -> usize {
        self.ranks.sample(&mut self.random) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_tags_are_on_many_questions_and_most_are_rare() {
        let mut filing = Filing::new(7).expect("a law");
        let (mut first, mut hundredth, mut total) = (0, 0, 0);
        for _ in 0..10_000 {
            let tags: Vec<String> = serde_json::from_str(&filing.tags()).expect("JSON");
            assert!((1..=5).contains(&tags.len()), "{tags:?}");
            total += tags.len();
            first += usize::from(tags.iter().any(|tag| tag == WORDS[0]));
            hundredth += usize::from(tags.iter().any(|tag| tag == WORDS[99]));
        }
        // Three draws on average, the first tag with 1 / H(200) = 17 % each: it is on some 40 % of the questions,
        // and the hundredth on a hundredth of 51 %.
        assert!((3_500..4_500).contains(&first), "{first}");
        assert!((25..85).contains(&hundredth), "{hundredth}");
        assert!((24_000..30_000).contains(&total), "{total}");
    }
}
