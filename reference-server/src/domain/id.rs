//! Identifiers: numbers that cannot be mixed up.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Text that is not an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an identifier is a whole number from 1 to 9223372036854775807")]
pub struct NotAnId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(i64);

        impl $name {
            /// The identifier the database gave out.
            #[must_use]
            pub const fn new(number: i64) -> Self {
                Self(number)
            }

            /// The number, as the database keeps it.
            #[must_use]
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                // Digits only: `+1` and ` 1` would be second spellings of the same address.
                if !text.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(NotAnId);
                }
                text.parse().ok().filter(|number| *number > 0).map(Self).ok_or(NotAnId)
            }
        }
    };
}

id!(
    /// Who.
    UserId
);
id!(
    /// Which question; it grows with time, so a list by identifier is a list by age.
    QuestionId
);
id!(
    /// Which answer.
    AnswerId
);
id!(
    /// Which comment.
    CommentId
);
id!(
    /// Which log-in; not a secret, unlike its token.
    SessionId
);
id!(
    /// Which notice.
    NoticeId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_positive_whole_numbers_are_identifiers() {
        for (text, expected) in [
            ("1", Some(1)),
            ("9223372036854775807", Some(i64::MAX)),
            ("0", None),
            ("-1", None),
            ("+1", None),
            (" 1", None),
            ("1.0", None),
            ("", None),
            ("abc", None),
            ("9223372036854775808", None), // one more than an i64 holds
        ] {
            assert_eq!(text.parse::<QuestionId>().ok().map(QuestionId::get), expected, "{text:?}");
        }
    }
}
