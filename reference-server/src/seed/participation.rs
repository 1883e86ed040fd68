//! What members do with posts: votes, comments, and which answer helped.
//!
//! As much as on a large forum: 4.0 votes and 1.51 comments on a post (votes, comments and posts of Stack Exchange's
//! dump of April 2024), 12 votes against in a hundred (24.9 M for and 3.6 M against in 2016), 0.42 accepted answers to a
//! question (1.5 M to 3.6 M in 2016). How many there are on one post is geometric, which is an assumption. Whether
//! anybody is told of it is left out: a made-up member has read everything.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, RngExt};

use super::population::{END_MS, History, answer_delay, geometric, randomness};
use super::prose::between;

/// Mean number of votes on a post.
const VOTES_MEAN: f64 = 4.0;
/// Most votes on a post.
const VOTES_MAX: u32 = 200;
/// Share of votes that are against it: 3.6 of 28.5.
const AGAINST: f64 = 0.126;
/// Mean number of comments on a post.
const COMMENTS_MEAN: f64 = 1.51;
/// Most comments on a post.
const COMMENTS_MAX: u32 = 30;
/// Share of answered questions that have an accepted answer: 0.42 of all, and geometric answers with mean 1.5 leave 60 %
/// with one at all.
const ACCEPTED: f64 = 0.7;

/// What is counted in the row of a post.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    /// Votes for it.
    pub(super) up: u32,
    /// Votes against it.
    pub(super) down: u32,
    /// Comments on it.
    pub(super) comments: u32,
}

impl Counts {
    /// Votes for it less votes against it.
    pub(super) fn score(self) -> i64 {
        i64::from(self.up) - i64::from(self.down)
    }
}

/// A comment before it has a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Remark {
    /// When, in milliseconds since 1970.
    pub(super) created_at: i64,
    /// The question it belongs to, from 1.
    pub(super) question: u32,
    /// The answer it is on, from 1; 0 if it is on the question.
    pub(super) answer: u32,
}

/// Everything members do with posts, without texts and names.
pub(super) struct Participation {
    /// By question, from 1.
    pub(super) questions: Vec<Counts>,
    /// By answer, from 1.
    pub(super) answers: Vec<Counts>,
    /// The answer that helped, by question; 0 for none.
    pub(super) accepted: Vec<u32>,
    /// The comments, oldest first.
    pub(super) comments: Vec<Remark>,
}

impl Participation {
    /// Nobody does anything.
    pub(super) fn none(history: &History) -> Self {
        let (questions, answers) = (history.asked_at.len(), history.answers.len());
        Self {
            questions: vec![Counts::default(); questions],
            answers: vec![Counts::default(); answers],
            accepted: vec![0; questions],
            comments: Vec::new(),
        }
    }

    /// Draws what `members` do, and moves the moments at which questions were last active.
    pub(super) fn draw(seed: u64, history: &mut History, members: u32) -> Self {
        let mut random = randomness(seed, "participation");
        let mut all = Self::none(history);
        // Everybody votes once and nobody for himself; half of all is enough to draw voters without much luck.
        let voters = (members.saturating_sub(1) / 2).min(VOTES_MAX);
        for (number, asked_at) in (1_u32..).zip(&history.asked_at) {
            let counts = &mut all.questions[number as usize - 1];
            *counts = post(&mut random, voters);
            all.comments.extend(remarks(&mut random, counts.comments, (number, 0), *asked_at));
        }
        let helped: Vec<bool> = all.accepted.iter().map(|_| random.random::<f64>() < ACCEPTED).collect();
        for (number, answer) in (1_u32..).zip(&history.answers) {
            let counts = &mut all.answers[number as usize - 1];
            *counts = post(&mut random, voters);
            let place = (answer.question, number);
            all.comments.extend(remarks(&mut random, counts.comments, place, answer.created_at));
            let question = answer.question as usize - 1;
            if helped[question] && all.accepted[question] == 0 {
                all.accepted[question] = number;
            }
        }
        all.comments.sort_unstable();
        for remark in &all.comments {
            let active_at = &mut history.active_at[remark.question as usize - 1];
            *active_at = (*active_at).max(remark.created_at);
        }
        all
    }
}

fn post(random: &mut impl Rng, voters: u32) -> Counts {
    let cast = geometric(random, VOTES_MEAN, VOTES_MAX).min(voters);
    let down = (0..cast).filter(|_| random.random::<f64>() < AGAINST).count();
    // At most as many as there are.
    let down = u32::try_from(down).unwrap_or(cast);
    Counts { up: cast - down, down, comments: geometric(random, COMMENTS_MEAN, COMMENTS_MAX) }
}

fn remarks(random: &mut impl Rng, count: u32, (question, answer): (u32, u32), since: i64) -> Vec<Remark> {
    let mut remark = || Remark { created_at: later(random, since), question, answer };
    (0..count).map(|_| remark()).collect()
}

fn later(random: &mut impl Rng, since: i64) -> i64 {
    (since + answer_delay(random)).min(END_MS - 1)
}

/// Draws who votes.
pub(super) struct Voters {
    random: ChaCha8Rng,
    members: u32,
}

impl Voters {
    /// The voters of a seed.
    pub(super) fn new(seed: u64, members: u32) -> Self {
        Self { random: randomness(seed, "voters"), members }
    }

    /// Different members, none of them the author, each with his vote and when he cast it.
    pub(super) fn of(&mut self, counts: Counts, author: usize, since: i64) -> Vec<(u32, i32, i64)> {
        let mut cast: Vec<(u32, i32, i64)> = Vec::new();
        for place in 0..counts.up + counts.down {
            let member = loop {
                let member = between(&mut self.random, (1, self.members));
                if member as usize != author && cast.iter().all(|(known, ..)| *known != member) {
                    break member;
                }
            };
            let value = if place < counts.up { 1 } else { -1 };
            cast.push((member, value, later(&mut self.random, since)));
        }
        cast
    }
}

#[cfg(test)]
mod tests {
    use super::super::population::history;
    use super::*;

    #[test]
    fn there_is_as_much_on_a_post_as_on_a_large_forum() {
        let mut history = history(7, 20_000);
        let all = Participation::draw(7, &mut history, 10_000);
        let posts = f64::from(u32::try_from(all.questions.len() + all.answers.len()).expect("few"));
        let sum =
            |of: fn(&Counts) -> u32| f64::from(all.questions.iter().chain(&all.answers).map(of).sum::<u32>());
        let (up, down, comments) = (sum(|post| post.up), sum(|post| post.down), sum(|post| post.comments));
        // Geometric laws have the variance m (1 + m): of the means of 50,000 posts the standard errors are 0.020 and
        // 0.0087; of the share of 200,000 votes 0.0007.
        assert!(((up + down) / posts - VOTES_MEAN).abs() < 0.08, "{up} {down}");
        assert!((comments / posts - COMMENTS_MEAN).abs() < 0.04, "{comments}");
        assert!((down / (up + down) - AGAINST).abs() < 0.004, "{down}");
        // 0.7 of 0.6 of 20,000, with a standard error of 70.
        let accepted = all.accepted.iter().filter(|answer| **answer != 0).count();
        assert!((8_100..8_700).contains(&accepted), "{accepted}");
        for (question, answer) in (1_u32..).zip(&all.accepted) {
            assert!(*answer == 0 || history.answers[*answer as usize - 1].question == question);
        }
        assert!(all.comments.is_sorted_by_key(|remark| remark.created_at));
        assert!(all.comments.iter().all(|remark| {
            remark.created_at <= history.active_at[remark.question as usize - 1] && remark.created_at < END_MS
        }));
    }

    #[test]
    fn voters_are_different_members_and_never_the_author() {
        let mut voters = Voters::new(7, 11);
        for author in 1..=11 {
            let counts = Counts { up: 3, down: 2, comments: 0 };
            let cast = voters.of(counts, author, 0);
            let mut names: Vec<u32> = cast.iter().map(|(member, ..)| *member).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), 5, "{cast:?}");
            assert!(names.iter().all(|name| (1..=11).contains(name) && *name as usize != author));
            assert_eq!(cast.iter().map(|(_, value, _)| i64::from(*value)).sum::<i64>(), counts.score());
        }
    }
}
