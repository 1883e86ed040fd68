//! Votes.

use super::{Post, Rejection, Timestamp, UserId};

/// What a member thinks of a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Vote {
    /// It is useful.
    Up,
    /// It is not.
    Down,
}

impl Vote {
    /// Reads a vote as sent.
    ///
    /// # Errors
    /// When it is neither 1 nor -1.
    pub fn parse(value: i64) -> Result<Self, Rejection> {
        match value {
            1 => Ok(Self::Up),
            -1 => Ok(Self::Down),
            other => {
                let message = format!("a vote is 1 or -1, found {other}");
                Err(Rejection::new("value", "vote_invalid", message))
            }
        }
    }

    /// What it adds to the score.
    #[must_use]
    pub const fn value(self) -> i32 {
        match self {
            Self::Up => 1,
            Self::Down => -1,
        }
    }
}

/// A wish about one's own vote: the vote to have from now on, or none.
#[derive(Clone, Copy, Debug)]
pub struct Ballot {
    /// On what.
    pub post: Post,
    /// Whose.
    pub voter: UserId,
    /// What he thinks from now on; `None` takes his vote back.
    pub vote: Option<Vote>,
    /// When.
    pub cast_at: Timestamp,
}

/// How a post stands after a vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Votes for it less votes against it.
    pub score: i32,
    /// The voter's own vote.
    pub own: Option<Vote>,
}

/// What a changed mind adds to the score.
#[must_use]
pub fn swing(before: Option<Vote>, after: Option<Vote>) -> i32 {
    after.map_or(0, Vote::value) - before.map_or(0, Vote::value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vote_is_plus_or_minus_one() {
        for (value, expected) in [
            (1, Ok(Vote::Up)),
            (-1, Ok(Vote::Down)),
            (0, Err("vote_invalid")),
            (2, Err("vote_invalid")),
            (i64::MIN, Err("vote_invalid")),
        ] {
            assert_eq!(Vote::parse(value).map_err(|rejection| rejection.code), expected, "{value}");
        }
    }

    #[test]
    fn a_changed_mind_swings_the_score_by_the_difference() {
        let (up, down) = (Some(Vote::Up), Some(Vote::Down));
        for (before, after, expected) in [
            (None, up, 1),
            (None, down, -1),
            (up, down, -2),
            (down, up, 2),
            (up, None, -1),
            (down, None, 1),
            (up, up, 0),
            (None, None, 0),
        ] {
            assert_eq!(swing(before, after), expected, "{before:?} {after:?}");
        }
    }
}
