//! Lists of questions in SQLite.
//!
//! Each list has its own statement, and each statement walks one index in the order of the list, from the
//! place it is given, for as many entries as a page has: a page deep in a list costs what the first one costs.
//! A list comes as one JSON row, because each row would cost a message between threads.

use super::store::Readers;
use crate::domain::{
    Author, Limit, Page, QuestionId, QuestionKey, QuestionList, QuestionOrder, QuestionSummary, Timestamp,
    UserId,
};
use crate::store::counters::{by_counters, counted_score};
use crate::store::{Plan, StoreError};

/// id, title, beginning of the body, author, author's name, author's display name, tags, score, answer count,
/// created at, active at.
type Row = (i64, String, String, i64, String, String, Vec<String>, i64, u32, i64, i64);

/// The questions that `$place` yields with their keys, as one row. Parameters: the characters of an excerpt,
/// then those of the place.
macro_rules! page_of {
    ($($place:tt)+) => {
        concat!(
            "select json_group_array(json_array(
                        q.id, q.title, substr(q.body, 1, ?1), u.id, u.name, u.display_name, json(q.tags), q.score,
                        q.answer_count, q.created_at, q.active_at))
               from (",
            $($place)+,
            ") place
               join questions q on q.id = place.question
               join users u on u.id = q.author_id"
        )
    };
}

// Without a tag: ?2 the value and ?3 the identifier of the place, ?4 how many. With one: ?5 its name.

/// The primary key, which grows with time; the few deleted ones are stepped over.
const NEWEST: &str = page_of!(
    "select id as question from questions where deleted_at is null and id < ?3 order by id desc limit +?4"
);
/// `questions_active`; what was active in the same millisecond as the place is stepped over.
const ACTIVE: &str = page_of!(
    "select id as question from questions indexed by questions_active
      where deleted_at is null and (active_at, id) < (?2, ?3)
      order by active_at desc, id desc limit +?4"
);
/// `questions_top`, twice: SQLite does not seek by a pair whose second is the primary key, and a great many
/// questions have the same score.
const TOP: &str = page_of!(
    "select id as question, score from questions indexed by questions_top
      where deleted_at is null and score = ?2 and id < ?3
      union all
     select id, score from questions indexed by questions_top
      where deleted_at is null and score < ?2
      order by score desc, question desc limit +?4"
);
/// `questions_unanswered`.
const UNANSWERED: &str = page_of!(
    "select id as question from questions indexed by questions_unanswered
      where deleted_at is null and answer_count = 0 and id < ?3
      order by id desc limit +?4"
);
/// `question_tags_newest`.
const TAGGED_NEWEST: &str = page_of!(
    "select question_id as question from question_tags indexed by question_tags_newest
      where tag_id = (select id from tags where name = ?5) and question_id < ?3
      order by question_id desc limit +?4"
);
/// `question_tags_active`.
const TAGGED_ACTIVE: &str = page_of!(
    "select question_id as question from question_tags indexed by question_tags_active
      where tag_id = (select id from tags where name = ?5) and (active_at, question_id) < (?2, ?3)
      order by active_at desc, question_id desc limit +?4"
);
/// `question_tags_top`.
const TAGGED_TOP: &str = page_of!(
    "select question_id as question from question_tags indexed by question_tags_top
      where tag_id = (select id from tags where name = ?5) and (score, question_id) < (?2, ?3)
      order by score desc, question_id desc limit +?4"
);
/// `question_tags_unanswered`.
const TAGGED_UNANSWERED: &str = page_of!(
    "select question_id as question from question_tags indexed by question_tags_unanswered
      where tag_id = (select id from tags where name = ?5) and answer_count = 0 and question_id < ?3
      order by question_id desc limit +?4"
);

// The same where numbers are counted: no index knows them. The best questions are found by counting the votes on all; those
// without an answer by looking for one below each.

/// The primary key to read all questions, and all votes.
const TOP_COUNTED: &str = page_of!(
    "select id as question from (
         select id, ",
    counted_score!("questions.id"),
    " as score from questions where deleted_at is null) counted
      where (score, id) < (?2, ?3)
      order by score desc, id desc limit +?4"
);
/// The primary key, and `answers_question` for each.
const UNANSWERED_COUNTED: &str = page_of!(
    "select id as question from questions
      where deleted_at is null and id < ?3
        and not exists (select 1 from answers n where n.question_id = questions.id and n.deleted_at is null)
      order by id desc limit +?4"
);
/// `question_tags_newest` to read all questions of the tag, and all votes on them.
const TAGGED_TOP_COUNTED: &str = page_of!(
    "select question_id as question from (
         select question_id, ",
    counted_score!("question_tags.question_id"),
    " as score from question_tags where tag_id = (select id from tags where name = ?5)) counted
      where (score, question_id) < (?2, ?3)
      order by score desc, question_id desc limit +?4"
);
/// `question_tags_newest`, and `answers_question` for each.
const TAGGED_UNANSWERED_COUNTED: &str = page_of!(
    "select question_id as question from question_tags
      where tag_id = (select id from tags where name = ?5) and question_id < ?3
        and not exists (
            select 1 from answers n where n.question_id = question_tags.question_id and n.deleted_at is null)
      order by question_id desc limit +?4"
);

/// The lists and their indexes.
pub(super) const PLANS: [Plan; 8] = [
    Plan { list: "newest", sql: NEWEST, indexes: &["SEARCH questions USING INTEGER PRIMARY KEY (rowid<?)"] },
    Plan { list: "active", sql: ACTIVE, indexes: &["questions_active (active_at<?)"] },
    Plan { list: "top", sql: TOP, indexes: &["questions_top (score=? AND id<?)", "questions_top (score<?)"] },
    Plan { list: "unanswered", sql: UNANSWERED, indexes: &["questions_unanswered (id<?)"] },
    Plan {
        list: "newest of a tag",
        sql: TAGGED_NEWEST,
        indexes: &["question_tags_newest (tag_id=? AND question_id<?)", "tags_name_unique (name=?)"],
    },
    Plan {
        list: "active of a tag",
        sql: TAGGED_ACTIVE,
        indexes: &["question_tags_active (tag_id=? AND (active_at,question_id)<(?,?))"],
    },
    Plan {
        list: "top of a tag",
        sql: TAGGED_TOP,
        indexes: &["question_tags_top (tag_id=? AND (score,question_id)<(?,?))"],
    },
    Plan {
        list: "unanswered of a tag",
        sql: TAGGED_UNANSWERED,
        indexes: &["question_tags_unanswered (tag_id=? AND question_id<?)"],
    },
];

/// One page, in one statement.
pub(super) async fn questions(
    readers: &Readers,
    list: QuestionList,
    limit: Limit,
    after: Option<QuestionKey>,
) -> Result<Page<QuestionSummary, QuestionKey>, StoreError> {
    let QuestionList { order, tag } = list;
    let counters = readers.counters;
    let sql = match (order, &tag) {
        (QuestionOrder::Newest, None) => by_counters!(counters, NEWEST),
        (QuestionOrder::Active, None) => by_counters!(counters, ACTIVE),
        (QuestionOrder::Top, None) => by_counters!(counters, TOP, TOP_COUNTED),
        (QuestionOrder::Unanswered, None) => by_counters!(counters, UNANSWERED, UNANSWERED_COUNTED),
        (QuestionOrder::Newest, Some(_)) => by_counters!(counters, TAGGED_NEWEST),
        (QuestionOrder::Active, Some(_)) => by_counters!(counters, TAGGED_ACTIVE),
        (QuestionOrder::Top, Some(_)) => by_counters!(counters, TAGGED_TOP, TAGGED_TOP_COUNTED),
        (QuestionOrder::Unanswered, Some(_)) => {
            by_counters!(counters, TAGGED_UNANSWERED, TAGGED_UNANSWERED_COUNTED)
        }
    };
    let QuestionKey { value, id } = after.unwrap_or_else(|| order.start());
    let mut query = sqlx::query_scalar(sql)
        .bind(QuestionSummary::EXCERPT_READ)
        .bind(value)
        .bind(id.get())
        .bind(i64::from(limit.get()) + 1);
    if let Some(tag) = &tag {
        query = query.bind(tag.as_str());
    }
    let json: String = query.fetch_one(readers.sql()).await?;
    let rows: Vec<Row> =
        serde_json::from_str(&json).map_err(|error| StoreError::Unreadable(error.to_string()))?;
    let mut questions: Vec<QuestionSummary> = rows.into_iter().map(summary).collect();
    // SQLite does not promise the order of what it gathers from a subquery.
    questions.sort_by_key(|question| std::cmp::Reverse(order.key(question)));
    Ok(Page::from_surplus(questions, limit, |question| order.key(question)))
}

fn summary(row: Row) -> QuestionSummary {
    let (id, title, beginning, author, name, display_name, tags, score, answer_count, created_at, active_at) =
        row;
    QuestionSummary {
        id: QuestionId::new(id),
        title,
        excerpt: QuestionSummary::excerpt(&beginning),
        author: Author { id: UserId::new(author), name, display_name },
        tags,
        score,
        answer_count,
        created_at: Timestamp::from_unix_ms(created_at),
        active_at: Timestamp::from_unix_ms(active_at),
    }
}
