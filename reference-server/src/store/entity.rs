//! What is counted and weighed separately, and which tables it lies in.

/// A kind of content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Entity {
    /// Questions.
    Question,
    /// Answers.
    Answer,
    /// Comments.
    Comment,
    /// Votes.
    Vote,
    /// Versions that were replaced by an edit.
    Revision,
    /// Tags, and which question has which.
    Tag,
    /// The words of questions and answers; a row is a text that can be found.
    Search,
    /// Members.
    User,
    /// Log-ins.
    Session,
    /// What members were told of others.
    Notice,
    /// Pictures of members.
    Avatar,
    /// Questions with their answers and comments, where they also lie as documents.
    Document,
}

impl Entity {
    /// All of them, in the order reports show them.
    pub const ALL: [Entity; 12] = [
        Self::Question,
        Self::Answer,
        Self::Comment,
        Self::Vote,
        Self::Revision,
        Self::Tag,
        Self::Search,
        Self::User,
        Self::Session,
        Self::Notice,
        Self::Avatar,
        Self::Document,
    ];

    /// The name in metrics and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Question => "question",
            Self::Answer => "answer",
            Self::Comment => "comment",
            Self::Vote => "vote",
            Self::Revision => "revision",
            Self::Tag => "tag",
            Self::Search => "search",
            Self::User => "user",
            Self::Session => "session",
            Self::Notice => "notification",
            Self::Avatar => "avatar",
            Self::Document => "document",
        }
    }

    /// What lies in a table, and whether the rows of the table are the things themselves; `None` for the tables of the
    /// database's own. SQLite keeps words in several tables, of which one has a row for each text.
    fn of_table(table: &str) -> Option<(Self, bool)> {
        Some(match table {
            "questions" => (Self::Question, true),
            "answers" => (Self::Answer, true),
            "comments" => (Self::Comment, true),
            "votes" => (Self::Vote, true),
            "revisions" => (Self::Revision, true),
            "tags" => (Self::Tag, true),
            "question_tags" => (Self::Tag, false),
            "question_search" | "question_search_docsize" | "answer_search" | "answer_search_docsize" => {
                (Self::Search, true)
            }
            "users" => (Self::User, true),
            "sessions" => (Self::Session, true),
            "notices" => (Self::Notice, true),
            "outbox" => (Self::Notice, false),
            "avatars" => (Self::Avatar, true),
            "question_documents" => (Self::Document, true),
            other if other.starts_with("question_search_") || other.starts_with("answer_search_") => {
                (Self::Search, false)
            }
            _ => return None,
        })
    }
}

/// How much of something there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntityStorage {
    /// What.
    pub entity: Entity,
    /// How many rows.
    pub rows: u64,
    /// Bytes on disk: the tables and their indexes.
    pub bytes: u64,
}

/// Adds up tables, given as name, bytes and rows. What has no table takes no place and is left out.
pub(super) fn weigh(tables: &[(String, i64, i64)]) -> Vec<EntityStorage> {
    let mut weights = Entity::ALL.map(|entity| EntityStorage { entity, rows: 0, bytes: 0 });
    for (table, bytes, rows) in tables {
        let Some((entity, counted)) = Entity::of_table(table) else { continue };
        for weight in weights.iter_mut().filter(|weight| weight.entity == entity) {
            weight.bytes += u64::try_from(*bytes).unwrap_or_default();
            weight.rows += if counted { u64::try_from(*rows).unwrap_or_default() } else { 0 };
        }
    }
    weights.into_iter().filter(|weight| weight.bytes > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_weighed_once_and_every_kind_has_one_on_both_databases() {
        // `retries` is the memory of requests, and no content.
        for (migrations, shadows) in [
            (
                concat!(
                    include_str!("sqlite/migrations/0001_forum.sql"),
                    include_str!("sqlite/migrations/0002_posts.sql"),
                    include_str!("sqlite/migrations/0003_finding.sql"),
                ),
                // Documents have a table only where they are wanted.
                &["question_search_data", "answer_search_idx", "question_documents"][..],
            ),
            (
                concat!(
                    include_str!("postgres/migrations/0001_forum.sql"),
                    include_str!("postgres/migrations/0002_posts.sql"),
                    include_str!("postgres/migrations/0003_finding.sql"),
                ),
                &["question_documents"],
            ),
        ] {
            let made = migrations.lines().filter_map(|line| {
                let rest =
                    line.strip_prefix("create table ").or_else(|| line.strip_prefix("create virtual table "));
                rest?.split_whitespace().next()
            });
            let tables: Vec<(String, i64, i64)> =
                made.chain(shadows.iter().copied()).map(|table| (table.to_owned(), 10, 1)).collect();
            let weights = weigh(&tables);
            let bytes: u64 = weights.iter().map(|weight| weight.bytes).sum();
            assert_eq!(bytes, 10 * tables.len() as u64, "{tables:?}");
            for weight in weights {
                assert!(weight.rows > 0, "{weight:?} in {tables:?}");
            }
        }
    }
}
