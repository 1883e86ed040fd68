//! Doing a write once, however often it is sent.
//!
//! The key of a request ([`RetryKey`]) is kept by the transaction that carries the write out, together with the number
//! the write replied: either both are there or neither. A layer that kept the answer after the write would lose it in
//! a crash between the two, and the retry would write again. From the number the handler makes the same answer again,
//! because it is given the same request.
//!
//! A key belongs to the first write of a request whose reply can be kept. What a handler does as two writes is redone
//! in part by a retry: what belongs together is one method of the store.

use std::time::Duration;

use crate::context;
use crate::domain::{AnswerId, CommentId, QuestionId, RetryKey, SessionId, Tally, User, UserId};

/// How long a key is remembered.
pub(super) const KEPT: Duration = Duration::from_hours(24);
/// Forgotten keys that each write with a key clears away: more than one, so that they become fewer.
pub(super) const CLEARED: i64 = 8;

/// What a write replies, and whether it can be given again.
pub(crate) trait Repeatable: Sized {
    /// Whether it can be kept as a number.
    const IS_KEPT: bool = false;

    /// The number to keep.
    fn kept(&self) -> Option<i64> {
        None
    }

    /// The same reply again.
    fn given_again(_: i64) -> Option<Self> {
        None
    }
}

/// Identifiers of what was made: a new kind is one more word.
macro_rules! kept {
    ($($name:ident),+ $(,)?) => {$(
        impl Repeatable for $name {
            const IS_KEPT: bool = true;

            fn kept(&self) -> Option<i64> {
                Some(self.get())
            }

            fn given_again(number: i64) -> Option<Self> {
                Some(Self::new(number))
            }
        }
    )+};
}

/// Replies of writes that do no harm when they are done twice.
macro_rules! not_kept {
    ($($name:ty),+ $(,)?) => {$(impl Repeatable for $name {})+};
}

kept!(AnswerId, CommentId, QuestionId, UserId);
// A log-in comes with a secret that is not kept, so it cannot be answered again.
not_kept!(SessionId, Option<SessionId>, Tally, User, bool, i64, u64);

/// A write that replies nothing: that it was done is kept all the same.
impl Repeatable for () {
    const IS_KEPT: bool = true;

    fn kept(&self) -> Option<i64> {
        Some(0)
    }

    fn given_again(_: i64) -> Option<Self> {
        Some(())
    }
}

/// The key of the request being served, for the first write that can use it.
pub(super) fn key_for<Reply: Repeatable>() -> Option<RetryKey> {
    if Reply::IS_KEPT { context::current()?.take_retry() } else { None }
}
