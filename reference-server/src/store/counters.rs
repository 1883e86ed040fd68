//! Whether scores and numbers of answers and comments are kept with the posts, or counted from the rows each time.
//!
//! Kept, a page of a list reads one number for each entry, and each vote, answer and comment changes a second row. Counted,
//! a write changes nothing but what it adds, and whoever reads counts: a question page a few rows for each post, the list of
//! the best questions all votes there are. Both answer the same.
//!
//! The statements that read are written for the kept columns. Counted, each column is replaced in the text by the count
//! that it would have.

/// Where the numbers of a post come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Counters {
    /// Columns of the post, changed by the transaction of each vote, answer and comment.
    #[default]
    Stored,
    /// The rows they count.
    Counted,
}

impl Counters {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Stored, Self::Counted];

    /// As typed.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Counted => "counted",
        }
    }
}

impl std::fmt::Display for Counters {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name())
    }
}

impl std::str::FromStr for Counters {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|counters| counters.name() == text);
        found.ok_or_else(|| format!("expected stored or counted, found `{text}`"))
    }
}

/// The sum of the votes on a question.
macro_rules! counted_score {
    ($question:literal) => {
        concat!(
            "(select cast(coalesce(sum(n.value), 0) as integer) from votes n where n.question_id = ",
            $question,
            " and n.answer_id = 0)"
        )
    };
}
pub(super) use counted_score;

/// What a column would have, for a question `q` or an answer `a`. `integer` is what both databases keep these numbers in.
const COUNTS: [(&str, &str); 5] = [
    (
        "q.answer_count",
        "(select cast(count(*) as integer) from answers n where n.question_id = q.id and n.deleted_at is null)",
    ),
    (
        "q.comment_count",
        "(select cast(count(*) as integer) from comments n
           where n.question_id = q.id and n.answer_id = 0 and n.deleted_at is null)",
    ),
    ("q.score", counted_score!("q.id")),
    (
        "a.comment_count",
        "(select cast(count(*) as integer) from comments n
           where n.question_id = a.question_id and n.answer_id = a.id and n.deleted_at is null)",
    ),
    (
        "a.score",
        "(select cast(coalesce(sum(n.value), 0) as integer) from votes n
           where n.question_id = a.question_id and n.answer_id = a.id)",
    ),
];

/// The text of a statement with counts in the place of the columns that would have them.
pub(super) fn counted(sql: &str) -> String {
    COUNTS.iter().fold(sql.to_owned(), |text, (column, count)| text.replace(column, count))
}

/// Makes the kept columns right after a time in which they were not kept: an `update` of those rows whose columns differ.
pub(super) fn recount() -> [String; 2] {
    let text = |table: &str, name: &str, columns: &[&str]| {
        let set: Vec<String> = columns.iter().map(|column| format!("{column} = {name}.{column}")).collect();
        let differ: Vec<String> =
            columns.iter().map(|column| format!("kept.{column} <> {name}.{column}")).collect();
        // The counts are made of a second row variable, because the columns of the first are those that are wrong.
        counted(&format!(
            "update {table} as kept
                set {}
               from {table} {name}
              where {name}.id = kept.id
                and ({})",
            set.join(", "),
            differ.join(" or ")
        ))
    };
    [
        text("questions", "q", &["answer_count", "comment_count", "score"]),
        text("answers", "a", &["comment_count", "score"]),
    ]
}

/// A statement by where numbers come from; that which counts is made from the other, or from a text of its own, once.
macro_rules! by_counters {
    ($counters:expr, $sql:expr) => {
        $crate::store::counters::by_counters!($counters, $sql, $sql)
    };
    ($counters:expr, $sql:expr, $counting:expr) => {{
        static COUNTED: std::sync::LazyLock<String> =
            std::sync::LazyLock::new(|| $crate::store::counters::counted($counting));
        // From the text above and nothing that anybody typed.
        sqlx::AssertSqlSafe(match $counters {
            $crate::store::Counters::Stored => $sql,
            $crate::store::Counters::Counted => COUNTED.as_str(),
        })
    }};
}
pub(super) use by_counters;
