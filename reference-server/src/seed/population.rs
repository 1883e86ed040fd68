//! Who writes what and when.
//!
//! The number of answers to a question is geometric with mean 1.5 (the stock of a large forum in 2024),
//! capped. Authors are drawn by Zipf's law with exponent 1 over members, which is Lotka's law with exponent 2
//! for the number of people who wrote n times. Bodies are lognormal with sigma 1. Questions are spread evenly
//! over three years; an answer follows its question after a day on average.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, RngExt, SeedableRng};
use rand_distr::{Distribution, LogNormal, Normal, Zipf};
use sha2::{Digest, Sha256};

use super::prose;

/// The end of the made-up history: the start of 2026 in UTC, in milliseconds since 1970.
pub(super) const END_MS: i64 = 1_767_225_600_000;
/// A day in milliseconds.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// The length of the history.
const HISTORY_MS: i64 = 3 * 365 * DAY_MS;
/// Accounts were opened in the year before it.
const OPENING_MS: i64 = 365 * DAY_MS;
/// Mean number of answers to a question.
const ANSWERS_MEAN: f64 = 1.5;
/// Most answers to a question.
const ANSWERS_MAX: u32 = 30;
/// Mean time from a question to an answer, in days.
const ANSWER_DELAY_DAYS: f64 = 1.0;
/// Zipf's exponent for authors by rank.
const AUTHOR_EXPONENT: f64 = 1.0;
/// Bytes of a title: mean and standard deviation, then the least and the most.
const TITLE: (f64, f64, f64, f64) = (60.0, 15.0, 20.0, 120.0);
/// Sigma of all lengths of bodies.
const LENGTH_SIGMA: f64 = 1.0;
/// Bytes of a body, least and most.
const BODY_RANGE: (f64, f64) = (40.0, 30_000.0);
/// Mean bytes of a question's body.
const QUESTION_MEAN: f64 = 1_500.0;
/// Mean bytes of an answer's body.
const ANSWER_MEAN: f64 = 1_100.0;
/// Mean bytes of a comment.
const COMMENT_MEAN: f64 = 180.0;
/// Bytes of a comment, least and most.
const COMMENT_RANGE: (f64, f64) = (20.0, 1_000.0);
/// Mean bytes of what a member says about himself, so that a member takes some 400 bytes with name, row and
/// index.
const ABOUT_MEAN: f64 = 290.0;
/// Bytes of that text, least and most.
const ABOUT_RANGE: (f64, f64) = (40.0, 1_800.0);

/// Randomness for one purpose. Each purpose has its own, so that more visitors do not change the questions.
pub(super) fn randomness(seed: u64, purpose: &str) -> ChaCha8Rng {
    let digest = Sha256::new().chain_update(purpose).chain_update(seed.to_le_bytes()).finalize();
    ChaCha8Rng::from_seed(digest.into())
}

/// A lognormal length with the given mean, cut to a range.
struct Length {
    law: LogNormal<f64>,
    range: (f64, f64),
}

impl Length {
    fn new(mean: f64, range: (f64, f64)) -> Option<Self> {
        // The mean of a lognormal law is exp(mu + sigma² / 2).
        let mu = mean.ln() - LENGTH_SIGMA * LENGTH_SIGMA / 2.0;
        Some(Self { law: LogNormal::new(mu, LENGTH_SIGMA).ok()?, range })
    }

    fn draw(&self, random: &mut impl Rng) -> usize {
        whole(self.law.sample(random).clamp(self.range.0, self.range.1))
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive and far below 2^53")]
fn whole(value: f64) -> usize {
    value as usize
}

/// When something happens that is `share` of the way from the start to the end of the history.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "three years in ms are below 2^53"
)]
fn moment(share: f64) -> i64 {
    END_MS - HISTORY_MS + (share * HISTORY_MS as f64) as i64
}

/// A question or an answer before it has a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Post {
    /// The question it is or belongs to, from 1.
    pub(super) question: u32,
    /// When, in milliseconds since 1970.
    pub(super) created_at: i64,
}

/// The whole history without its texts.
pub(super) struct History {
    /// How many answers each question has, from question 1.
    pub(super) answer_counts: Vec<u32>,
    /// When each question was asked.
    pub(super) asked_at: Vec<i64>,
    /// When each question was asked or last answered.
    pub(super) active_at: Vec<i64>,
    /// The answers, oldest first.
    pub(super) answers: Vec<Post>,
}

/// Draws the history of `questions` questions.
pub(super) fn history(seed: u64, questions: u32) -> History {
    let mut random = randomness(seed, "history");
    let mut history = History {
        answer_counts: Vec::new(),
        asked_at: Vec::new(),
        active_at: Vec::new(),
        answers: Vec::new(),
    };
    for number in 0..questions {
        let place: f64 = random.random();
        let asked_at = moment((f64::from(number) + place) / f64::from(questions));
        let count = geometric(&mut random, ANSWERS_MEAN, ANSWERS_MAX);
        let mut active_at = asked_at;
        for _ in 0..count {
            let delay = answer_delay(&mut random);
            let created_at = (asked_at + delay).min(END_MS - 1);
            active_at = active_at.max(created_at);
            history.answers.push(Post { question: number + 1, created_at });
        }
        history.answer_counts.push(count);
        history.asked_at.push(asked_at);
        history.active_at.push(active_at);
    }
    // Answers get their numbers in the order in which they were written, so that those to one question lie
    // apart, as in life.
    history.answers.sort_by_key(|post| (post.created_at, post.question));
    history
}

/// Geometric from 0 with a mean m: the chance to stop is 1 / (1 + m).
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cut to a small range first")]
pub(super) fn geometric(random: &mut impl Rng, mean: f64, most: u32) -> u32 {
    let go_on = mean / (1.0 + mean);
    let chance: f64 = 1.0 - random.random::<f64>(); // in (0, 1]
    (chance.ln() / go_on.ln()).clamp(0.0, f64::from(most)) as u32
}

/// Time until an answer or whatever else a post sets off, in milliseconds.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "some days in ms are below 2^53"
)]
pub(super) fn answer_delay(random: &mut impl Rng) -> i64 {
    let chance: f64 = 1.0 - random.random::<f64>(); // in (0, 1]
    (-chance.ln() * ANSWER_DELAY_DAYS * DAY_MS as f64) as i64
}

/// Draws authors and texts for posts.
pub(super) struct Writers {
    random: ChaCha8Rng,
    authors: Zipf<f64>,
    titles: Normal<f64>,
    lengths: Length,
}

impl Writers {
    /// Writers of questions among `members`; `None` without members.
    pub(super) fn of_questions(seed: u64, members: u32) -> Option<Self> {
        Self::new(randomness(seed, "questions"), members, QUESTION_MEAN, BODY_RANGE)
    }

    /// Writers of answers among `members`; `None` without members.
    pub(super) fn of_answers(seed: u64, members: u32) -> Option<Self> {
        Self::new(randomness(seed, "answers"), members, ANSWER_MEAN, BODY_RANGE)
    }

    /// Writers of comments among `members`; `None` without members.
    pub(super) fn of_comments(seed: u64, members: u32) -> Option<Self> {
        Self::new(randomness(seed, "comments"), members, COMMENT_MEAN, COMMENT_RANGE)
    }

    fn new(random: ChaCha8Rng, members: u32, mean: f64, range: (f64, f64)) -> Option<Self> {
        Some(Self {
            random,
            authors: Zipf::new(f64::from(members), AUTHOR_EXPONENT).ok()?,
            titles: Normal::new(TITLE.0, TITLE.1).ok()?,
            lengths: Length::new(mean, range)?,
        })
    }

    /// Who writes: a member's number, from 1.
    pub(super) fn author(&mut self) -> usize {
        whole(self.authors.sample(&mut self.random))
    }

    /// A title.
    pub(super) fn title(&mut self) -> String {
        let bytes = whole(self.titles.sample(&mut self.random).clamp(TITLE.2, TITLE.3));
        prose::title(&mut self.random, bytes)
    }

    /// A body.
    pub(super) fn body(&mut self) -> String {
        let bytes = self.lengths.draw(&mut self.random);
        prose::body(&mut self.random, bytes)
    }
}

/// A member before he has a number.
pub(super) struct Member {
    /// The name that is shown.
    pub(super) display_name: String,
    /// A word to begin the unique name with.
    pub(super) word: &'static str,
    /// What he says about himself.
    pub(super) about: String,
}

/// Draws members.
pub(super) struct Members {
    random: ChaCha8Rng,
    abouts: Length,
}

impl Members {
    /// Members for one purpose.
    pub(super) fn new(seed: u64, purpose: &str) -> Option<Self> {
        Some(Self { random: randomness(seed, purpose), abouts: Length::new(ABOUT_MEAN, ABOUT_RANGE)? })
    }

    /// The next one.
    pub(super) fn next(&mut self) -> Member {
        let word = prose::word(&mut self.random);
        let mut display_name = String::new();
        prose::push_capitalised(&mut display_name, word);
        display_name.push(' ');
        prose::push_capitalised(&mut display_name, prose::word(&mut self.random));
        let bytes = self.abouts.draw(&mut self.random);
        Member { display_name, word, about: prose::body(&mut self.random, bytes) }
    }
}

/// When account `number` of `total` was opened.
pub(super) fn opened_at(number: u32, total: u32) -> i64 {
    let start = END_MS - HISTORY_MS - OPENING_MS;
    start + OPENING_MS * i64::from(number) / i64::from(total.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_history_has_the_mean_number_of_answers_and_stays_in_its_years() {
        let History { answer_counts, asked_at, active_at, answers } = history(7, 20_000);
        let total: u32 = answer_counts.iter().sum();
        assert_eq!(answers.len(), total as usize);
        // The variance of a geometric law with mean m is m (1 + m) = 3.75, so the mean of 20,000 has a
        // standard error of 0.014.
        let mean = f64::from(total) / 20_000.0;
        assert!((mean - ANSWERS_MEAN).abs() < 0.06, "{mean}");
        assert!(answer_counts.iter().all(|count| *count <= ANSWERS_MAX));
        assert!(asked_at.is_sorted() && answers.is_sorted_by_key(|post| post.created_at));
        let mut last = asked_at.clone();
        for post in &answers {
            let question = post.question as usize - 1;
            assert!(asked_at[question] <= post.created_at && post.created_at < END_MS);
            last[question] = last[question].max(post.created_at);
        }
        assert_eq!(active_at, last);
    }

    #[test]
    fn few_write_much_and_many_write_once() {
        // Zipf with exponent 1 over 1,000 members: the first has 1 / H(1000) = 1 / 7.485 = 13.4 % of the
        // posts.
        let mut writers = Writers::of_questions(7, 1_000).expect("members");
        let firsts = (0..20_000).filter(|_| writers.author() == 1).count();
        assert!(
            (2_400..2_950).contains(&firsts),
            "{firsts} of 20,000, expected 2,672 with a standard error of 48"
        );
    }

    #[test]
    fn lengths_have_the_mean_they_are_asked_for() {
        let length = Length::new(1_500.0, BODY_RANGE).expect("a law");
        let mut random = randomness(7, "test");
        let total: usize = (0..50_000).map(|_| length.draw(&mut random)).sum();
        // The standard deviation is 1,500 × sqrt(e − 1) = 1,966, so the mean of 50,000 has a standard error
        // of 9.
        let mean = total / 50_000;
        assert!((1_455..1_545).contains(&mean), "{mean}");
    }
}
