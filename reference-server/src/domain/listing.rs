//! Lists of questions: in which order, of which tag, and where a page starts.

use super::{QuestionId, QuestionSummary, Rejection, TagName};

/// The order of a list of questions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QuestionOrder {
    /// The newest first.
    #[default]
    Newest,
    /// The one in which something happened last first.
    Active,
    /// The one with the highest score first; of equal ones the newest.
    Top,
    /// Only those without an answer, the newest first.
    Unanswered,
}

impl QuestionOrder {
    /// All of them.
    pub const ALL: [QuestionOrder; 4] = [Self::Newest, Self::Active, Self::Top, Self::Unanswered];

    /// The name in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Active => "active",
            Self::Top => "top",
            Self::Unanswered => "unanswered",
        }
    }

    /// Reads a name.
    ///
    /// # Errors
    /// Names the orders there are.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        Self::ALL.into_iter().find(|order| order.name() == text).ok_or_else(|| {
            Rejection::new("sort", "sort_unknown", "sort is newest, active, top or unanswered")
        })
    }

    /// Before the first question of any list in this order.
    #[must_use]
    pub const fn start(self) -> QuestionKey {
        let value = match self {
            Self::Newest | Self::Unanswered => 0,
            Self::Active | Self::Top => i64::MAX,
        };
        QuestionKey { value, id: QuestionId::new(i64::MAX) }
    }

    /// The place of a question in a list in this order.
    #[must_use]
    pub fn key(self, question: &QuestionSummary) -> QuestionKey {
        let value = match self {
            Self::Newest | Self::Unanswered => 0,
            Self::Active => question.active_at.unix_ms(),
            Self::Top => question.score,
        };
        QuestionKey { value, id: question.id }
    }
}

/// A list of questions. Deleted ones are in none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuestionList {
    /// In which order.
    pub order: QuestionOrder,
    /// Only those with this tag.
    pub tag: Option<TagName>,
}

/// A place in a list of questions: right after the question with this key.
///
/// `value` is what the list is ordered by, such as the score; the identifier makes the order total. It is the
/// place and not the question, so that a page can be asked for even when its question is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct QuestionKey {
    /// What the list is ordered by; in a list by age nothing, that is 0.
    pub value: i64,
    /// The question.
    pub id: QuestionId,
}

impl QuestionKey {
    /// The cursor clients are given. In lists by age it is the identifier alone.
    #[must_use]
    pub fn cursor(self, order: QuestionOrder) -> String {
        let Self { value, id } = self;
        match order {
            QuestionOrder::Newest | QuestionOrder::Unanswered => id.to_string(),
            QuestionOrder::Active => format!("a{value}.{id}"),
            QuestionOrder::Top => format!("t{value}.{id}"),
        }
    }

    /// Reads a cursor of a list in this order; `None` for what is none.
    #[must_use]
    pub fn from_cursor(order: QuestionOrder, text: &str) -> Option<Self> {
        let text = match order {
            QuestionOrder::Newest | QuestionOrder::Unanswered => {
                return text.parse().ok().map(|id| Self { value: 0, id });
            }
            QuestionOrder::Active => text.strip_prefix('a')?,
            QuestionOrder::Top => text.strip_prefix('t')?,
        };
        let (value, id) = text.split_once('.')?;
        Some(Self { value: value.parse().ok()?, id: id.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_only_in_its_list() {
        for order in QuestionOrder::ALL {
            let by_age = matches!(order, QuestionOrder::Newest | QuestionOrder::Unanswered);
            let key = QuestionKey { value: if by_age { 0 } else { -7 }, id: QuestionId::new(22) };
            let cursor = key.cursor(order);
            assert_eq!(QuestionKey::from_cursor(order, &cursor), Some(key), "{cursor}");
            for text in ["", "x", "a", "t.", "a1.", "t1.0", "a1.-2", "a.3", "1.2", "a99999999999999999999.1"]
            {
                assert_eq!(QuestionKey::from_cursor(order, text), None, "{order:?} {text:?}");
            }
        }
        assert_eq!(QuestionKey::from_cursor(QuestionOrder::Top, "a1.2"), None);
        assert_eq!(QuestionKey::from_cursor(QuestionOrder::Newest, "t1.2"), None);
    }
}
